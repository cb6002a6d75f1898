import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepFiles, keptPath, pruneKept } from '../../../src/zone/kept-files.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const DAY_MS = 86_400_000;
let temp: TempFolder;

beforeEach(async () => {
  temp = await createTempFolder('kept');
});

afterEach(async () => {
  await temp.close();
});

it('replaces as a whole what was kept of a request before', async () => {
  const folder = keptPath(temp.path, 'kept', 'id');
  await keepFiles(folder, new Map([['evidence/E001.txt', 'one']]));
  await keepFiles(folder, new Map([['report.json', '{}']]));
  expect(await readdir(folder)).toEqual(['report.json']);
  expect(await readFile(join(folder, 'report.json'), 'utf8')).toBe('{}');
});

it('forgets what is older than the processor keeps its state', async () => {
  const now = new Date('2026-11-20T14:30:00Z');
  for (const [id, days] of [
    ['old', 31],
    ['young', 1],
  ] as const) {
    const folder = keptPath(temp.path, 'partial', id);
    await keepFiles(folder, new Map([['README.md', id]]));
    const at = new Date(now.getTime() - days * DAY_MS);
    await utimes(folder, at, at);
  }
  await pruneKept(temp.path, { keepMs: 30 * DAY_MS, now });
  expect(await readdir(join(temp.path, 'partial'))).toEqual(['young']);
});
