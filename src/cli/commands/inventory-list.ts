import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { InventoryFlags } from '../inventory-file.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom inventory list
  $ claude-warroom inventory list web --inventory /etc/claude-warroom/inventory.yaml
  $ claude-warroom inventory list --json | jq -r '.hosts[].name'

On a pipe each line has, separated by tabs: name, how it is reached, mode, groups, databases.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[name...]', 'hosts or groups; all when absent')
      .option('-i, --inventory <file>', 'inventory; WARROOM_INVENTORY or inventory.yaml when absent')
      .addHelpText('after', EXAMPLES);
    action(async (names: readonly string[], flags: InventoryFlags) => await list(getContext(), names, flags));
  },
};

async function list(context: CliContext, names: readonly string[], flags: InventoryFlags): Promise<ExitCode> {
  const { openInventory } = await import('../inventory-file.ts');
  const { ALL_HOSTS, selectHosts } = await import('../../hosts/select-hosts.ts');
  const { reachText } = await import('../render/hosts.ts');
  const { renderTable, renderTsv } = await import('../render/table.ts');
  const { io } = context;
  const inventory = await openInventory(context, flags);
  const hosts = selectHosts(inventory, names.length === 0 ? [ALL_HOSTS] : names);
  if (context.flags.json) {
    const rows = hosts.map(({ reach, ...entry }) => ({
      ...entry,
      reach: reachText(reach),
      mode: reach.kind === 'ssh' ? reach.ssh.mode : 'exec',
    }));
    io.out(JSON.stringify({ hosts: rows, groups: inventory.groups }, undefined, 2));
    return EXIT.done;
  }
  const rows = hosts.map(({ name, reach, groups, databases }) => [
    name,
    reachText(reach),
    reach.kind === 'ssh' ? reach.ssh.mode : '-',
    groups.join(',') || '-',
    databases.map(({ kind }) => kind).join(',') || '-',
  ]);
  const header = ['HOST', 'REACHED', 'MODE', 'GROUPS', 'DATABASES'];
  const lines = io.isTerminal ? renderTable([header, ...rows], io.width) : rows.map(renderTsv);
  for (const line of lines) io.out(line);
  return EXIT.done;
}
