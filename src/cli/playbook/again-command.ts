import { resolveAll } from '../../diagnose/run-case.ts';
import type { Inputs } from '../../playbook/expand.ts';
import type { LoadedPlaybook } from '../../playbook/load-playbooks.ts';
import { commandText } from '../../report/words.ts';
import { isForClusters, named } from './find-playbook.ts';
import type { RunFlags } from './run-flags.ts';

export interface LookedAt {
  readonly flags: RunFlags;
  readonly all: readonly LoadedPlaybook[];
  readonly inputs: Inputs;
  /** What is looked at can be looked at with other playbooks too: not so the recorded run of one. */
  readonly isOpen: boolean;
}

/**
 * The command line that looks at the same place with a strategy. Undefined where it could not work: nobody has the strategy
 * for this place, it needs an input that is not known, or a recording holds nothing else.
 */
export function againCommand(strategy: string, { flags, all, inputs, isOpen }: LookedAt): string | undefined {
  if (!isOpen) return undefined;
  const isCluster = isAboutCluster(flags) || flags.from !== undefined;
  const found = named(
    strategy,
    all.filter((each) => (isCluster ? isForClusters(each) : each.playbook.spec.targets.includes('host'))),
  );
  if (found === undefined) return undefined;
  const { playbook } = found;
  const given = Object.entries(playbook.spec.inputs ?? {}).flatMap(([name, input]): [string, string][] => {
    const value = inputs[name];
    return value === undefined || value === input.default ? [] : [[name, value]];
  });
  if (resolveAll(playbook, Object.fromEntries(given)).kind === 'invalid') return undefined;
  return commandText([
    ...['claude-warroom', 'playbook', 'run', strategy],
    ...given.flatMap(([name, value]) => ['--input', `${name}=${value}`]),
    ...placeFlags(flags),
  ]);
}

/** The same look once more. */
export function sameCommand(id: string, flags: RunFlags): string {
  return commandText([
    ...['claude-warroom', 'playbook', 'run', id],
    ...Object.entries(flags.input ?? {}).flatMap(([name, value]) => ['--input', `${name}=${value}`]),
    ...(flags.namespace === undefined ? [] : ['--namespace', flags.namespace]),
    ...(flags.now === undefined ? [] : ['--now', flags.now.toISOString()]),
    ...placeFlags(flags),
  ]);
}

export function isAboutCluster({ kubeconfig, hostedKubeconfig }: RunFlags): boolean {
  return kubeconfig !== undefined || hostedKubeconfig !== undefined;
}

function placeFlags({ kubeconfig, hostedKubeconfig, from, dir, execRead }: RunFlags): readonly string[] {
  const named = { '--kubeconfig': kubeconfig, '--hosted-kubeconfig': hostedKubeconfig, '--from': from, '--dir': dir };
  const values = Object.entries(named).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return execRead === true ? [...values, '--exec-read'] : values;
}
