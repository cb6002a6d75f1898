import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isTerminal, type TerminalPhase } from '../domain/phase.ts';
import type { Clock } from '../lib/clock.ts';
import {
  CHAIN_START,
  formatLedgerLine,
  parseLedger,
  type AcceptedSigner,
  type LedgerEntry,
  type LedgerEvent,
} from './ledger-format.ts';

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

export interface Ledger {
  /** Nothing was ever written: a first start. */
  readonly isNew: boolean;
  readonly tip: string | undefined;
  /** When this ledger began; undefined once old entries were dropped. */
  readonly firstStart: Date | undefined;
  request(id: string): KnownRequest | undefined;
  requestWithNonce(nonce: string): string | undefined;
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
  const handle = await open(options.file, 'a', 0o600);
  if (kept === undefined && Buffer.byteLength(text) > content.wholeBytes) await handle.truncate(content.wholeBytes);
  await syncFolder(dirname(options.file));
  const entries = kept ?? content.entries;
  return new FileLedger(handle, options.clock, entries, kept === undefined ? content.digest : lastDigest(kept));
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
  const tip = entries.findLast((entry) => entry.event === 'tip');
  const recent = entries.filter((entry) => !isOld(entry) && entry.event !== 'opened');
  const dropped = entries.length - recent.length;
  if (dropped === 0) return undefined;
  const first: LedgerEvent = { event: 'checkpoint', dropped, digest };
  const events: LedgerEvent[] = [first, ...(tip === undefined || recent.includes(tip) ? [] : [tip]), ...recent];
  let prev = CHAIN_START;
  return events.map((event, index) => {
    const at = 'at' in event && typeof event.at === 'string' ? event.at : options.clock.now().toISOString();
    const entry: LedgerEntry = { ...event, seq: index + 1, at, prev };
    prev = formatLedgerLine(entry).digest;
    return entry;
  });
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

/** Makes a new name durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(join(folder, '.'), 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

class FileLedger implements Ledger {
  readonly isNew: boolean;
  readonly #handle: FileHandle;
  readonly #clock: Clock;
  readonly #requests = new Map<string, KnownRequest>();
  readonly #nonces = new Map<string, string>();
  #tip: string | undefined;
  #firstStart: Date | undefined;
  #seq: number;
  #prev: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle, clock: Clock, entries: readonly LedgerEntry[], digest: string) {
    this.isNew = entries.length === 0;
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

  async append(event: LedgerEvent): Promise<void> {
    const writing = this.#writing.then(async () => {
      const entry: LedgerEntry = {
        ...event,
        seq: this.#seq + 1,
        at: this.#clock.now().toISOString(),
        prev: this.#prev,
      };
      const { line, digest } = formatLedgerLine(entry);
      await this.#handle.appendFile(line);
      await this.#handle.datasync();
      this.#seq = entry.seq;
      this.#prev = digest;
      this.#remember(event);
    });
    this.#writing = writing;
    await writing;
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close();
  }

  #remember(event: LedgerEvent): void {
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
      case 'opened':
      case 'checkpoint':
        return;
    }
  }

  #update(id: string, change: Partial<KnownRequest>): void {
    const known = this.#requests.get(id) ?? { attempts: 0, isPublished: false };
    this.#requests.set(id, { ...known, ...change });
  }
}
