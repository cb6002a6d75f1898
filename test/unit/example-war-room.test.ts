import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseRequestPath, requestPath, resultFolder } from '../../src/domain/repository-layout.ts';
import { sha256 } from '../../src/lib/digest.ts';
import { parseDocument } from '../../src/schema/parse-document.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function exampleId(): Promise<NonNullable<ReturnType<typeof parseRequestPath>>['id']> {
  const names = await readdir(join(ROOT, 'requests'), { recursive: true });
  for (const name of names) {
    const found = parseRequestPath(`requests/${name}`);
    if (found?.kind === 'request') return found.id;
  }
  throw new Error('there is no example request');
}

async function read(path: string): Promise<string> {
  return await readFile(join(ROOT, path), 'utf8');
}

it('keeps an example request that is valid, with a result that its manifest covers', async () => {
  const id = await exampleId();
  const request = parseDocument('TroubleshootingRequest', await read(requestPath(id)), { file: requestPath(id) });
  expect(request.ok).toBe(true);
  const folder = resultFolder(id);
  const manifest = parseDocument('Manifest', await read(`${folder}/manifest.json`), { file: 'manifest.json' });
  if (!manifest.ok) throw new Error(JSON.stringify(manifest.problems));
  expect(manifest.value.request.sha256).toBe(sha256(await read(requestPath(id))));
  for (const { path, sha256: digest } of manifest.value.files) {
    expect(sha256(await read(`${folder}/${path}`)), path).toBe(digest);
  }
});
