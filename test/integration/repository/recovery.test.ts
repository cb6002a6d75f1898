import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWarroomError } from '../../../src/domain/errors.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { dropMirror, inodeOf } from '../../../src/repository/git/mirror.ts';
import { openProcessorWarRoom } from '../../../src/repository/git/open-git-war-room.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import { createCliHome, runCli } from '../../support/cli.ts';
import { createBareRemote, git, pushFiles, readFileAt, readTip, type BareRemote } from '../../support/git-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { openTestWarRoom } from '../../support/war-room-rig.ts';

let temp: TempFolder;
let remote: BareRemote;
let open: WarRoom[] = [];

beforeEach(async () => {
  temp = await createTempFolder('recovery');
  remote = await createBareRemote({ folder: temp.path });
  await pushFiles(remote, { 'README.md': 'first\n', 'requests/2026/11/20/old.yaml': 'old\n' }, 'begin');
});

afterEach(async () => {
  for (const room of open.splice(0)) await room.close();
  await temp.close();
});

type Owner = 'client' | 'processor';

function openRoom(owner: Owner): WarRoom {
  const room =
    owner === 'client'
      ? openTestWarRoom({ url: remote.url, folder: temp.path })
      : openProcessorWarRoom({
          repository: { url: remote.url, branch: 'main', refNamespace: 'refs/warroom' },
          clock: systemClock,
          committer: { name: 'processor', email: 'processor@example.com' },
          stateDir: join(temp.path, 'state'),
          path: '/usr/bin:/bin',
          credentials: { readToken: () => Promise.resolve(undefined) },
        });
  open.push(room);
  return room;
}

async function mirrorOf(owner: Owner): Promise<string> {
  if (owner === 'processor') return join(temp.path, 'state', 'mirror.git');
  const folder = join(temp.path, 'cache', 'git');
  const name = (await readdir(folder)).find((entry) => entry.endsWith('.git'));
  return join(folder, name ?? 'missing');
}

/** A mirror that has read, written and been closed, and a war room that has moved on since. */
async function warmMirror(owner: Owner): Promise<string> {
  await mkdir(join(temp.path, 'state', 'home'), { recursive: true });
  const room = openRoom(owner);
  await use(room, 'warm-up');
  await room.close();
  open = [];
  await pushFiles(remote, { 'README.md': 'second\n' }, 'later');
  return await mirrorOf(owner);
}

/** Everything that a war room does with its mirror. */
async function use(room: WarRoom, name: string): Promise<void> {
  const snapshot = await room.refresh({ refPrefixes: ['refs/warroom/'] });
  const paths = (await snapshot.list(['requests'])).map(({ path }) => path);
  expect(paths).toContain('requests/2026/11/20/old.yaml');
  const contents = await snapshot.readPaths(['README.md', ...paths], { maxBytes: 1000 });
  expect([...contents.values()].filter(({ kind }) => kind === 'bytes')).toHaveLength(paths.length + 1);
  const path = `requests/2026/11/20/${name}.yaml`;
  const submission = { files: [{ path, content: `${name}\n` }], message: `request ${name}\n` };
  const outcome = await room.submit({ ...submission, inboxRef: `refs/warroom/inbox/${name}` });
  expect(outcome.kind).toBe('landed');
  expect(await readFileAt(remote, path)).toBe(`${name}\n`);
  expect(await room.contains((await readTip(remote)) ?? '', snapshot.tip)).toBe(true);
}

