import { resolve } from 'node:path';
import type { LedgerEntry } from '../../admission/ledger-format.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import { differences, type PolicyDifference } from '../../policy/policy-changes.ts';
import { loadPolicy, type LoadedPolicy } from '../../policy/policy-file.ts';
import { changedDecisions, wordOf, type ChangedDecision, type PastAsk } from '../../policy/replay.ts';
import { cleanText } from '../../report/untrusted.ts';
import type { CliContext, Io } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable, renderTsv } from '../render/table.ts';
import { findPolicy, readLedger } from './policy-source.ts';

export interface DiffFlags {
  /** Policy to compare with, instead of that of the processor. */
  readonly old?: string;
  readonly c?: string;
}

const MONTH_MS = 31 * 86_400_000;

/** What changes with a new policy: its text, and what it would have decided about the requests of the last month. */
export async function diffPolicy(context: CliContext, file: string, flags: DiffFlags): Promise<ExitCode> {
  const { old, c } = flags;
  const source = await findPolicy(context, {
    ...(old === undefined ? {} : { file: old }),
    ...(c === undefined ? {} : { c }),
  });
  const before = source.loaded;
  const after = await loadPolicy(resolve(context.cwd, file));
  const past = source.settings === undefined ? undefined : await lastMonth(source.settings, context.clock.now());
  const diff: PolicyDiff = {
    before,
    after,
    differences: differences(before.document, after.document),
    past,
    changed: past === undefined ? [] : changedDecisions(past.asks, { before: before.policy, after: after.policy }),
  };
  const { io } = context;
  if (context.flags.json) io.out(JSON.stringify(diffJson(diff), null, 2));
  else for (const line of renderDiff(diff, io)) io.out(line);
  io.err(summaryOf(diff));
  return EXIT.done;
}

interface PolicyDiff {
  readonly before: LoadedPolicy;
  readonly after: LoadedPolicy;
  readonly differences: readonly PolicyDifference[];
  /** Undefined when no processor is named. */
  readonly past: Past | undefined;
  readonly changed: readonly ChangedDecision[];
}

interface Past {
  readonly asks: readonly PastAsk[];
  /** Requests of which the ledger does not say what they asked: they were accepted without a policy. */
  readonly unknown: number;
}

/** What was asked of a processor in the last 31 days, as its ledger tells. */
async function lastMonth(settings: ProcessorSettings, now: Date): Promise<Past> {
  const since = new Date(now.getTime() - MONTH_MS).toISOString();
  const asks = new Map<string, PastAsk>();
  let unknown = 0;
  for (const entry of await readLedger(settings)) {
    if (entry.at < since || (entry.event !== 'accepted' && entry.event !== 'refused')) continue;
    const past = pastAsk(entry);
    if (past === undefined) unknown++;
    else if (!asks.has(past.id)) asks.set(past.id, past);
  }
  return { asks: [...asks.values()], unknown };
}

function pastAsk(entry: Extract<LedgerEntry, { event: 'accepted' | 'refused' }>): PastAsk | undefined {
  const { ask, requester, id, at } = entry;
  return ask === undefined ? undefined : { id, at: new Date(at), ask: { ...ask, principal: requester } };
}

/** For people both tables; for pipes one line each: policy or request, what, before, after. */
function renderDiff(diff: PolicyDiff, io: Pick<Io, 'isTerminal' | 'style' | 'width'>): readonly string[] {
  const { changed } = diff;
  if (!io.isTerminal) {
    return [
      ...diff.differences.map(({ path, before, after }) => renderTsv(['policy', path, before ?? '', after ?? ''])),
      ...changed.map(({ past, before, after }) =>
        renderTsv(['request', past.id, cleanText(past.ask.principal), wordOf(before), wordOf(after)]),
      ),
    ];
  }
  const { style, width } = io;
  const lines = diff.differences.map(({ path, before, after }) => {
    if (before === undefined) return style.good(`  + ${path}: ${after ?? ''}`);
    return after === undefined ? style.bad(`  - ${path}: ${before}`) : `  ~ ${path}: ${before} → ${after}`;
  });
  const rows = changed.map(({ past, before, after }) => [
    past.id,
    cleanText(past.ask.principal),
    `${wordOf(before)} → ${wordOf(after)}`,
  ]);
  return [
    ...(lines.length === 0 ? [] : [style.bold('Policy'), ...lines]),
    ...(rows.length === 0 ? [] : ['', style.bold('Requests'), ...renderTable(rows, width)]),
  ];
}

function summaryOf({ differences: found, past, changed }: PolicyDiff): string {
  const policy = `${found.length} difference${found.length === 1 ? '' : 's'}`;
  if (past === undefined) return `${policy}; name a processor with -c to try its requests of the last month`;
  const of = `${changed.length} of ${past.asks.length} requests of the last month would be decided otherwise`;
  const rest = past.unknown === 0 ? '' : `; ${past.unknown} could not be tried, they came before there was a policy`;
  return `${policy}; ${of}${rest}; limits were not tried`;
}

function diffJson({ before, after, differences: found, past, changed }: PolicyDiff): unknown {
  return {
    before: { file: before.file, sha256: before.sha256 },
    after: { file: after.file, sha256: after.sha256 },
    differences: found.map(({ path, before: was, after: is }) => ({ path, before: was ?? null, after: is ?? null })),
    requests:
      past === undefined
        ? null
        : {
            tried: past.asks.length,
            untried: past.unknown,
            changed: changed.map(({ past: { id, at, ask }, before: was, after: is }) => ({
              id,
              at: at.toISOString(),
              ask,
              before: wordOf(was),
              after: wordOf(is),
            })),
          },
  };
}
