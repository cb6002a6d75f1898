import { rm, writeFile, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WarRoom } from '../../../src/repository/port.ts';
import { createGitHttpServer, isPush, type GitHttpServer } from '../../support/git-http-server.ts';
import {
  createBareRemote,
  git,
  listRefs,
  protectMain,
  pushFiles,
  readFileAt,
  readTip,
  type BareRemote,
} from '../../support/git-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { openTestWarRoom, redacted } from '../../support/war-room-rig.ts';

const CLAIMS = 'refs/warroom/claims/';

let temp: TempFolder;
let remote: BareRemote;
let server: GitHttpServer;
let open: WarRoom[] = [];

beforeEach(async () => {
  temp = await createTempFolder('git-war-room');
  remote = await createBareRemote({ folder: join(temp.path, 'served') });
  server = await createGitHttpServer({ root: join(temp.path, 'served') });
  await pushFiles(remote, { 'README.md': 'a war room\n', 'requests/2026/11/20/one.yaml': 'first\n' }, 'begin');
});

afterEach(async () => {
  for (const room of open) await room.close();
  open = [];
  await server.close();
  await temp.close();
});

function room(options: { cache?: string; url?: string; onRun?: (args: readonly string[]) => void } = {}): WarRoom {
  const made = openTestWarRoom({ url: server.url('warroom.git'), folder: temp.path, ...options });
  open.push(made);
  return made;
}

async function bytes(warRoom: WarRoom, path: string): Promise<string | undefined> {
  const snapshot = await warRoom.refresh({ refPrefixes: [] });
  const content = (await snapshot.readPaths([path], { maxBytes: 1024 })).get(path);
  return content?.kind === 'bytes' ? Buffer.from(content.bytes).toString() : content?.kind;
}

function submission(name: string): Parameters<WarRoom['submit']>[0] {
  return {
    files: [{ path: `requests/2026/11/20/${name}.yaml`, content: `request ${name}\n` }],
    message: `request ${name}\n`,
    inboxRef: `refs/warroom/inbox/${name}`,
  };
}

describe('reading', () => {
  it('lists and reads files without a work tree, missing blobs in one fetch', async () => {
    const runs: string[] = [];
    const warRoom = room({ onRun: (args) => runs.push(args.find((arg) => /^[a-z]/u.test(arg)) ?? '') });
    const snapshot = await warRoom.refresh({ refPrefixes: [] });
    const files = await snapshot.list(['requests', 'nothing-here']);
    expect(files.map(({ path }) => path)).toEqual(['requests/2026/11/20/one.yaml']);
    const contents = await snapshot.read(files, { maxBytes: 100 });
    expect([...contents.values()].map((content) => content.kind)).toEqual(['bytes']);
    expect(runs.filter((name) => name === 'fetch')).toHaveLength(2);
  });

  it('does not read what is larger than allowed', async () => {
    await pushFiles(remote, { 'requests/big.yaml': 'x'.repeat(5000) }, 'big');
    const snapshot = await room().refresh({ refPrefixes: [] });
    const read = await snapshot.readPaths(['requests/big.yaml'], { maxBytes: 1000 });
    expect(read.get('requests/big.yaml')).toEqual({ kind: 'too-large', size: 5000 });
  });

  it('reads an older snapshot on after the mirror was damaged and made anew', async () => {
    const warRoom = room();
    const snapshot = await warRoom.refresh({ refPrefixes: [] });
    await pushFiles(remote, { 'README.md': 'changed\n' }, 'later');
    const [mirror] = await readdir(join(temp.path, 'cache', 'git'));
    const packs = join(temp.path, 'cache', 'git', mirror ?? '', 'objects', 'pack');
    for (const name of await readdir(packs)) {
      if (name.endsWith('.pack')) await truncate(join(packs, name), 20);
    }
    const content = (await snapshot.readPaths(['README.md'], { maxBytes: 100 })).get('README.md');
    expect(content?.kind === 'bytes' && Buffer.from(content.bytes).toString()).toBe('a war room\n');
  });

  it('works when the server allows no partial clone', async () => {
    await git(['config', 'uploadpack.allowFilter', 'false'], { cwd: remote.path });
    expect(await bytes(room(), 'README.md')).toBe('a war room\n');
  });

  it('sweeps a lock that a killed process left', async () => {
    const first = room();
    await first.refresh({ refPrefixes: [] });
    await first.close();
    const [mirror] = await readdir(join(temp.path, 'cache', 'git'));
    const lock = join(temp.path, 'cache', 'git', mirror ?? '', 'shallow.lock');
    await writeFile(lock, '');
    await pushFiles(remote, { 'README.md': 'second\n' }, 'second');
    expect(await bytes(room(), 'README.md')).toBe('second\n');
    await rm(lock, { force: true });
  });
});

