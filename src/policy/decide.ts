import type { PolicyRule, RequestInvestigation } from '../schema/generated.ts';
import type { Ask } from './ask.ts';
import { exceededLimits, type LimitFacts } from './check-limits.ts';
import type { CompiledPolicy, CompiledRule } from './compile-policy.ts';
import { misfitsOf } from './match-rule.ts';
import { refuseByLimit, refuseByRules, type Denial, type RuleTrial } from './refusals.ts';

export type Decision =
  | {
      readonly kind: 'allowed';
      /** Name of the first rule that fits. */
      readonly rule: string;
      readonly limits: RunLimits;
    }
  | Denial
  /** Running work has set aside what this would need: there may be room when it ends. */
  | { readonly kind: 'waiting'; readonly why: string };

/** What the rule leaves to one run. */
export interface RunLimits {
  readonly engines: PolicyRule['engines'];
  /** All when absent. */
  readonly tools?: NonNullable<RequestInvestigation['allowedTools']>;
  /** Limit of the processor when absent. */
  readonly maxUsd?: number;
}

/** Decides about a question. Nothing is allowed that no rule allows; a limit refuses what a rule has allowed. */
export function decide(policy: CompiledPolicy, ask: Ask, facts: LimitFacts): Decision {
  const trials: RuleTrial[] = [];
  for (const rule of policy.rules) {
    const misfits = misfitsOf(rule, ask, facts.now);
    if (misfits.length === 0) return withinLimits(policy, rule, { ask, facts });
    trials.push({ rule, misfits });
  }
  return refuseByRules(policy, ask, trials);
}

function withinLimits(
  policy: CompiledPolicy,
  rule: CompiledRule,
  { ask, facts }: { readonly ask: Ask; readonly facts: LimitFacts },
): Decision {
  const exceeded = exceededLimits(policy, ask, facts);
  const final = exceeded.filter(({ isPassing }) => !isPassing);
  // The one that holds longest says when to try again.
  const [longest] = final.sort((a, b) => b.retryAt.getTime() - a.retryAt.getTime());
  if (longest !== undefined) return refuseByLimit(policy, ask, longest);
  const [passing] = exceeded;
  if (passing !== undefined) {
    return { kind: 'waiting', why: `running work has set aside what limit ${passing.limit.name} has left` };
  }
  return { kind: 'allowed', rule: rule.name, limits: runLimits(rule, ask) };
}

function runLimits(rule: CompiledRule, ask: Ask): RunLimits {
  const tools = ask.tools ?? rule.tools;
  return {
    engines: rule.engines,
    ...(tools === undefined ? {} : { tools }),
    ...(rule.maxUsd === undefined ? {} : { maxUsd: rule.maxUsd }),
  };
}
