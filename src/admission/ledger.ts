import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isTerminal, type TerminalPhase } from '../domain/phase.ts';
import { WarroomError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { openAppendFile, type AppendFile, type OpenAppendFile } from '../lib/append-file.ts';
import { syncFolder } from '../lib/durable-file.ts';
import {
  CHAIN_START,
  formatLedgerLine,
  parseLedger,
  type AcceptedSigner,
  type BrakeSource,
  type LedgerEntry,
  type LedgerEvent,
  type PausedEvent,
} from './ledger-format.ts';
import { createUsageBook, type UsageBook } from './usage-book.ts';

/** What the ledger knows about one request. */
export interface KnownRequest {
  readonly sha256?: string;
  readonly nonce?: string;
  readonly signer?: AcceptedSigner;
  readonly attempts: number;
  /** Set once a terminal record is in the war room, or waits in the outbox. */
  readonly phase?: TerminalPhase;
  readonly isPublished: boolean;
}

/** A pause that nothing has lifted yet. */
export type StandingPause = PausedEvent & { readonly at: Date };

export interface Ledger {
  /** Nothing was ever written: a first start. */
  readonly isNew: boolean;
  readonly tip: string | undefined;
  /** When this ledger began; undefined once old entries were dropped. */
  readonly firstStart: Date | undefined;
  /** Who has used how much, from all entries that are kept. */
  readonly usage: Omit<UsageBook, 'note'>;
  request(id: string): KnownRequest | undefined;
  requestWithNonce(nonce: string): string | undefined;
  /** The pause of one source that stands, also when it was set before a restart. */
  pausedBy(source: BrakeSource): StandingPause | undefined;
  /** Whether a signed document with this nonce has lifted a pause. */
  hasResumed(nonce: string): boolean;
  /** Appends one event; resolves when it is on the disk. A failure to write is fatal for the processor. */
  append(event: LedgerEvent): Promise<void>;
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Entries older than this may be dropped; must exceed the longest life of a request (7 days). */
  readonly keepMs: number;
  /** Size in bytes above which old entries are dropped at the next start. */
  readonly maxBytes: number;
  /** Tests put in a disk that fails. */
  readonly openFile?: OpenAppendFile | undefined;
}

export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  await mkdir(dirname(options.file), { recursive: true, mode: 0o700 });
  const text = await readFile(options.file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const content = parseLedger(text, options.file);
  const kept = compacted(content.entries, content.digest, options, Buffer.byteLength(text));
  if (kept !== undefined) await replaceLedger(options.file, kept);
  const handle = await (options.openFile ?? openAppendFile)(options.file);
  if (kept === undefined && Buffer.byteLength(text) > content.wholeBytes) await handle.truncate(content.wholeBytes);
  await syncFolder(dirname(options.file));
  const entries = kept ?? content.entries;
  const digest = kept === undefined ? content.digest : lastDigest(kept);
  return new FileLedger({ ...options, handle }, entries, digest);
}

/** The newest tip in the ledger of a processor that may be running; undefined when it has none. */
export async function readLedgerTip(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const tip = parseLedger(text, file).entries.findLast((entry) => entry.event === 'tip');
  return tip?.event === 'tip' ? tip.commit : undefined;
}

/** The entries to go on with, when the file is over its limits; undefined when it may stay as it is. */
function compacted(
  entries: readonly LedgerEntry[],
  digest: string,
  options: LedgerOptions,
  bytes: number,
): LedgerEntry[] | undefined {
  const limit = options.clock.now().getTime() - options.keepMs;
  const isOld = (entry: LedgerEntry): boolean => Date.parse(entry.at) < limit;
  if (bytes <= options.maxBytes && !entries.slice(0, 1000).every(isOld)) return undefined;
  const lasting = lastingOf(entries);
  const recent = entries.filter((entry) => !isOld(entry) && entry.event !== 'opened' && !lasting.includes(entry));
  const dropped = entries.length - recent.length - lasting.length;
  if (dropped === 0) return undefined;
  const first: LedgerEvent = { event: 'checkpoint', dropped, digest };
  const events: LedgerEvent[] = [first, ...lasting, ...recent];
  let prev = CHAIN_START;
  return events.map((event, index) => {
    const at = 'at' in event && typeof event.at === 'string' ? event.at : options.clock.now().toISOString();
    const entry: LedgerEntry = { ...event, seq: index + 1, at, prev };
    prev = formatLedgerLine(entry).digest;
    return entry;
  });
}

/** What holds however old it is: the newest tip, and for each source of the brake what was said last. */
function lastingOf(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const last = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    if (entry.event === 'tip') last.set('tip', entry);
    if (entry.event === 'paused' || entry.event === 'resumed') last.set(`brake ${entry.by}`, entry);
  }
  return [...last.values()].sort((a, b) => a.seq - b.seq);
}

