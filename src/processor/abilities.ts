import { describeUsedUp } from '../claude/spend-book.ts';
import { chooseStrategy } from '../playbook/choose-strategy.ts';
import { inputsOfRequest, resolveInputs } from '../playbook/expand.ts';
import type { Playbook, StatusReason, TroubleshootingRequest } from '../schema/generated.ts';
import type { ProcessorContext } from './context.ts';
import { questionOf } from './question.ts';
import { focusFor, suppliedInputs } from './request-places.ts';

/** Why this processor cannot run the engine or the strategy that a request names; undefined when it can. */
export function refusalOf(
  {
    playbooks,
    settings,
    claude,
    noClaude,
    hosts,
  }: Pick<ProcessorContext, 'playbooks' | 'claude' | 'noClaude' | 'hosts'> & {
    readonly settings: Pick<ProcessorContext['settings'], 'cluster' | 'target'>;
  },
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
  if (choice.kind === 'chosen') return missingInputs(choice.playbook, request, settings);
  const nearest = choice.nearest === undefined ? '' : `, did you mean ${choice.nearest}?`;
  return {
    code: 'unknown-strategy',
    message: `${settings.cluster.name} has no strategy ${strategy}${nearest}`,
    hint: `it has ${choice.known.join(', ')}`.slice(0, 1000),
  };
}

/** A playbook that must know a namespace or an object cannot guess it. */
function missingInputs(
  playbook: Playbook,
  request: TroubleshootingRequest,
  settings: Pick<ProcessorContext['settings'], 'target'>,
): StatusReason | undefined {
  const inputs = resolveInputs(
    playbook,
    inputsOfRequest(playbook, focusFor(playbook, request)),
    suppliedInputs(playbook, request, settings),
  );
  if (inputs.kind === 'ready') return undefined;
  return {
    code: 'missing-input',
    message: `strategy ${playbook.spec.strategies[0] ?? playbook.metadata.id}: ${inputs.problems.join('; ')}`.slice(
      0,
      1000,
    ),
    hint: 'ask again with  --namespace NAME  or  --resource KIND/NAME , or with  --strategy general',
  };
}

/** Engines that work here. */
export function enginesOf({ claude }: Pick<ProcessorContext, 'claude'>): readonly ('diagnostics' | 'claude')[] {
  return claude === undefined ? ['diagnostics'] : ['diagnostics', 'claude'];
}
