import type { CommandModule } from '../context.ts';
import type { InventoryFlags } from '../inventory-file.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom inventory check
  $ claude-warroom inventory check web db-1 --inventory /etc/claude-warroom/inventory.yaml
  $ claude-warroom inventory check --json | jq -r '.hosts[] | select(.identity == null) | .host'

Tries login, host key, timeout, sudo -n and the tools that playbooks call; changes nothing on the host.
Exit code 0 when every host can be asked, 1 when one cannot.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[name...]', 'hosts or groups; all when absent')
      .option('-i, --inventory <file>', 'inventory; WARROOM_INVENTORY or inventory.yaml when absent')
      .addHelpText('after', EXAMPLES);
    action(async (names: readonly string[], flags: InventoryFlags) => {
      const { checkInventoryHosts } = await import('../check-inventory-hosts.ts');
      return await checkInventoryHosts(getContext(), names, flags);
    });
  },
};
