import { openHost } from '../composition-targets.ts';
import { WarroomError, isWarroomError } from '../domain/errors.ts';
import { fanOut } from '../hosts/fan-out.ts';
import { lookAtHost } from '../hosts/look-at-host.ts';
import { compareHosts, type FleetComparison, type HostLook } from '../hosts/outliers.ts';
import { ALL_HOSTS, selectHosts } from '../hosts/select-hosts.ts';
import type { Inputs } from '../playbook/expand.ts';
import { createRedaction } from '../redaction/create-redaction.ts';
import type { Playbook } from '../schema/generated.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { openInventory, type InventoryFlags } from './inventory-file.ts';
import { renderComparison, renderComparisonRows } from './render/hosts.ts';

/** Flags of `playbook run` that make it look at many hosts. */
export interface HostsFlags extends InventoryFlags {
  /** Hosts or groups, separated by commas. */
  readonly hosts?: string;
  /** Every host of the inventory. */
  readonly all?: boolean;
  /** Shows every host, not only those that differ. */
  readonly each?: boolean;
}

/** Whether a command is about hosts of an inventory, and not about this machine. */
export function isAboutHosts({ hosts, all }: HostsFlags): boolean {
  return hosts !== undefined || all === true;
}

/** Runs a playbook on hosts of the inventory and shows those that differ from the others. */
export async function runOnHosts(
  context: CliContext,
  playbook: Playbook,
  { flags, resolveInputs }: { readonly flags: HostsFlags; readonly resolveInputs: () => Inputs },
): Promise<ExitCode> {
  const { io, clock, signal, random } = context;
  const { metadata, spec } = playbook;
  if (!spec.targets.includes('host')) {
    throw new WarroomError('usage', `playbook ${metadata.id} does not look at hosts`, {
      why: `it is made for ${spec.targets.join(' and ')}`,
      hint: 'see which are: claude-warroom playbook list',
    });
  }
  const inputs = resolveInputs();
  const inventory = await openInventory(context, flags);
  const hosts = selectHosts(inventory, flags.hosts?.split(',').map((name) => name.trim()) ?? [ALL_HOSTS]);
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
  const all = flags.each === true;
  if (context.flags.json) io.out(JSON.stringify(comparisonJson(comparison), undefined, 2));
  else {
    const lines = io.isTerminal
      ? renderComparison(comparison, { style: io.style, all })
      : renderComparisonRows(comparison, { all });
    for (const line of lines) io.out(line);
  }
  return comparison.hosts.some(({ kind }) => kind === 'unknown') ? EXIT.failed : EXIT.done;
}

function comparisonJson({ hosts, shared, known }: FleetComparison): unknown {
  return { hosts, shared: shared.map((entry) => ({ ...entry.finding, hosts: entry.hosts })), known };
}
