import type { Ask } from '../../policy/ask.ts';
import { limitsOf, usedOf, type LimitKind } from '../../policy/check-limits.ts';
import { decide, type Decision } from '../../policy/decide.ts';
import { misfitsOf, type Misfit } from '../../policy/match-rule.ts';
import { describeMisfit } from '../../policy/refusals.ts';
import { NOTHING_USED, type Usage } from '../../policy/usage.ts';
import { cleanText } from '../../report/untrusted.ts';
import { WarroomError } from '../../domain/errors.ts';
import type { CliContext, Io } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable, renderTsv } from '../render/table.ts';
import { findPolicy, type PolicyFlags, type PolicySource } from './policy-source.ts';
import { readUsage } from './read-usage.ts';

export interface ExplainFlags extends PolicyFlags {
  readonly as: string;
  readonly cluster?: string;
  readonly strategy: string;
  readonly namespace?: string;
  readonly engine?: Ask['engine'];
  readonly mode?: Ask['mode'];
  readonly tool?: readonly NonNullable<Ask['tools']>[number][];
  /** Seconds. */
  readonly timeout?: number;
  readonly at?: Date;
}

/** The shortest timeout of a request: without another one no rule fails for it. */
const MIN_TIMEOUT_SECONDS = 10;

/** Shows what a policy says about a question: which rule allows it, or what stands in the way in each. */
export async function explainPolicy(context: CliContext, flags: ExplainFlags): Promise<ExitCode> {
  const source = await findPolicy(context, flags);
  const ask = askOfFlags(flags, source);
  const now = flags.at ?? context.clock.now();
  const usage = await readUsage(source.settings, context.clock);
  const explanation = explain(source, ask, { now, usage });
  const { io } = context;
  if (context.flags.json) io.out(JSON.stringify(explanationJson(source, explanation), null, 2));
  else for (const line of renderExplanation(explanation, io)) io.out(line);
  return explanation.decision.kind === 'allowed' ? EXIT.done : EXIT.notAllowed;
}

function askOfFlags(flags: ExplainFlags, { settings }: PolicySource): Ask {
  const cluster = flags.cluster ?? settings?.cluster.name;
  if (cluster === undefined) throw new WarroomError('usage', 'no cluster is named', { hint: 'add  --cluster NAME' });
  if (flags.strategy === 'auto') {
    throw new WarroomError('usage', 'auto is not a strategy that a policy decides about', {
      why: 'a processor asks its policy about the strategy that auto chooses by the words of the request',
      hint: 'name that one, for example  --strategy general',
    });
  }
  return {
    principal: flags.as,
    cluster,
    namespaces: flags.namespace === undefined ? [] : [flags.namespace],
    strategy: flags.strategy,
    engine: flags.engine ?? 'auto',
    mode: flags.mode ?? 'read',
    ...(flags.tool === undefined ? {} : { tools: [...flags.tool] }),
    timeoutSeconds: flags.timeout ?? MIN_TIMEOUT_SECONDS,
  };
}

interface Explanation {
  readonly ask: Ask;
  readonly now: Date;
  readonly decision: Decision;
  readonly rules: readonly {
    readonly name: string;
    readonly misfits: readonly Misfit[];
    readonly texts: readonly string[];
  }[];
  readonly limits: readonly LimitLine[];
}

interface LimitLine {
  readonly name: string;
  readonly per: 'person' | 'group';
  readonly kind: LimitKind;
  readonly allowed: number;
  /** Undefined when no state of a processor is at hand. */
  readonly used: number | undefined;
}

const KINDS: readonly LimitKind[] = ['requestsPerHour', 'requestsPerDay', 'minutesPerDay', 'usdPerDay'];