describe('submitting', () => {
  it('lands a request with two HTTP requests when the cached tip is still the newest', async () => {
    const first = room();
    await first.submit(submission('warm-up'));
    server.forget();
    const outcome = await room().submit(submission('two'));
    expect(outcome.kind).toBe('landed');
    expect(server.requests).toHaveLength(2);
    expect(await readFileAt(remote, 'requests/2026/11/20/two.yaml')).toBe('request two\n');
  });

  it('rebuilds once when somebody else was faster', async () => {
    const warRoom = room();
    await warRoom.refresh({ refPrefixes: [] });
    await pushFiles(remote, { 'results/other.md': 'other\n' }, 'other');
    expect((await warRoom.submit(submission('three'))).kind).toBe('landed');
    expect(await readFileAt(remote, 'results/other.md')).toBe('other\n');
  });

  it('goes to the inbox when the branch is protected', async () => {
    await protectMain(remote);
    const outcome = await room().submit(submission('four'));
    expect(outcome).toMatchObject({ kind: 'inbox', why: 'protected', ref: 'refs/warroom/inbox/four' });
    const reader = room({ cache: 'other' });
    const snapshot = await reader.refresh({ refPrefixes: ['refs/warroom/inbox/'] });
    const files = await snapshot.readRefs(snapshot.refs.keys(), { maxBytes: 1000 });
    const four = files.get('refs/warroom/inbox/four');
    expect([...(four?.files.keys() ?? [])]).toEqual(['requests/2026/11/20/four.yaml']);
    // By the clock of this machine, which is the one that made it.
    expect(Math.abs(Date.now() - (four?.committedAt?.getTime() ?? 0))).toBeLessThan(600_000);
  });

  it('refuses to write a request over an existing one', async () => {
    const warRoom = room();
    await warRoom.submit(submission('five'));
    const changed = { ...submission('five'), files: [{ path: 'requests/2026/11/20/five.yaml', content: 'other\n' }] };
    await expect(warRoom.submit(changed)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('knows its own push again when the answer was lost', async () => {
    const warRoom = room();
    await warRoom.submit(submission('warm-up'));
    server.inject({ kind: 'cut-after' }, { matching: isPush });
    const outcome = await warRoom.submit(submission('six'));
    expect(outcome.kind).toBe('landed');
    const log = await git(['log', '--format=%s', 'main'], { cwd: remote.path });
    expect(log.split('\n').filter((subject) => subject === 'request six')).toHaveLength(1);
  });

  it('lands 32 requests at once, each in at most three pushes', async () => {
    const warRooms = Array.from({ length: 32 }, (_, index) => room({ cache: `cache-${index % 4}` }));
    await warRooms[0]?.refresh({ refPrefixes: [] });
    server.forget();
    const outcomes = await Promise.all(warRooms.map((warRoom, index) => warRoom.submit(submission(`burst-${index}`))));
    const refs = await listRefs(remote);
    const tree = await git(['ls-tree', '-r', '--name-only', 'main'], { cwd: remote.path });
    for (const [index, outcome] of outcomes.entries()) {
      const isThere =
        outcome.kind === 'landed'
          ? tree.includes(`requests/2026/11/20/burst-${index}.yaml`)
          : [...Object.keys(refs), ...(refs instanceof Map ? refs.keys() : [])].includes(
              `refs/warroom/inbox/burst-${index}`,
            );
      expect(isThere, `request ${index} ${outcome.kind}`).toBe(true);
    }
    expect(server.requests.filter(isPush).length).toBeLessThanOrEqual(96);
  });
});

describe('failures', () => {
  it.each([
    ['offline', () => ({ url: 'http://127.0.0.1:1/warroom.git' }), 'offline'],
    ['a missing repository', () => ({ url: server.url('nothing.git') }), 'repository-missing'],
    ['a missing local path', () => ({ url: join(temp.path, 'nowhere.git') }), 'repository-missing'],
  ])('names %s', async (_, options, code) => {
    await expect(room(options()).refresh({ refPrefixes: [] })).rejects.toMatchObject({ code });
  });

  it('tells an empty repository from a missing branch', async () => {
    const empty = await createBareRemote({ folder: join(temp.path, 'served'), name: 'empty.git' });
    await expect(room({ url: empty.url }).refresh({ refPrefixes: [] })).rejects.toMatchObject({
      code: 'repository-empty',
    });
    await git(['branch', '-m', 'main', 'trunk'], { cwd: remote.path });
    await expect(room().refresh({ refPrefixes: [] })).rejects.toMatchObject({ code: 'branch-missing' });
  });

  it('says that credentials were refused', async () => {
    const guarded = await createGitHttpServer({
      root: join(temp.path, 'served'),
      credentials: { user: 'alice', password: 'right-password' },
    });
    try {
      await expect(room({ url: guarded.url('warroom.git') }).refresh({ refPrefixes: [] })).rejects.toMatchObject({
        code: 'authentication',
      });
    } finally {
      await guarded.close();
    }
  });
});

describe('refs', () => {
  it('lets exactly one of many claim, in 15 rounds', async () => {
    const claimants = Array.from({ length: 4 }, (_, index) => room({ cache: `claimant-${index}` }));
    await Promise.all(claimants.map((claimant) => claimant.refresh({ refPrefixes: [] })));
    for (let round = 0; round < 15; round++) {
      const outcomes = await Promise.all(
        claimants.map(async (claimant, index) =>
          claimant.setRef({
            ref: `${CLAIMS}hub/${round}`,
            expected: undefined,
            file: { path: 'claim.json', content: await redacted(`{"round": ${round}, "by": ${index}}`) },
          }),
        ),
      );
      expect(
        outcomes.filter(({ kind }) => kind === 'set'),
        `round ${round}`,
      ).toHaveLength(1);
    }
  });

  it('replaces a claim only when it has not moved', async () => {
    const [one, two] = [room(), room({ cache: 'other' })];
    const ref = `${CLAIMS}hub/x`;
    const file = async (text: string) => ({ path: 'claim.json', content: await redacted(text) });
    const first = await one.setRef({ ref, expected: undefined, file: await file('1') });
    if (first.kind !== 'set') throw new Error('not set');
    const second = await two.setRef({ ref, expected: first.commit, file: await file('2') });
    expect(second.kind).toBe('set');
    expect((await one.setRef({ ref, expected: first.commit, file: await file('3') })).kind).toBe('lost');
  });

  it('reads a claim back when the answer was lost', async () => {
    const warRoom = room();
    await warRoom.refresh({ refPrefixes: [] });
    server.inject({ kind: 'cut-after' }, { matching: isPush });
    const outcome = await warRoom.setRef({
      ref: `${CLAIMS}hub/y`,
      expected: undefined,
      file: { path: 'claim.json', content: await redacted('y') },
    });
    expect(outcome.kind).toBe('set');
  });

  it('publishes and ends the claim in one push, and publishes nothing when the claim was taken over', async () => {
    const [holder, rival] = [room(), room({ cache: 'other' })];
    const ref = `${CLAIMS}hub/z`;
    const file = async (text: string) => ({ path: 'claim.json', content: await redacted(text) });
    const won = await holder.setRef({ ref, expected: undefined, file: await file('1') });
    if (won.kind !== 'set') throw new Error('not set');
    const taken = await rival.setRef({ ref, expected: won.commit, file: await file('2') });
    if (taken.kind !== 'set') throw new Error('not taken over');
    const change = async (text: string, expected: string) => ({
      files: [{ path: 'results/z/README.md', content: await redacted(text) }],
      message: 'result z\n',
      deleteRefs: [{ ref, expected }],
    });
    const before = await readTip(remote);
    expect(await holder.land(await change('stale', won.commit))).toEqual({ kind: 'fenced', ref });
    expect(await readTip(remote)).toBe(before);
    expect((await rival.land(await change('right', taken.commit))).kind).toBe('landed');
    expect(await readFileAt(remote, 'results/z/README.md')).toBe('right');
    expect([...(await listRefs(remote)).keys()].join()).not.toContain('claims/hub/z');
  });
});

describe('a commit message', () => {
  it.each(['result z: @alice', 'Fixes #1', 'request <b>x</b>', 'resume\u202e', 'index\n\n\u001b[31m', ''])(
    'is never of free words: %j',
    async (message) => {
      const change = { files: [{ path: 'results/m/README.md', content: await redacted('m') }], message };
      const before = await readTip(remote);
      await expect(room().land(change)).rejects.toThrow('a commit message is not of fixed words');
      expect(await readTip(remote)).toBe(before);
    },
  );
});

describe('history', () => {
  it('knows that a tip contains an older one, with a mirror that was made anew', async () => {
    const old = await readTip(remote);
    for (let index = 0; index < 5; index++) await pushFiles(remote, { 'n.txt': String(index) }, `n ${index}`);
    const warRoom = room({ cache: 'fresh' });
    const snapshot = await warRoom.refresh({ refPrefixes: [] });
    expect(await warRoom.contains(snapshot.tip, old ?? '')).toBe(true);
  });

  it('knows that history was rewritten', async () => {
    const warRoom = room();
    const before = await warRoom.refresh({ refPrefixes: [] });
    await git(['update-ref', '-d', 'refs/heads/main'], { cwd: remote.path });
    await pushFiles(remote, { 'README.md': 'another past\n' }, 'rewritten');
    const after = await warRoom.refresh({ refPrefixes: [] });
    expect(await warRoom.contains(after.tip, before.tip)).toBe(false);
  });
});
