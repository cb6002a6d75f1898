import { WarroomError } from '../domain/errors.ts';
import type { HostInventory, InventoryEntry } from '../domain/inventory-host.ts';
import { nearestName } from '../lib/nearest-name.ts';

/** Word that stands for every host. */
export const ALL_HOSTS = 'all';

/** The hosts of names and groups, each once, in the order of the inventory. Throws `usage` for an unknown name. */
export function selectHosts(inventory: HostInventory, wanted: readonly string[]): readonly InventoryEntry[] {
  const groups = Object.keys(inventory.groups);
  const names = inventory.hosts.map(({ name }) => name);
  for (const name of wanted) {
    if (name === ALL_HOSTS || groups.includes(name) || names.includes(name)) continue;
    const nearest = nearestName(name, [...groups, ...names]);
    throw new WarroomError('usage', `there is neither a host nor a group ${JSON.stringify(name)} in the inventory`, {
      why: `groups: ${groups.join(', ') || 'none'}; hosts: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ' …' : ''}`,
      hint: nearest === undefined ? 'see them: claude-warroom inventory list' : `did you mean ${nearest}?`,
    });
  }
  const selected = inventory.hosts.filter(
    ({ name, groups: own }) =>
      wanted.includes(ALL_HOSTS) || wanted.includes(name) || own.some((group) => wanted.includes(group)),
  );
  if (selected.length === 0) {
    throw new WarroomError('usage', `no host is in ${wanted.join(', ')}`, {
      hint: 'add hosts to the group in the inventory',
    });
  }
  return selected;
}
