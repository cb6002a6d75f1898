import type { HostInventory, InventoryEntry } from '../domain/inventory-host.ts';
import { ALL_HOSTS } from '../hosts/select-hosts.ts';
import { nearestName } from '../lib/nearest-name.ts';
import { cleanLine, shortened } from '../report/untrusted.ts';
import type { PresenceGroup } from '../schema/generated.ts';
import type { Target } from '../target/port.ts';

export type HostChoice =
  | { readonly kind: 'chosen'; readonly host: InventoryEntry }
  /** `name` is the group, or how many hosts there are. */
  | { readonly kind: 'several'; readonly name: string; readonly hosts: readonly InventoryEntry[] }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/** Finds the hosts that a request is about. The request gives names; address, user and key come from the inventory. */
export interface HostChooser {
  /**
   * From the affected resources of a request: those written `host/NAME` and `group/NAME`, where `group/all` is every
   * host; the only host when none is named.
   */
  choose(resources: readonly string[]): HostChoice;
  /** Hosts that are asked at the same time. */
  readonly concurrency: number;
  /** Groups that a request can name. */
  groups(): PresenceGroup[];
  /** The caller closes it. */
  open(host: InventoryEntry): Promise<Target>;
}

/** A report holds two thousand pieces of evidence, and a playbook has up to forty steps. */
const MAX_HOSTS = 50;

export function createHostChooser(
  inventory: HostInventory,
  openHost: (reach: InventoryEntry['reach']) => Promise<Target>,
): HostChooser {
  const names = inventory.hosts.map(({ name }) => name);
  const groupNames = Object.keys(inventory.groups);
  const known = [...names.map((name) => `host/${name}`), ...groupNames.map((name) => `group/${name}`)];

  function isMeant({ name, groups }: InventoryEntry, wanted: string): boolean {
    if (wanted === `host/${name}` || wanted === `group/${ALL_HOSTS}`) return true;
    return groups.some((group) => wanted === `group/${group}`);
  }

  return {
    concurrency: inventory.concurrency,
    choose(resources) {
      const wanted = [...new Set(resources.filter((resource) => /^(?:host|group)\/./u.test(resource)))];
      const [only, second] = inventory.hosts;
      if (wanted.length === 0 && only !== undefined && second === undefined) return { kind: 'chosen', host: only };
      if (wanted.length === 0) {
        return {
          kind: 'refused',
          message: 'the request names no host',
          hint: `name hosts or a group: --resource host/NAME, of ${known.join(', ')}`.slice(0, 1000),
        };
      }
      const stranger = wanted.find((each) => each !== `group/${ALL_HOSTS}` && !known.includes(each));
      if (stranger !== undefined) return refuseStranger(stranger, known);
      const hosts = inventory.hosts.filter((host) => wanted.some((each) => isMeant(host, each)));
      const [host] = hosts;
      if (host === undefined) {
        return {
          kind: 'refused',
          message: `no host is in ${wanted.join(' and ')}`.slice(0, 1000),
          hint: 'add hosts to the group in the inventory of the processor',
        };
      }
      if (hosts.length > MAX_HOSTS) {
        return {
          kind: 'refused',
          message: `the request is about ${hosts.length} hosts, and a report has room for ${MAX_HOSTS}`,
          hint: 'name a smaller group, or several requests',
        };
      }
      const isGroup = wanted.some((each) => each.startsWith('group/'));
      if (hosts.length === 1 && !isGroup) return { kind: 'chosen', host };
      return { kind: 'several', name: wanted.length === 1 ? (wanted[0] ?? '') : `${hosts.length} hosts`, hosts };
    },
    groups: () =>
      Object.entries(inventory.groups).map(([name, text]) => {
        const description = text.trim() === '' ? {} : { description: shortened(cleanLine(text), 200) };
        return { name, ...description, hosts: inventory.hosts.filter(({ groups }) => groups.includes(name)).length };
      }),
    open: async ({ reach }) => await openHost(reach),
  };
}

function refuseStranger(wanted: string, known: readonly string[]): HostChoice {
  const [kind = '', name = ''] = /^(host|group)\/(.+)$/u.exec(wanted)?.slice(1) ?? [];
  const swapped = `${kind === 'host' ? 'group' : 'host'}/${name}`;
  const alike = known.filter((each) => each.startsWith(`${kind}/`)).map((each) => each.slice(kind.length + 1));
  const found = nearestName(name, alike);
  const nearest = known.includes(swapped) ? swapped : found === undefined ? undefined : `${kind}/${found}`;
  return {
    kind: 'refused',
    message: `there is no ${kind} ${JSON.stringify(name)} in the inventory of this processor`.slice(0, 1000),
    hint: nearest === undefined ? `there are ${known.join(', ')}`.slice(0, 1000) : `did you mean ${nearest}?`,
  };
}
