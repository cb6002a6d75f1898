import type { Inventory } from '../schema/generated.ts';
import type { DocumentProblem } from './document-problem.ts';

/** What the schema of an inventory cannot say. */
export function checkInventory({ hosts, groups, defaults }: Inventory): readonly DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  const names = new Set<string>();
  const groupNames = Object.keys(groups ?? {});
  for (const name of groupNames) {
    if (hosts.some((host) => host.name === name)) {
      problems.push({ path: ['groups', name], message: 'is the name of a host too' });
    }
  }
  for (const [index, host] of hosts.entries()) {
    const at = ['hosts', index];
    if (names.has(host.name)) problems.push({ path: [...at, 'name'], message: `"${host.name}" is used twice` });
    names.add(host.name);
    for (const [number, group] of (host.groups ?? []).entries()) {
      if (groupNames.includes(group)) continue;
      const hint = groupNames.length === 0 ? 'list it under groups' : `groups are ${groupNames.join(', ')}`;
      problems.push({ path: [...at, 'groups', number], message: `there is no group "${group}"`, hint });
    }
    if (host.connection === 'local') continue;
    for (const field of ['user', 'keyFile', 'knownHostsFile'] as const) {
      if (host[field] ?? defaults?.[field]) continue;
      const message = `needs ${field}`;
      problems.push({ path: at, message, hint: `add it there, or once for all under defaults.${field}` });
    }
  }
  return problems;
}
