import { parseQuantity } from '../../playbook/detectors/quantity.ts';

/**
 * Whether a pod is larger than a quota alone, so that it will never run however long it waits. The API server says
 * `exceeded quota: NAME, requested: pods=1, used: pods=4, limited: pods=4` and names the resources that are short (fact of
 * its admission plug-in ResourceQuota). What cannot be read may be made room for.
 */
export function isBeyondQuota(message: string): boolean {
  const said = /\brequested: (?<requested>.+), used: .+, limited: (?<limited>.+)$/u.exec(message)?.groups;
  const limits = amountsIn(said?.['limited'] ?? '');
  return [...amountsIn(said?.['requested'] ?? '')].some(([resource, amount]) => {
    const limit = limits.get(resource);
    return limit !== undefined && amount > limit;
  });
}

function amountsIn(list: string): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  for (const entry of list.split(',')) {
    const at = entry.indexOf('=');
    const amount = at < 0 ? undefined : parseQuantity(entry.slice(at + 1).trim());
    if (amount !== undefined) amounts.set(entry.slice(0, at).trim(), amount);
  }
  return amounts;
}
