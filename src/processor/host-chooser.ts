import type { HostInventory, InventoryEntry } from '../domain/inventory-host.ts';
import { nearestName } from '../lib/nearest-name.ts';
import { cleanLine, shortened } from '../report/untrusted.ts';
import type { PresenceGroup } from '../schema/generated.ts';
import type { Target } from '../target/port.ts';

export type HostChoice =
  | { readonly kind: 'chosen'; readonly host: InventoryEntry }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** Finds the host that a request is about. The request gives a name; address, user and key come from the inventory. */
export interface HostChooser {
  /** From the affected resources of a request: the one written `host/NAME`; the only host when none is named. */
  choose(resources: readonly string[]): HostChoice;
  /** Groups that a request can name. */
  groups(): PresenceGroup[];
  /** The caller closes it. */
  open(host: InventoryEntry): Promise<Target>;
}

export function createHostChooser(
  inventory: HostInventory,
  openHost: (reach: InventoryEntry['reach']) => Promise<Target>,
): HostChooser {
  const names = inventory.hosts.map(({ name }) => name);

  return {
    choose(resources) {
      const wanted = [...new Set(resources.flatMap((resource) => /^host\/(.+)$/u.exec(resource)?.[1] ?? []))];
      const [name, ...more] = wanted.length === 0 && names.length === 1 ? names : wanted;
      if (name === undefined || more.length > 0) {
        return {
          kind: 'refused',
          message: name === undefined ? 'the request names no host' : `the request names ${wanted.length} hosts`,
          hint: `name exactly one: --resource host/NAME, of ${names.join(', ')}`.slice(0, 1000),
        };
      }
      const host = inventory.hosts.find((entry) => entry.name === name);
      if (host !== undefined) return { kind: 'chosen', host };
      const nearest = nearestName(name, names);
      return {
        kind: 'refused',
        message: `there is no host ${JSON.stringify(name)} in the inventory of this processor`.slice(0, 1000),
        hint: nearest === undefined ? `hosts are ${names.join(', ')}`.slice(0, 1000) : `did you mean host/${nearest}?`,
      };
    },
    groups: () =>
      Object.entries(inventory.groups).map(([name, text]) => {
        const description = text.trim() === '' ? {} : { description: shortened(cleanLine(text), 200) };
        return { name, ...description, hosts: inventory.hosts.filter(({ groups }) => groups.includes(name)).length };
      }),
    open: async ({ reach }) => await openHost(reach),
  };
}
