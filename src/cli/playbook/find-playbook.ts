import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WarroomError } from '../../domain/errors.ts';
import { nearestName } from '../../lib/nearest-name.ts';
import { builtinPlaybookDir, loadPlaybooks, type LoadedPlaybook } from '../../playbook/load-playbooks.ts';
import type { CliContext } from '../context.ts';

/** The built-in playbooks, and those of a folder. */
export async function loadAll(
  context: Pick<CliContext, 'cwd'>,
  dir: string | undefined,
): Promise<readonly LoadedPlaybook[]> {
  const builtinDir = builtinPlaybookDir();
  const siteDir = dir === undefined ? undefined : resolve(context.cwd, dir);
  // Whoever works on the built-in playbooks names their folder: it is not a second one.
  const isBuiltin = siteDir !== undefined && (await isSameFolder(siteDir, builtinDir));
  return await loadPlaybooks({ builtinDir, ...(siteDir === undefined || isBuiltin ? {} : { siteDir }) });
}

async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((folder) => realpath(folder).catch(() => folder)));
  return a === b;
}

/**
 * The playbook with that id or strategy; throws `usage` with the nearest name. Machines and clusters may have one each for
 * a strategy: of a cluster, the one for clusters is meant.
 */
export function findPlaybook(
  name: string,
  all: readonly LoadedPlaybook[],
  { isCluster = false }: { readonly isCluster?: boolean } = {},
): LoadedPlaybook {
  const found = (isCluster ? named(name, all.filter(isForClusters)) : undefined) ?? named(name, all);
  if (found !== undefined) return found;
  const names = all.flatMap(({ playbook }) => [playbook.metadata.id, ...playbook.spec.strategies]);
  const nearest = nearestName(name, names);
  throw new WarroomError('usage', `there is no playbook ${JSON.stringify(name)}`, {
    why: `known are ${[...new Set(names)].sort().join(', ')}`,
    hint: nearest === undefined ? 'a site playbook needs --dir FOLDER' : `did you mean "${nearest}"?`,
  });
}

/** By id, else by strategy. */
export function named(name: string, all: readonly LoadedPlaybook[]): LoadedPlaybook | undefined {
  return (
    all.find(({ playbook }) => playbook.metadata.id === name) ??
    all.find(({ playbook }) => playbook.spec.strategies.includes(name))
  );
}

export function isForClusters({ playbook }: LoadedPlaybook): boolean {
  return playbook.spec.targets.some((type) => type !== 'host');
}

/** The named playbooks, or all of them. */
export function choosePlaybooks(names: readonly string[], all: readonly LoadedPlaybook[]): readonly LoadedPlaybook[] {
  return names.length === 0 ? all : names.map((name) => findPlaybook(name, all));
}
