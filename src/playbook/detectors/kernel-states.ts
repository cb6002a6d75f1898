import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { rowsOf } from './rows.ts';

/** Something that the kernel says when it goes away, and again when it comes back. */
interface State {
  readonly lost: readonly RegExp[];
  readonly back: readonly RegExp[];
}

/** Wordings of Linux 4.18 to 6.x: drivers of network cards, the clients of NFS and of CIFS. */
const STATES: ReadonlyMap<string, State> = new Map([
  [
    'link',
    {
      lost: [
        /(?:^|[\s:])(?<name>[a-z][\w.-]*):? (?:NIC |Copper )?[Ll]ink (?:is )?[Dd]own/u,
        /(?<name>bond\d+): now running without any active interface/u,
      ],
      back: [
        /(?:^|[\s:])(?<name>[a-z][\w.-]*):? (?:NIC |Copper )?[Ll]ink (?:is |becomes )?(?:[Uu]p|ready)/u,
        /(?<name>bond\d+): (?:active interface up|\(slave [\w.-]+\): making interface [\w.-]+ the new active one)/u,
      ],
    },
  ],
  [
    'file-server',
    {
      lost: [
        /nfs: server (?<name>\S+) not responding/u,
        /CIFS: VFS: \\*(?<name>[\w.-]+) has not responded in \d+ seconds/u,
      ],
      back: [/nfs: server (?<name>\S+) OK/u, /CIFS: VFS: \\*(?<name>[\w.-]+) .*[Rr]econnected/u],
    },
  ],
]);

/** A link of these comes and goes with containers, virtual machines and tunnels. */
const VIRTUAL = /^(?:ata\d|veth|docker|br-|virbr|vnet|tap|tun|wg|cni|cali|flannel|lxc|podman|vlan|dummy)/u;

/**
 * What the kernel log says is gone and has not come back: the newest message for each name, if it is one of loss. `kind`
 * of the settings is `link` or `file-server`; the name is `name`. The order of the log does not matter.
 */
export function kernelStates(
  data: StepData,
  _other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const rows = rowsOf(data.root);
  const state = STATES.get(String(settings['kind']));
  if (rows === undefined || state === undefined) return undefined;
  const newest = new Map<string, { readonly row: Readonly<Record<string, string>>; readonly isLost: boolean }>();
  for (const row of rows) {
    const message = row['message'] ?? '';
    const lost = nameIn(message, state.lost);
    const name = lost ?? nameIn(message, state.back);
    if (name === undefined || VIRTUAL.test(name)) continue;
    const known = newest.get(name);
    // Both logs that are read may have several messages of one second: there, loss does not win.
    const isLater = known === undefined || momentOf(row) > momentOf(known.row);
    const isAtOnce = known !== undefined && momentOf(row) === momentOf(known.row);
    if (isLater || (isAtOnce && lost === undefined)) newest.set(name, { row, isLost: lost !== undefined });
  }
  return [...newest].flatMap(([name, { row, isLost }]) => (isLost ? [{ item: { ...row, name }, source: row }] : []));
}

function nameIn(message: string, patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const name = pattern.exec(message)?.groups?.['name'];
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Messages without a moment are older than all others. */
function momentOf(row: Readonly<Record<string, string>>): number {
  const moment = Date.parse((row['time'] ?? '').replace(',', '.'));
  return Number.isNaN(moment) ? 0 : moment;
}
