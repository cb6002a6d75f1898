import type { CommandModule } from '../context.ts';
import type { DiscoverFlags } from '../discover-host.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom inventory discover --local
  $ claude-warroom inventory discover web-1 --inventory inventory.yaml
  $ claude-warroom inventory discover --local --output inventory.yaml

Prints an inventory with one host as a proposal: units, compose projects and listening ports as comments, databases as
fields. Nothing is written without --output, and a file that is there is never overwritten.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[host]', 'host of the inventory')
      .option('--local', 'look at this machine')
      .option('-i, --inventory <file>', 'inventory; WARROOM_INVENTORY or inventory.yaml when absent')
      .option('--output <file>', 'write the proposal to a new file')
      .addHelpText('after', EXAMPLES);
    action(async (host: string | undefined, flags: DiscoverFlags) => {
      const { discoverHostCommand } = await import('../discover-host.ts');
      return await discoverHostCommand(getContext(), host, flags);
    });
  },
};