function explain(
  { loaded }: PolicySource,
  ask: Ask,
  { now, usage }: { readonly now: Date; readonly usage: Usage | undefined },
): Explanation {
  const { policy } = loaded;
  return {
    ask,
    now,
    decision: decide(policy, ask, { usage: usage ?? NOTHING_USED, now, isCounted: false }),
    rules: policy.rules.map((rule) => {
      const misfits = misfitsOf(rule, ask, now);
      return {
        name: rule.name,
        misfits,
        texts: misfits.map((misfit) => cleanText(describeMisfit(misfit, policy.clock))),
      };
    }),
    limits: limitsOf(policy, ask.principal).flatMap((limit) => {
      const used = usage === undefined ? undefined : usedOf(limit, ask.principal, { usage, now });
      return KINDS.flatMap((kind) => {
        const allowed = limit[kind];
        return allowed === undefined ? [] : [{ name: limit.name, per: limit.per, kind, allowed, used: used?.[kind] }];
      });
    }),
  };
}

/** For people what was decided and why, then every rule and limit; for pipes one line each: decision, rule, limit. */
function renderExplanation(
  explanation: Explanation,
  io: Pick<Io, 'isTerminal' | 'style' | 'width'>,
): readonly string[] {
  const { decision, rules, limits } = explanation;
  if (!io.isTerminal) {
    return [
      renderTsv(['decision', decision.kind, ...decisionCells(decision)]),
      ...rules.map(({ name, texts }) => renderTsv(['rule', name, texts.length === 0 ? 'fits' : texts.join('; ')])),
      ...limits.map(({ name, per, kind, allowed, used }) =>
        renderTsv(['limit', name, per, kind, String(allowed), used === undefined ? '' : String(round(used))]),
      ),
    ];
  }
  const { style, width } = io;
  const rows = rules.map(({ name, texts }) => [
    texts.length === 0 ? style.good('✔') : style.bad('✘'),
    name,
    texts.length === 0 ? 'fits' : texts.join('; '),
  ]);
  const limitRows = limits.map(({ name, per, kind, allowed, used }) => [
    name,
    `each ${per}`,
    kind,
    used === undefined ? String(allowed) : `${round(used)} of ${allowed} used`,
  ]);
  return [
    ...headline(explanation, style),
    '',
    style.bold('Rules'),
    ...renderTable(rows, width),
    ...(limitRows.length === 0 ? [] : ['', style.bold('Limits'), ...renderTable(limitRows, width)]),
  ];
}

function decisionCells(decision: Decision): readonly string[] {
  switch (decision.kind) {
    case 'allowed':
      return [decision.rule];
    case 'denied':
      return [decision.reason.code, cleanText(decision.reason.message), decision.reason.hint ?? ''];
    case 'waiting':
      return [decision.why];
  }
}

function headline({ decision, ask }: Explanation, style: Io['style']): readonly string[] {
  const who = cleanText(`${ask.principal} · ${ask.cluster} · ${ask.strategy}`);
  switch (decision.kind) {
    case 'allowed': {
      const { engines, tools, maxUsd } = decision.limits;
      const money = maxUsd === undefined ? 'money as the processor has it' : `at most $${maxUsd}`;
      const families = tools === undefined ? 'all tools' : `tools ${tools.join(', ')}`;
      return [
        `${style.good('allowed')} by rule ${style.bold(decision.rule)}: ${who}`,
        style.dim(`  engines ${engines.join(', ')} · ${families} · ${money}`),
      ];
    }
    case 'denied': {
      const { code, message, hint } = decision.reason;
      const lines = [`${style.bad('denied')} (${code}): ${who}`, `  ${cleanText(message)}`];
      return hint === undefined ? lines : [...lines, style.dim(`  ${hint}`)];
    }
    case 'waiting':
      return [`${style.warn('waits')}: ${who}`, `  ${decision.why}`];
  }
}

function explanationJson({ loaded }: PolicySource, { ask, now, decision, rules, limits }: Explanation): unknown {
  const { kind, ...rest } = decision;
  return {
    policy: { file: loaded.file, sha256: loaded.sha256 },
    at: now.toISOString(),
    ask,
    decision: kind,
    ...rest,
    rules: rules.map(({ name, misfits, texts }) => ({
      name,
      fits: misfits.length === 0,
      misfits: misfits.map(({ field }, index) => ({ field, text: texts[index] })),
    })),
    usage: limits,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
