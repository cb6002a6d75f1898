import { openHost } from '../composition-targets.ts';
import { compareHosts, type FleetComparison, type HostLook } from '../hosts/outliers.ts';
import { fanOut } from '../hosts/fan-out.ts';
import { lookAtHost } from '../hosts/look-at-host.ts';
import { selectHosts } from '../hosts/select-hosts.ts';
import { isWarroomError } from '../domain/errors.ts';
import type { Inputs } from '../playbook/expand.ts';
import { createRedaction } from '../redaction/create-redaction.ts';
import type { Playbook } from '../schema/generated.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { openInventory, type InventoryFlags } from './inventory-file.ts';
import { renderComparison } from './render/hosts.ts';

/** Flags of `playbook run` that make it look at many hosts. */
export interface HostsFlags extends InventoryFlags {
  /** Hosts or groups, separated by commas. */
  readonly hosts: string;
  /** Shows every host, not only those that differ. */
  readonly all?: boolean;
}

/** Runs a playbook on hosts of the inventory and shows those that differ from the others. */
export async function runOnHosts(
  context: CliContext,
  playbook: Playbook,
  { flags, inputs }: { readonly flags: HostsFlags; readonly inputs: Inputs },
): Promise<ExitCode> {
  const { io, clock, signal, random } = context;
  const inventory = await openInventory(context, flags);
  const hosts = selectHosts(
    inventory,
    flags.hosts.split(',').map((name) => name.trim()),
  );
  const looks = await fanOut(hosts, inventory.concurrency, async (entry): Promise<HostLook> => {
    const target = await openHost(entry.reach);
    try {
      const redaction = createRedaction({ knownValues: [], key: random(32) });
      return await lookAtHost({ host: entry.name, target, playbook, inputs, redaction, clock, signal });
    } catch (error) {
      // One host must not hide what the others say.
      if (isWarroomError(error)) return { kind: 'unknown', host: entry.name, why: error.message };
      throw error;
    } finally {
      await target.close();
    }
  });
  signal.throwIfAborted();
  const comparison = compareHosts(looks);
  if (context.flags.json) io.out(JSON.stringify(comparisonJson(comparison), undefined, 2));
  else for (const line of renderComparison(comparison, { style: io.style, all: flags.all === true })) io.out(line);
  return comparison.hosts.some(({ kind }) => kind === 'unknown') ? EXIT.failed : EXIT.done;
}

function comparisonJson({ hosts, shared, known }: FleetComparison): unknown {
  return { hosts, shared: shared.map((entry) => ({ ...entry.finding, hosts: entry.hosts })), known };
}
