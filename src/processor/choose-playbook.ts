import { chooseStrategy } from '../playbook/choose-strategy.ts';
import type { LoadedPlaybook } from '../playbook/load-playbooks.ts';
import type { Report, TroubleshootingRequest } from '../schema/generated.ts';
import { questionOf } from './question.ts';
import type { Work } from './work.ts';

/** The playbook of a request that was admitted, and how it was chosen. */
export interface PlaybookChoice {
  readonly loaded: LoadedPlaybook;
  readonly strategy: Report['strategy'];
}

export function choosePlaybook({ context }: Pick<Work, 'context'>, request: TroubleshootingRequest): PlaybookChoice {
  const { strategy } = request.spec.investigation;
  const choice = chooseStrategy(
    { strategy, text: questionOf(request), targetType: context.settings.cluster.type },
    context.playbooks.map(({ playbook }) => playbook),
  );
  if (choice.kind === 'unknown') throw new Error(`strategy ${strategy} was admitted and is unknown now`);
  const loaded = context.playbooks.find(({ playbook }) => playbook === choice.playbook);
  if (loaded === undefined) throw new Error(`playbook of strategy ${choice.strategy} is not loaded`);
  return {
    loaded,
    strategy: {
      name: choice.strategy,
      chosenBy: choice.chosenBy,
      ...(choice.why === undefined ? {} : { why: choice.why }),
    },
  };
}