async function filesOf(folder: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && pattern.test(join(entry.parentPath, entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function damage(mirror: string, pattern: RegExp, how: (file: string) => Promise<void>): Promise<void> {
  const files = await filesOf(mirror, pattern);
  expect(files.length, `files like ${String(pattern)}`).toBeGreaterThan(0);
  for (const file of files) {
    await chmod(file, 0o644);
    await how(file);
  }
}

const PACK = /objects\/pack\/.*\.pack$/u;
const INDEX = /objects\/pack\/.*\.idx$/u;
const LOOSE = /objects\/[0-9a-f]{2}\/[0-9a-f]{38}$/u;

const DAMAGES: readonly (readonly [name: string, act: (mirror: string) => Promise<void>])[] = [
  ['packs that are cut', (mirror) => damage(mirror, PACK, (file) => truncate(file, 40))],
  ['packs of no length', (mirror) => damage(mirror, PACK, (file) => truncate(file, 0))],
  ['packs that are gone', (mirror) => damage(mirror, PACK, (file) => rm(file))],
  ['packs that are gone with their indexes', (mirror) => rm(join(mirror, 'objects', 'pack'), { recursive: true })],
  ['pack indexes of no length', (mirror) => damage(mirror, INDEX, (file) => truncate(file, 0))],
  ['packs full of noise', (mirror) => damage(mirror, PACK, (file) => writeFile(file, 'noise '.repeat(100)))],
  ['objects of no length', (mirror) => damage(mirror, LOOSE, (file) => truncate(file, 0))],
  ['objects full of noise', (mirror) => damage(mirror, LOOSE, (file) => writeFile(file, 'noise'))],
  ['no objects at all', (mirror) => rm(join(mirror, 'objects'), { recursive: true })],
  ['a cut configuration', (mirror) => truncate(join(mirror, 'config'), 30)],
  ['no HEAD', (mirror) => rm(join(mirror, 'HEAD'))],
  ['a HEAD of no length', (mirror) => truncate(join(mirror, 'HEAD'), 0)],
  ['a ref of no length', (mirror) => truncate(join(mirror, 'refs/mirror/tip'), 0)],
  ['a ref to nothing', (mirror) => writeFile(join(mirror, 'refs/mirror/tip'), `${'1'.repeat(40)}\n`)],
  ['packed refs full of noise', (mirror) => writeFile(join(mirror, 'packed-refs'), 'noise\n')],
  ['a boundary of history full of noise', (mirror) => writeFile(join(mirror, 'shallow'), 'noise\n')],
  ['no folder for reading offline', (mirror) => rm(join(mirror, 'offline'), { recursive: true })],
];

describe('a mirror with damage', () => {
  it.each(DAMAGES)('is made anew: %s', async (_, act) => {
    const mirror = await warmMirror('client');
    await act(mirror);
    await use(openRoom('client'), 'after');
  });

  it('is made anew in the middle of its use', async () => {
    const mirror = await warmMirror('client');
    const room = openRoom('client');
    for (const [round, [, act]] of DAMAGES.slice(0, 4).entries()) {
      await room.refresh({ refPrefixes: [] });
      await act(mirror);
      await use(room, `round-${round}`);
    }
  });

  it('stays as it is when the remote cannot be reached', async () => {
    const mirror = await warmMirror('client');
    const away = join(temp.path, 'away.git');
    await cp(remote.path, away, { recursive: true });
    await rm(remote.path, { recursive: true });
    await expect(openRoom('client').refresh({ refPrefixes: [] })).rejects.toMatchObject({ code: 'repository-missing' });
    expect((await filesOf(mirror, PACK)).length).toBeGreaterThan(0);
    await cp(away, remote.path, { recursive: true });
    await use(openRoom('client'), 'back');
  });
});

const LOCKS = [
  'shallow.lock',
  'packed-refs.lock',
  'config.lock',
  'HEAD.lock',
  'refs/mirror/tip.lock',
  'gc.pid',
  'objects/info/commit-graph.lock',
  'objects/pack/tmp_pack_aBcDeF',
];

describe('what a killed process leaves', () => {
  it.each(LOCKS)('does not stop the client: a new %s', async (name) => {
    const path = join(await warmMirror('client'), name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
    await use(openRoom('client'), 'after');
  });

  it('is swept by a processor when it starts, whatever its age', async () => {
    const mirror = await warmMirror('processor');
    for (const name of LOCKS) {
      await mkdir(dirname(join(mirror, name)), { recursive: true });
      await writeFile(join(mirror, name), '');
    }
    await mkdir(join(mirror, 'refs/view/dead'), { recursive: true });
    await mkdir(`${mirror}.12345678.new/objects`, { recursive: true });
    await mkdir(`${mirror}.12345678.old/objects`, { recursive: true });
    const { ino } = await stat(mirror);
    const room = openRoom('processor');
    await use(room, 'after');
    expect((await stat(mirror)).ino, 'swept, not made anew').toBe(ino);
    await room.close();
    for (const name of LOCKS) await expect(stat(join(mirror, name)), name).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(join(mirror, 'refs/view'))).toEqual([]);
    expect((await readdir(dirname(mirror))).sort()).toEqual(['home', 'mirror.git']);
  });

  it('is swept by a client when it is old, and left when it may belong to somebody', async () => {
    const mirror = await warmMirror('client');
    const old = new Date(Date.now() - 48 * 3_600_000);
    const tip = await readFile(join(mirror, 'refs/mirror/tip'));
    for (const age of ['old', 'new']) {
      await mkdir(join(mirror, 'refs/view', age), { recursive: true });
      await writeFile(join(mirror, 'refs/view', age, 'tip'), tip);
      await mkdir(`${mirror}.${age}.new/objects`, { recursive: true });
      await mkdir(`${mirror}.${age}.old/objects`, { recursive: true });
      await writeFile(join(mirror, 'objects', `tmp_obj_${age}`), '');
    }
    for (const path of ['refs/view/old', 'objects/tmp_obj_old']) await utimes(join(mirror, path), old, old);
    for (const end of ['new', 'old']) await utimes(`${mirror}.old.${end}`, old, old);
    const room = openRoom('client');
    await use(room, 'after');
    await room.close();
    expect(await readdir(join(mirror, 'refs/view'))).toEqual(['new']);
    expect((await filesOf(mirror, /tmp_obj_/u)).map((path) => path.replace(/.*_/u, ''))).toEqual(['new']);
    const beside = (await readdir(dirname(mirror))).map((name) => name.replace(/^[^.]+\./u, ''));
    expect(beside.sort()).toEqual(['git', 'git.new.new', 'git.new.old']);
  });

  it('leaves nothing behind itself', async () => {
    const mirror = await warmMirror('client');
    expect(await readdir(dirname(mirror))).toHaveLength(1);
    expect(await filesOf(mirror, /\.lock$|\.new$|refs\/built\/|refs\/view\//u)).toEqual([]);
  });
});

describe('a cache that cannot be written', () => {
  /** Permissions mean nothing to root, so the test steps down for a moment where it is root. */
  async function asNobody<Value>(action: () => Promise<Value>): Promise<Value> {
    if (process.geteuid?.() !== 0) return await action();
    process.seteuid?.(65_534);
    try {
      return await action();
    } finally {
      process.seteuid?.(0);
    }
  }

  it.each([
    ['a folder without permission', async () => chmod(join(temp.path, 'cache'), 0o555)],
    ['a file in its place', async () => writeFile(join(temp.path, 'cache', 'git'), '')],
  ])('is told with the folder and what to do: %s', async (_, act) => {
    await chmod(temp.path, 0o755);
    await mkdir(join(temp.path, 'cache'));
    await act();
    const error: unknown = await asNobody(async () =>
      openRoom('client')
        .refresh({ refPrefixes: [] })
        .catch((reason: unknown) => reason),
    );
    if (!isWarroomError(error)) throw new Error('expected a foreseen failure', { cause: error });
    expect(error.message).toContain(`cannot write the local copy of the war room`);
    expect(error.message).toContain(join(temp.path, 'cache', 'git'));
    expect(error.why).toMatch(/EACCES|ENOTDIR|EEXIST/u);
    expect(error.hint).toMatch(/XDG_CACHE_HOME/u);
  });

  it('is told when the mirror is there already', async () => {
    await chmod(temp.path, 0o755);
    const mirror = await warmMirror('client');
    await git(['config', '--global', '--add', 'safe.directory', '*'], {
      cwd: temp.path,
      env: { GIT_CONFIG_GLOBAL: join(temp.path, 'gitconfig') },
    });
    for (const path of [join(temp.path, 'cache'), join(temp.path, 'cache', 'git')]) await chmod(path, 0o755);
    for (const entry of await readdir(mirror, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o555);
    }
    await chmod(mirror, 0o555);
    const room = openTestWarRoom({
      url: remote.url,
      folder: temp.path,
      env: { GIT_CONFIG_GLOBAL: join(temp.path, 'gitconfig') },
    });
    const error: unknown = await asNobody(async () =>
      room.refresh({ refPrefixes: [] }).catch((reason: unknown) => reason),
    );
    await room.close();
    if (!isWarroomError(error)) throw new Error('expected a foreseen failure', { cause: error });
    expect(`${error.message} ${error.why ?? ''}`).toMatch(/[Pp]ermission denied/u);
    expect(error.code).not.toBe('offline');
  });
});

describe('a mirror that many share', () => {
  it('is made once when many start at the same moment', async () => {
    const rooms = Array.from({ length: 8 }, () => openRoom('client'));
    await Promise.all(rooms.map((room) => room.refresh({ refPrefixes: ['refs/warroom/'] })));
    for (const [index, room] of rooms.entries()) await use(room, `cold-${index}`);
    expect(await readdir(join(temp.path, 'cache', 'git'))).toHaveLength(1);
  });

  it('is opened and left by many all the time', async () => {
    await warmMirror('client');
    const come = async (): Promise<void> => {
      for (let visit = 0; visit < 8; visit++) {
        const room = openTestWarRoom({ url: remote.url, folder: temp.path });
        await room.refresh({ refPrefixes: [] });
        await room.close();
      }
    };
    await Promise.all(Array.from({ length: 6 }, come));
  });

  it('is made anew when many find it damaged at the same moment', async () => {
    const mirror = await warmMirror('client');
    const rooms = Array.from({ length: 8 }, () => openRoom('client'));
    for (const [round, [, act]] of DAMAGES.slice(0, 3).entries()) {
      await act(mirror);
      const outcomes = await Promise.allSettled(rooms.map((room) => room.refresh({ refPrefixes: [] })));
      const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
      expect(failures, `round ${round}`).toEqual([]);
    }
    expect(await readdir(dirname(mirror))).toHaveLength(1);
  });

  it('is not dropped by one who found the mirror before it damaged', async () => {
    const mirror = await warmMirror('client');
    const before = await inodeOf(mirror);
    await rename(mirror, `${mirror}.aside`);
    await openRoom('client').refresh({ refPrefixes: [] });
    const now = await inodeOf(mirror);
    expect(now).not.toBe(before);
    await dropMirror(mirror, before);
    expect(await inodeOf(mirror)).toBe(now);
    await dropMirror(mirror, now);
    expect(await inodeOf(mirror)).toBeUndefined();
  });

  it('serves 8 processes at once, cold and damaged', async () => {
    const home = await createCliHome();
    try {
      const args = ['status', '--json', '--repo', remote.url];
      const ask = async (): Promise<void> => {
        const results = await Promise.all(Array.from({ length: 8 }, () => runCli(args, { home })));
        for (const { exit, stderr } of results) expect(exit, stderr).toBe(0);
      };
      await ask();
      const folder = join(home.env['XDG_CACHE_HOME'] ?? '', 'claude-warroom', 'git');
      const [mirror = ''] = await readdir(folder);
      await damage(join(folder, mirror), PACK, (file) => truncate(file, 40));
      await ask();
      expect(await readdir(folder)).toEqual([mirror]);
    } finally {
      await home.close();
    }
  });
});
