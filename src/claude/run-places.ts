import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestId } from '../domain/request-id.ts';
import type { Clock } from '../lib/clock.ts';
import { randomHex, type RandomBytes } from '../lib/random-text.ts';
import { numberField, parseRecord, textField } from '../schema/json-fields.ts';
import type { RunUser } from './run/run-folder.ts';

/** A conversation that can be gone on with. */
export interface KeptConversation {
  readonly sessionId: string;
  /** US dollars that claude itself counted for it so far: it goes on counting from there. */
  readonly costUsd: number;
}

/** The folder of one run. */
export interface RunPlace {
  readonly folder: string;
  /** The conversation that lies in it; absent in a new folder. */
  readonly conversation?: KeptConversation;
}

/** Private folders of runs; that of a finished run stays for a while when its conversation is kept. */
export interface RunPlaces {
  /** Whether finished conversations are kept at all. */
  readonly keeps: boolean;
  /** A new, empty folder. */
  create(id: RequestId): Promise<RunPlace>;
  /** The folder with the conversation that answered `id` last; undefined when it is gone or in use. */
  resume(id: RequestId): Promise<RunPlace | undefined>;
  /** Keeps the conversation of a finished run for questions about `id`. */
  keep(place: RunPlace, id: RequestId, conversation: KeptConversation): Promise<void>;
  /** Removes the folder of a run, unless it was kept, and what was kept for too long. */
  leave(place: RunPlace): Promise<void>;
}

/** Only a folder with this file holds a conversation; a run that uses the conversation takes the file away. */
const MARK = 'conversation.json';
const HOUR_MS = 3_600_000;

interface Mark extends KeptConversation {
  readonly id: string;
  readonly keptAt: number;
}

/**
 * Opens the folder, removes what interrupted runs left in it, and lets `user` enter it. With a user nothing is kept: a
 * folder that was in the hands of the agent is never given to a run again.
 */
export async function openRunPlaces(options: {
  readonly folder: string;
  readonly keepHours: number;
  readonly user?: RunUser;
  readonly clock: Clock;
  readonly random: RandomBytes;
}): Promise<RunPlaces> {
  const { folder: root, user, clock, random } = options;
  const keepHours = user === undefined ? options.keepHours : 0;
  const inUse = new Set<string>();
  await mkdir(root, { recursive: true, mode: 0o700 });
  if (user !== undefined) await openToGroup(root, user.gid);
  await sweep();

  async function sweep(): Promise<void> {
    for (const name of await readdir(root)) {
      const folder = join(root, name);
      if (inUse.has(folder)) continue;
      const mark = await readMark(folder);
      const ageMs = mark === undefined ? Infinity : clock.now().getTime() - mark.keptAt;
      // While we looked, a run may have begun to use it.
      if (!(ageMs < keepHours * HOUR_MS) && !inUse.has(folder)) await remove(folder);
    }
  }

  return {
    keeps: keepHours > 0,
    async create(id) {
      const folder = join(root, `${id}-${randomHex(4, random)}`);
      inUse.add(folder);
      await mkdir(folder, { mode: 0o700 });
      if (user !== undefined) await openToGroup(folder, user.gid);
      return { folder };
    },
    async resume(id) {
      await sweep();
      for (const name of await readdir(root)) {
        const folder = join(root, name);
        if (inUse.has(folder)) continue;
        const mark = await readMark(folder);
        if (mark?.id !== id || inUse.has(folder)) continue;
        inUse.add(folder);
        await rm(join(folder, MARK), { force: true });
        return { folder, conversation: { sessionId: mark.sessionId, costUsd: mark.costUsd } };
      }
      return undefined;
    },
    async keep({ folder }, id, conversation) {
      if (keepHours === 0) return;
      const mark: Mark = { ...conversation, id, keptAt: clock.now().getTime() };
      const temporary = join(folder, `${MARK}.new`);
      await writeFile(temporary, `${JSON.stringify(mark)}\n`, { mode: 0o600 });
      await rename(temporary, join(folder, MARK));
    },
    async leave({ folder }) {
      if ((await readMark(folder)) === undefined) await remove(folder);
      inUse.delete(folder);
      await sweep();
    },
  };
}

/** The group may go through a folder, and see nothing of what is in it. */
export async function openToGroup(folder: string, gid: number): Promise<void> {
  await chown(folder, -1, gid);
  await chmod(folder, 0o710);
}

async function readMark(folder: string): Promise<Mark | undefined> {
  const record = parseRecord(await readFile(join(folder, MARK), 'utf8').catch(() => ''));
  const [id, sessionId] = [textField(record, 'id'), textField(record, 'sessionId')];
  const [keptAt, costUsd] = [numberField(record, 'keptAt'), numberField(record, 'costUsd')];
  if (id === undefined || sessionId === undefined || keptAt === undefined || costUsd === undefined) return undefined;
  return { id, sessionId, keptAt, costUsd };
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
