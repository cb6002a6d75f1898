import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { signalGroup } from '../../lib/child-process.ts';
import { damagedMirror } from './git-failure.ts';
import { OFFLINE_FOLDER } from './mirror.ts';
import type { Git } from './run-git.ts';

export type ReadObject =
  | { readonly kind: 'object'; readonly type: string; readonly oid: string; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large'; readonly size: number }
  | { readonly kind: 'missing' };

/**
 * Reads objects by name through one long-lived `git cat-file --batch`, started on the first read. It looks at the
 * objects of the mirror through a second repository folder that knows no remote, so an object that is not here is
 * `missing` at once instead of being fetched one by one.
 */
export interface ObjectReader {
  /** Results in the order of `names` (object ids, or `<commit>:<path>`). */
  read(names: readonly string[], maxBytes: number): Promise<readonly ReadObject[]>;
  close(): Promise<void>;
}

/** Reading is local; what takes longer than this is a disk that hangs. */
const READ_TIMEOUT_MS = 60_000;

export function createObjectReader(git: Git): ObjectReader {
  let running: Promise<BatchProcess> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const readAll = async (names: readonly string[], maxBytes: number): Promise<readonly ReadObject[]> => {
    running ??= startBatch(git);
    const batch = await running;
    try {
      return await batch.read(names, maxBytes);
    } catch (error) {
      running = undefined;
      batch.kill();
      throw error;
    }
  };

  return {
    read: (names, maxBytes) => {
      if (names.length === 0) return Promise.resolve([]);
      const result = queue.then(() => readAll(names, maxBytes));
      queue = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await queue;
      const batch = await running;
      running = undefined;
      await batch?.end();
    },
  };
}

interface BatchProcess {
  read(names: readonly string[], maxBytes: number): Promise<readonly ReadObject[]>;
  kill(): void;
  end(): Promise<void>;
}

async function startBatch(git: Git): Promise<BatchProcess> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    'git',
    [`--git-dir=${join(git.gitDir, OFFLINE_FOLDER)}`, ...git.profile.settings, 'cat-file', '--batch'],
    {
      env: { ...(await git.profile.environment()), GIT_OBJECT_DIRECTORY: join(git.gitDir, 'objects') },
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    },
  );
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => {
      resolve();
    });
    child.on('error', () => {
      resolve();
    });
  });
  child.stdin.on('error', () => undefined);
  let ended = false;
  void closed.then(() => {
    ended = true;
    wake?.();
  });
  let buffered: Buffer[] = [];
  let wake: (() => void) | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    buffered.push(chunk);
    wake?.();
  });

  const more = async (): Promise<void> => {
    if (ended) {
      throw damagedMirror('fatal: git cat-file ended while objects were read', git.address);
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    wake = undefined;
  };
  const takeBytes = async (size: number): Promise<Buffer> => {
    let available = buffered.reduce((sum, chunk) => sum + chunk.length, 0);
    while (available < size) {
      await more();
      available = buffered.reduce((sum, chunk) => sum + chunk.length, 0);
    }
    const all = Buffer.concat(buffered);
    buffered = all.length === size ? [] : [all.subarray(size)];
    return all.subarray(0, size);
  };
  const takeLine = async (): Promise<string> => {
    for (;;) {
      const all = Buffer.concat(buffered);
      const end = all.indexOf(10);
      if (end >= 0) {
        buffered = [all.subarray(end + 1)];
        return all.subarray(0, end).toString('utf8');
      }
      buffered = [all];
      await more();
    }
  };
  const skipBytes = async (size: number): Promise<void> => {
    for (let left = size; left > 0;) left -= (await takeBytes(Math.min(left, 65_536))).length;
  };
  const readOne = async (maxBytes: number): Promise<ReadObject> => {
    const header = await takeLine();
    const match = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/u.exec(header);
    if (match === null) return { kind: 'missing' };
    const size = Number(match[3]);
    if (size > maxBytes) {
      await skipBytes(size + 1);
      return { kind: 'too-large', size };
    }
    const bytes = await takeBytes(size);
    await takeBytes(1);
    return { kind: 'object', type: match[2] ?? '', oid: match[1] ?? '', bytes: Uint8Array.from(bytes) };
  };

  return {
    read: async (names, maxBytes) => {
      const timer = setTimeout(() => {
        signalGroup(child.pid, 'SIGKILL');
      }, READ_TIMEOUT_MS);
      try {
        child.stdin.write(names.map((name) => `${name}\n`).join(''));
        const objects: ReadObject[] = [];
        for (let index = 0; index < names.length; index++) objects.push(await readOne(maxBytes));
        return objects;
      } finally {
        clearTimeout(timer);
      }
    },
    kill: () => {
      signalGroup(child.pid, 'SIGKILL');
    },
    end: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
