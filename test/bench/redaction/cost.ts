import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { DEFAULT_RULES } from '../../../src/redaction/default-rules.ts';
import { createRedactionThread } from '../../../src/redaction/thread.ts';
import type { CleanFile } from './corpus.ts';

export interface CleanCost {
  readonly megabytes: number;
  readonly spans: number;
  readonly characters: number;
  readonly masked: number;
  /** Of processor time of one thread. */
  readonly megabytesPerSecond: number;
  readonly byRule: Readonly<Record<string, number>>;
}

/** False positives and speed on texts without secrets, each file for itself. */
export async function measureClean(files: readonly CleanFile[]): Promise<CleanCost> {
  let bytes = 0;
  let spans = 0;
  let characters = 0;
  let masked = 0;
  let seconds = 0;
  const byRule: Record<string, number> = {};
  for (const { text } of files) {
    const redaction = createRedaction({ ...OPTIONS, rules: DEFAULT_RULES });
    const before = process.cpuUsage();
    const redacted = await redaction.redact(text);
    seconds += cpuSeconds(before);
    bytes += Buffer.byteLength(text);
    characters += text.length;
    masked += text.length - redacted.replace(/\[REDACTED:[a-z0-9-]{1,40}:[0-9a-f]{4}\]/g, '').length;
    const counts = redaction.counts();
    spans += counts.total;
    for (const [rule, count] of Object.entries(counts.byRule)) byRule[rule] = (byRule[rule] ?? 0) + count;
  }
  const megabytes = bytes / 1e6;
  return { megabytes, spans, characters, masked, megabytesPerSecond: megabytes / seconds, byRule };
}

export interface HostileCost {
  readonly what: string;
  readonly cpuSeconds: number;
  /** Longest time without a look at the budget: after it a text can be given up. */
  readonly worstStepMs: number;
}

const OPTIONS = {
  knownValues: [{ name: 'known', value: 'known-value-1' }],
  key: new Uint8Array(32).fill(7),
  maxBytes: 64 * 1024 * 1024,
  timeBudgetMs: 600_000,
} as const;

export async function measureHostile(what: string, text: string): Promise<HostileCost> {
  let last = performance.now();
  let worstStepMs = 0;
  const monotonicMs = (): number => {
    const now = performance.now();
    worstStepMs = Math.max(worstStepMs, now - last);
    last = now;
    return now;
  };
  const before = process.cpuUsage();
  await createRedaction({ ...OPTIONS, rules: DEFAULT_RULES, monotonicMs }).redact(text);
  return { what, cpuSeconds: cpuSeconds(before), worstStepMs };
}

interface Lag {
  /** Of a process that does nothing, for as long as the long text took. */
  readonly idle: number;
  readonly long: number;
  readonly short: number;
}

/** Longest pause of the event loop while a long and a short hostile text are searched, and while nothing is done. */
export async function measureLag(text: string): Promise<Lag> {
  const thread = createRedactionThread();
  try {
    const redaction = createRedaction({ ...OPTIONS, thread });
    await redaction.redact('warm up\n'.repeat(2000));
    await redaction.redact('warm up');
    const startedAt = performance.now();
    const long = await lagOf(() => redaction.redact(text));
    const tookMs = performance.now() - startedAt;
    const idle = await lagOf(() => sleep(tookMs));
    let short = 0;
    for (let round = 0; round < 20; round++) {
      short = Math.max(short, await lagOf(() => redaction.redact(text.slice(0, 8 * 1024 - round))));
    }
    return { idle, long, short };
  } finally {
    await thread.close();
  }
}

async function lagOf(work: () => Promise<unknown>): Promise<number> {
  const resolutionMs = 2;
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  await work();
  delay.disable();
  return Math.max(0, delay.max / 1e6 - resolutionMs);
}

function cpuSeconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
