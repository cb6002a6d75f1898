import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { SessionEnd } from './session-end.ts';
import { MAX_TRANSCRIPT_BYTES, saidIn, type SessionLine } from './transcript.ts';

export interface HoldOptions {
  /** Configuration folder of claude; its conversations lie in `projects/<folder>/<id>.jsonl` there. */
  readonly stateDir: string;
  /** File with the time at which the session ends; the kubelet writes it, and changes it when the session is extended. */
  readonly expiresFile: string;
  readonly idleMs: number;
  readonly clock: Clock;
  /** Ends it in order. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly everyMs?: number;
}

const EVERY_MS = 5000;
/** What is read of one file in one look. */
const MAX_READ = 4 * 1024 * 1024;

/**
 * The main program in the pod of a session: keeps it alive for whoever connects, tells the log what is said, and ends when
 * the time is over, nobody says anything any more, or it is told to. It works without the processor.
 */
export async function holdSession(options: HoldOptions): Promise<SessionEnd> {
  const { clock, signal, idleMs, everyMs = EVERY_MS } = options;
  const teller = new Teller(options);
  let activeMs = clock.monotonicMs();
  let end: SessionEnd | undefined;
  while (end === undefined) {
    await clock.sleep(everyMs, signal).catch(() => undefined);
    if (await teller.tell()) activeMs = clock.monotonicMs();
    if (signal.aborted) end = 'closed';
    else if (await isExpired(options)) end = 'expired';
    else if (clock.monotonicMs() - activeMs >= idleMs) end = 'idle';
  }
  print(options, { warroom: 'end', end, at: clock.now().toISOString() });
  return end;
}

/** A time that cannot be read ends nothing: Kubernetes has a deadline of its own. */
async function isExpired({ expiresFile, clock }: HoldOptions): Promise<boolean> {
  const text = await readFile(expiresFile, 'utf8').catch(() => '');
  return clock.now().getTime() >= Date.parse(text.trim());
}

/** Reads conversations as they grow. */
class Teller {
  readonly #options: HoldOptions;
  /** Bytes of whole lines that were told, by file. */
  readonly #read = new Map<string, number>();
  #left = MAX_TRANSCRIPT_BYTES;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** Whether any conversation has changed. */
  async tell(): Promise<boolean> {
    let hasChanged = false;
    for (const file of await conversations(this.#options.stateDir)) {
      const from = this.#read.get(file) ?? 0;
      const text = await readFrom(file, from);
      const whole = text.lastIndexOf('\n') + 1;
      if (text !== '') hasChanged = true;
      if (whole === 0) {
        // A line longer than is read at once would be waited for in vain.
        if (Buffer.byteLength(text) >= MAX_READ) this.#read.set(file, from + MAX_READ);
        continue;
      }
      this.#read.set(file, from + Buffer.byteLength(text.slice(0, whole)));
      for (const line of text.slice(0, whole).split('\n')) for (const said of saidIn(line)) this.#print(said);
    }
    return hasChanged;
  }

  #print(line: SessionLine): void {
    if (this.#left <= 0) return;
    this.#left -= Buffer.byteLength(JSON.stringify(line)) + 1;
    print(this.#options, this.#left > 0 ? line : { warroom: 'full' });
  }
}

function print(options: HoldOptions, line: SessionLine): void {
  options.print(JSON.stringify(line));
}

async function conversations(stateDir: string): Promise<readonly string[]> {
  const projects = join(stateDir, 'projects');
  const files: string[] = [];
  for (const folder of await readdir(projects).catch(() => [])) {
    for (const name of await readdir(join(projects, folder)).catch(() => [])) {
      if (name.endsWith('.jsonl')) files.push(join(projects, folder, name));
    }
  }
  return files.sort();
}

/** Nothing for a file that has not grown, or went away. */
async function readFrom(file: string, from: number): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size <= from) return '';
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(found.size - from, MAX_READ));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}
