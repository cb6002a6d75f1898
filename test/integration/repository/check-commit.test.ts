import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { parseRawDiff } from '../../../src/repository/git/check-commit.ts';
import { openProcessorWarRoom } from '../../../src/repository/git/open-git-war-room.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import { createBareRemote, pushFiles, readFileAt, readTip, type BareRemote } from '../../support/git-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { redacted } from '../../support/war-room-rig.ts';

const FOLDER = 'results/2026/11/20/2026-11-20-1430-api-timeout-k7m2';

let temp: TempFolder;
let remote: BareRemote;
let room: WarRoom;

beforeEach(async () => {
  temp = await createTempFolder('check-commit');
  remote = await createBareRemote({ folder: temp.path });
  await pushFiles(remote, { 'README.md': 'a war room\n', 'requests/one.yaml': 'first\n' }, 'begin');
  room = openProcessorWarRoom({
    repository: { url: remote.url, branch: 'main', refNamespace: 'refs/warroom' },
    clock: systemClock,
    committer: { name: 'processor', email: 'processor@example.invalid' },
    stateDir: join(temp.path, 'state'),
    path: process.env['PATH'] ?? '',
    credentials: { readToken: () => Promise.resolve(undefined) },
  });
  await room.refresh({ refPrefixes: [] });
});

afterEach(async () => {
  await room.close();
  await temp.close();
});

async function land(path: string, options: { readonly isGone?: boolean } = {}): Promise<unknown> {
  const content = options.isGone === true ? undefined : await redacted('text\n');
  return await room.land({ files: [{ path, content }], message: 'result\n', within: [`${FOLDER}/`] });
}

describe('what a processor pushes', () => {
  it('lands when it lies in the folder of its result', async () => {
    expect(await land(`${FOLDER}/evidence/E001-disk.txt`)).toMatchObject({ kind: 'landed' });
    expect(await readFileAt(remote, `${FOLDER}/evidence/E001-disk.txt`)).toBe('text\n');
  });

  it.each([
    ['a request', 'requests/one.yaml', 'it lies outside of'],
    ['a workflow', '.github/workflows/steal.yml', 'it lies outside of'],
    ['the neighbour of a result', `${FOLDER}-other/README.md`, 'it lies outside of'],
    ['attributes inside', `${FOLDER}/.gitattributes`, 'a file of that name steers other programs'],
    ['words to agents inside', `${FOLDER}/CLAUDE.md`, 'a file of that name steers other programs'],
    ['settings of agents inside', `${FOLDER}/.claude/settings.json`, 'a file of that name steers other programs'],
  ])('is refused when a caller was talked into %s', async (_, path, why) => {
    const tip = await readTip(remote);
    await expect(land(path)).rejects.toMatchObject({
      code: 'not-allowed',
      message: `a commit was not pushed because of ${JSON.stringify(path)}`,
      why: expect.stringContaining(why) as unknown,
    });
    expect(await readTip(remote)).toBe(tip);
  });

  it('removes nothing outside either', async () => {
    await expect(land('requests', { isGone: true })).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await readFileAt(remote, 'requests/one.yaml')).toBe('first\n');
  });

  it('never leaves its folder by a path with dots', async () => {
    await expect(land(`${FOLDER}/../../../../../requests/one.yaml`)).rejects.toMatchObject({
      why: 'a path with dots leads somewhere else',
    });
    expect(await readFileAt(remote, 'requests/one.yaml')).toBe('first\n');
  });

  it('must say what it may touch', async () => {
    const file = { path: 'README.md', content: await redacted('x') };
    await expect(room.land({ files: [file], message: 'm' })).rejects.toThrow('what a change may touch');
  });
});

it('understands every mode and name that git prints', () => {
  const oid = '0'.repeat(40);
  const raw = `:000000 120000 ${oid} ${oid} A\0a "b"\nc\0:100644 000000 ${oid} ${oid} D\0d\0`;
  expect(parseRawDiff(raw)).toEqual([
    { path: 'a "b"\nc', mode: '120000' },
    { path: 'd', mode: '000000' },
  ]);
  expect(() => parseRawDiff('fatal\0x')).toThrow('git diff-tree answered');
});
