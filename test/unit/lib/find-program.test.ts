import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../../src/lib/find-program.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;

beforeEach(async () => {
  folder = await createTempFolder('find-program');
  for (const name of ['one', 'two']) await mkdir(join(folder.path, name));
});

afterEach(async () => {
  await folder.close();
});

async function put(path: string, mode: number): Promise<string> {
  const file = join(folder.path, path);
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, mode);
  return file;
}

describe('looking for a program', () => {
  it('takes the first folder that has one that may be executed', async () => {
    await put('one/tool', 0o644);
    await mkdir(join(folder.path, 'one/folder'));
    const right = await put('two/tool', 0o755);
    const path = [join(folder.path, 'missing'), '', join(folder.path, 'one'), join(folder.path, 'two')].join(delimiter);
    expect(await findProgram('tool', path)).toBe(right);
    expect(await findProgram('folder', path)).toBeUndefined();
  });

  it('finds nothing without a path', async () => {
    expect(await findProgram('sh', undefined)).toBeUndefined();
    expect(await findProgram('sh', '')).toBeUndefined();
  });
});
