import { describeUsedUp } from '../claude/spend-book.ts';
import { chooseStrategy } from '../playbook/choose-strategy.ts';
import type { StatusReason, TroubleshootingRequest } from '../schema/generated.ts';
import type { ProcessorContext } from './context.ts';
import { questionOf } from './question.ts';

/** Why this processor cannot run the engine or the strategy that a request names; undefined when it can. */
export function refusalOf(
  {
    playbooks,
    settings,
    claude,
    noClaude,
    hosts,
  }: Pick<ProcessorContext, 'playbooks' | 'settings' | 'claude' | 'noClaude' | 'hosts'>,
  request: TroubleshootingRequest,
): StatusReason | undefined {
  const { engine, strategy } = request.spec.investigation;
  if (engine === 'claude' && claude === undefined) {
    return {
      code: 'engine-unavailable',
      message: `this processor has no Claude engine: ${noClaude}`.slice(0, 1000),
      hint: 'ask again with  --engine auto  or  --engine diagnostics',
    };
  }
  const budget = engine === 'claude' ? claude?.budget(request.metadata.engineer) : undefined;
  if (budget?.kind === 'used-up') {
    return {
      code: 'budget-used-up',
      message: describeUsedUp(budget),
      hint: 'wait until then, or ask again with  --engine auto  or  --engine diagnostics',
    };
  }
  const host = hosts?.choose(request.spec.issue.affectedResources ?? []);
  if (host?.kind === 'refused') return { code: 'unknown-host', message: host.message, hint: host.hint };
  const choice = chooseStrategy(
    { strategy, text: questionOf(request), targetType: settings.cluster.type },
    playbooks.map(({ playbook }) => playbook),
  );
  if (choice.kind === 'chosen') return undefined;
  const nearest = choice.nearest === undefined ? '' : `, did you mean ${choice.nearest}?`;
  return {
    code: 'unknown-strategy',
    message: `${settings.cluster.name} has no strategy ${strategy}${nearest}`,
    hint: `it has ${choice.known.join(', ')}`.slice(0, 1000),
  };
}

/** Engines that work here. */
export function enginesOf({ claude }: Pick<ProcessorContext, 'claude'>): readonly ('diagnostics' | 'claude')[] {
  return claude === undefined ? ['diagnostics'] : ['diagnostics', 'claude'];
}
