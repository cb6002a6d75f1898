import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome, TerminalPhase } from '../domain/phase.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { syncFolder, writeDurably } from '../lib/durable-file.ts';

/** A finished result on its way: the investigation is the expensive part, so it is on the disk before it is pushed. */
export interface OutboxEntry {
  readonly id: RequestId;
  readonly attempt: number;
  readonly phase: TerminalPhase;
  readonly outcome?: Outcome;
  /** Result folder in the war room. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, RedactedText>;
  /** Waits until an administrator has seen it. */
  readonly isHeld?: boolean;
}

export interface Outbox {
  store(entry: OutboxEntry): Promise<void>;
  /** Ids of complete entries, oldest first. */
  ids(): Promise<readonly RequestId[]>;
  read(id: RequestId): Promise<OutboxEntry>;
  isHeld(id: RequestId): Promise<boolean>;
  remove(id: RequestId): Promise<void>;
}

interface Meta {
  readonly id: string;
  readonly attempt: number;
  readonly phase: TerminalPhase;
  readonly outcome?: Outcome;
  readonly folder: string;
  readonly paths: readonly string[];
  readonly isHeld?: boolean;
}

/** `verify` is the second pass of the redaction: what was stored passes it again before it is published. */
export async function openOutbox(folder: string, verify: (text: string) => Promise<RedactedText>): Promise<Outbox> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    // Never completed: the attempt that wrote it is repeated.
    if (name.endsWith('.new')) await rm(join(folder, name), { recursive: true, force: true });
  }
  return {
    store: async (entry) => {
      const temporary = join(folder, `${entry.id}.new`);
      await rm(temporary, { recursive: true, force: true });
      const paths = [...entry.files.keys()];
      const { id, attempt, phase, folder: target } = entry;
      const meta: Meta = {
        id,
        attempt,
        phase,
        folder: target,
        paths,
        ...(entry.outcome === undefined ? {} : { outcome: entry.outcome }),
        ...(entry.isHeld === true ? { isHeld: true } : {}),
      };
      for (const [path, text] of entry.files) await writeDurably(join(temporary, 'files', path), text);
      await writeDurably(join(temporary, 'meta.json'), JSON.stringify(meta));
      await rm(join(folder, entry.id), { recursive: true, force: true });
      await rename(temporary, join(folder, entry.id));
      await syncFolder(folder);
    },
    ids: async () => (await readdir(folder)).sort().flatMap((name) => parseRequestId(name) ?? []),
    isHeld: async (id) => (await readMeta(join(folder, id))).isHeld === true,
    read: async (id) => await readEntry(join(folder, id), verify),
    remove: async (id) => {
      await rm(join(folder, id), { recursive: true, force: true });
    },
  };
}

async function readMeta(folder: string): Promise<Meta> {
  return JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8')) as Meta;
}

async function readEntry(folder: string, verify: (text: string) => Promise<RedactedText>): Promise<OutboxEntry> {
  const meta = await readMeta(folder);
  const id = parseRequestId(meta.id);
  if (id === undefined) throw new Error(`outbox entry ${folder} has no request id`);
  const files = new Map<string, RedactedText>();
  for (const path of meta.paths) files.set(path, await verify(await readFile(join(folder, 'files', path), 'utf8')));
  return {
    id,
    attempt: meta.attempt,
    phase: meta.phase,
    folder: meta.folder,
    files,
    ...(meta.outcome === undefined ? {} : { outcome: meta.outcome }),
    ...(meta.isHeld === true ? { isHeld: true } : {}),
  };
}