function lastDigest(entries: readonly LedgerEntry[]): string {
  const last = entries.at(-1);
  return last === undefined ? CHAIN_START : formatLedgerLine(last).digest;
}

async function replaceLedger(file: string, entries: readonly LedgerEntry[]): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(entries.map((entry) => formatLedgerLine(entry).line).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

class FileLedger implements Ledger {
  readonly isNew: boolean;
  readonly usage = createUsageBook();
  readonly #file: string;
  readonly #handle: AppendFile;
  readonly #clock: Clock;
  readonly #requests = new Map<string, KnownRequest>();
  readonly #nonces = new Map<string, string>();
  readonly #pauses = new Map<BrakeSource, StandingPause>();
  readonly #resumes = new Set<string>();
  #tip: string | undefined;
  #firstStart: Date | undefined;
  #seq: number;
  #prev: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    { file, handle, clock }: Pick<LedgerOptions, 'file' | 'clock'> & { readonly handle: AppendFile },
    entries: readonly LedgerEntry[],
    digest: string,
  ) {
    this.isNew = entries.length === 0;
    this.#file = file;
    this.#handle = handle;
    this.#clock = clock;
    this.#seq = entries.at(-1)?.seq ?? 0;
    this.#prev = digest;
    const [first] = entries;
    if (first === undefined) this.#firstStart = clock.now();
    else if (first.event !== 'checkpoint') this.#firstStart = new Date(first.at);
    for (const entry of entries) this.#remember(entry);
  }

  get firstStart(): Date | undefined {
    return this.#firstStart;
  }

  get tip(): string | undefined {
    return this.#tip;
  }

  request(id: string): KnownRequest | undefined {
    return this.#requests.get(id);
  }

  requestWithNonce(nonce: string): string | undefined {
    return this.#nonces.get(nonce);
  }

  pausedBy(source: BrakeSource): StandingPause | undefined {
    return this.#pauses.get(source);
  }

  hasResumed(nonce: string): boolean {
    return this.#resumes.has(nonce);
  }

  async append(event: LedgerEvent): Promise<void> {
    const writing = this.#writing.then(async () => {
      const entry: LedgerEntry = {
        ...event,
        seq: this.#seq + 1,
        at: this.#clock.now().toISOString(),
        prev: this.#prev,
      };
      const { line, digest } = formatLedgerLine(entry);
      await this.#write(line);
      this.#seq = entry.seq;
      this.#prev = digest;
      this.#remember(entry);
    });
    this.#writing = writing;
    await writing;
  }

  /** After a sync that failed nobody knows what is on the disk: every later append fails as well. */
  async #write(line: string): Promise<void> {
    try {
      await this.#handle.appendFile(line);
      await this.#handle.datasync();
    } catch (error) {
      throw new WarroomError('not-durable', `the ledger cannot be written: ${this.#file}`, {
        why: error instanceof Error ? error.message : String(error),
        hint: 'nothing may run that the ledger would forget: make room, or mend the disk, and start again',
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close();
  }

  #remember(event: LedgerEntry): void {
    const at = new Date(event.at);
    this.usage.note(event);
    switch (event.event) {
      case 'tip':
        this.#tip = event.commit;
        return;
      case 'accepted':
        this.#nonces.set(event.nonce, event.id);
        this.#update(event.id, {
          sha256: event.sha256,
          nonce: event.nonce,
          ...(event.signer === undefined ? {} : { signer: event.signer }),
        });
        return;
      case 'started':
        this.#update(event.id, { attempts: (this.#requests.get(event.id)?.attempts ?? 0) + 1 });
        return;
      case 'handed-back':
        this.#update(event.id, { attempts: (this.#requests.get(event.id)?.attempts ?? 1) - 1 });
        return;
      case 'finished':
        if (isTerminal(event.phase)) this.#update(event.id, { phase: event.phase });
        return;
      case 'published':
      case 'observed':
        this.#update(event.id, { phase: event.phase, isPublished: true });
        return;
      case 'paused':
        this.#pauses.set(event.by, { ...event, at });
        return;
      case 'resumed':
        this.#pauses.delete(event.by);
        if (event.nonce !== undefined) this.#resumes.add(event.nonce);
        return;
      case 'opened':
      case 'policy':
      case 'refused':
      case 'checkpoint':
      case 'history':
      case 'stopped':
      case 'held':
      case 'released':
      case 'withheld':
        return;
    }
  }

  #update(id: string, change: Partial<KnownRequest>): void {
    const known = this.#requests.get(id) ?? { attempts: 0, isPublished: false };
    this.#requests.set(id, { ...known, ...change });
  }
}
