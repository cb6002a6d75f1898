import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { rowsOf } from './rows.ts';

type Row = Readonly<Record<string, string>>;

/**
 * Services that containers of Compose projects need (`needs` is the label `com.docker.compose.depends_on`, as
 * `db:service_healthy:false,cache:service_started:true`) and that are not there: `problem` is `absent`, `not-running` or
 * `unhealthy`. How a container stands is told by step `containers`, with its `state` and `status` by name.
 */
export function composeDependencies(
  data: StepData,
  other: (step: string) => StepData | undefined,
): readonly Candidate[] | undefined {
  const rows = rowsOf(data.root);
  const seen = other('containers');
  const states = rowsOf(seen?.root);
  // In half a list every service would be absent.
  if (rows === undefined || states === undefined || data.isPartial || seen?.isPartial === true) return undefined;
  const stateOf = new Map(states.map((state) => [state['name'] ?? '', state]));
  return rows.flatMap((row) =>
    needsOf(row).flatMap(({ service, condition }): readonly Candidate[] => {
      const of = rows.filter((each) => each['project'] === row['project'] && each['service'] === service);
      const standing = of.flatMap((each) => {
        const state = stateOf.get(each['name'] ?? '');
        return state === undefined ? [] : [state];
      });
      const problem = problemOf(standing, condition);
      if (problem === undefined) return [];
      const { name = '', project } = row;
      const dependentRuns = isUp(stateOf.get(name));
      return [{ item: { name, project, needed: service, condition, problem, dependentRuns }, source: row }];
    }),
  );
}

function needsOf({
  project = '',
  needs = '',
}: Row): readonly { readonly service: string; readonly condition: string }[] {
  if (project === '') return [];
  return needs
    .split(',')
    .map((need) => need.split(':'))
    .flatMap(([service = '', condition = 'service_started']) => (service === '' ? [] : [{ service, condition }]));
}

function problemOf(states: readonly Row[], condition: string): 'absent' | 'not-running' | 'unhealthy' | undefined {
  if (states.length === 0) return 'absent';
  // A task that has done its work is what this condition waits for.
  const hasEndedWell = states.some(({ status = '' }) => status.startsWith('Exited (0)'));
  if (condition === 'service_completed_successfully' && hasEndedWell) return undefined;
  if (!states.some(isUp)) return 'not-running';
  const isIll = states.every(({ status = '' }) => status.includes('(unhealthy)'));
  return condition === 'service_healthy' && isIll ? 'unhealthy' : undefined;
}

function isUp(state: Row | undefined): boolean {
  return state?.['state'] === 'running' && !(state['status'] ?? '').startsWith('Restarting');
}
