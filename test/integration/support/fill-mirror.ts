import { appendFile, mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isWarroomError } from '../../../src/domain/errors.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { openProcessorWarRoom } from '../../../src/repository/git/open-git-war-room.ts';
import { createBareRemote, pushFiles } from '../../support/git-rig.ts';

/**
 * What a processor's war room does on a small volume while less and less of it is left. Runs by itself, because only a
 * process that is started in the view of the volume sees it: `fill-mirror.ts <volume> <folder of the remote>`.
 */
export interface FilledMirror {
  /** What each look came to while a clone could not be made, by pages that were left. */
  readonly cloning: readonly Outcome[];
  /** The same for a fetch of many files into a mirror that is there. */
  readonly fetching: readonly Outcome[];
  /** A commit for a volume without any room. */
  readonly landing: Outcome;
  readonly isSameMirror: boolean;
  /** Locks and half-written packs that were found after a look. */
  readonly unfinished: readonly string[];
}

/** `ok`, or the code and the words of an error. */
type Outcome = 'ok' | { readonly code: string; readonly message: string; readonly hint: string | undefined };

const PAGE = 4096;
const MOST_PAGES = 40;

const [volume = '', folder = ''] = process.argv.slice(2);
const stateDir = join(volume, 'state');
const mirror = join(stateDir, 'mirror.git');
await mkdir(join(stateDir, 'home'), { recursive: true });
const remote = await createBareRemote({ folder });
await pushFiles(remote, { 'README.md': 'first\n' }, 'begin');
const room = openProcessorWarRoom({
  repository: { url: remote.url, branch: 'main', refNamespace: 'refs/warroom' },
  clock: systemClock,
  committer: { name: 'processor', email: 'processor@example.com' },
  stateDir,
  path: process.env['PATH'] ?? '',
  credentials: { readToken: () => Promise.resolve(undefined) },
});

async function leave(pages: number): Promise<void> {
  await rm(join(volume, 'filler'), { force: true });
  const { bavail, bsize } = await statfs(volume);
  await appendFile(join(volume, 'filler'), Buffer.alloc(bavail * bsize - pages * PAGE));
}

async function tried(act: () => Promise<unknown>): Promise<Outcome> {
  try {
    await act();
    return 'ok';
  } catch (error) {
    if (!isWarroomError(error)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
}

const unfinished = new Set<string>();

/** Looks with ever more room, until there is enough. */
async function lookUntilThereIsRoom(): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let pages = 0; pages < MOST_PAGES && outcomes.at(-1) !== 'ok'; pages++) {
    await leave(pages);
    outcomes.push(await tried(async () => await room.refresh({ refPrefixes: ['refs/warroom/'] })));
    const names = await readdir(stateDir, { recursive: true });
    for (const name of names.filter((each) => /\.lock$|\/tmp_|\.new$/u.test(each))) unfinished.add(name);
  }
  return outcomes;
}

const cloning = await lookUntilThereIsRoom();
const before = (await stat(mirror)).ino;
const many = Array.from({ length: 150 }, (_, index) => [`requests/${String(index)}.yaml`, String(Math.random())]);
await pushFiles(remote, Object.fromEntries(many) as Record<string, string>, 'more');
const fetching = await lookUntilThereIsRoom();
await leave(0);
const path = 'requests/new.yaml';
const change = { files: [], authored: [{ path, content: 'new\n' }], message: 'a request', within: [path] };
const landing = await tried(async () => await room.land(change));
const isSameMirror = before === (await stat(mirror)).ino;
await room.close();
console.log(JSON.stringify({ cloning, fetching, landing, isSameMirror, unfinished: [...unfinished] }));
