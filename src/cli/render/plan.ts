import type { ClusterView } from '../../client/clusters.ts';
import { likelyStrategy } from '../../client/likely-strategy.ts';
import type { RegisteredStrategy, TroubleshootingRequest } from '../../schema/generated.ts';

/** What the model may spend when the request does not say; the processor has the same limits. */
const DEFAULT_BUDGET = { usd: 2, turns: 40 };

/** What will probably happen with a request at one cluster, before it is sent. */
export interface Plan {
  readonly cluster: string;
  readonly strategy: RegisteredStrategy | undefined;
  /** Why it is this strategy; set for `auto`. */
  readonly why?: string;
  /** Most that a model may cost; undefined when no model is used. */
  readonly maxUsd?: number;
  readonly maxTurns?: number;
}

export function planFor(request: TroubleshootingRequest, cluster: ClusterView | undefined, name: string): Plan {
  const { investigation, issue } = request.spec;
  const strategies = cluster?.strategies ?? [];
  const text = [issue.description, issue.category, investigation.prompt].filter(Boolean).join(' ');
  const likely = investigation.strategy === 'auto' ? likelyStrategy(text, strategies) : undefined;
  const strategy = likely?.strategy ?? strategies.find(({ id }) => id === investigation.strategy);
  const engines = cluster?.processors.filter(({ isLive }) => isLive).flatMap((processor) => processor.engines) ?? [];
  const isModelPossible =
    investigation.engine === 'claude' ||
    (investigation.engine === 'auto' && (engines.length === 0 || engines.includes('claude')));
  return {
    cluster: name,
    strategy,
    ...(likely === undefined ? {} : { why: whyLikely(likely.words) }),
    ...(isModelPossible
      ? {
          maxUsd: investigation.budget?.usd ?? DEFAULT_BUDGET.usd,
          maxTurns: investigation.budget?.turns ?? DEFAULT_BUDGET.turns,
        }
      : {}),
  };
}

/** `api-timeout (API answers late): 14 checks · about 40 s`. */
export function strategyText({ id, title, steps, seconds }: RegisteredStrategy): string {
  return `${id} (${title}): ${steps} checks · about ${seconds} s`;
}

export function renderPlan(plan: Plan): readonly string[] {
  const { cluster, strategy, why, maxUsd, maxTurns } = plan;
  const lines = [`${cluster} would be asked; nothing is sent`];
  if (strategy === undefined) lines.push('what it would look at is not known: no processor has said what it can do');
  else {
    lines.push(`strategy ${strategyText(strategy)}${why === undefined ? '' : ` · ${why}`}`);
    for (const check of strategy.checks ?? []) lines.push(`  - ${check}`);
  }
  if (maxUsd === undefined) lines.push('cost: none, no model is used');
  else lines.push(`cost: at most $${maxUsd.toFixed(2)} and ${String(maxTurns)} turns if a model is used`);
  return lines;
}

function whyLikely(words: readonly string[]): string {
  if (words.length === 0) return 'auto: no other strategy fits the words; the processor decides';
  return `auto: fits the words ${words.slice(0, 5).join(', ')}; the processor decides`;
}
