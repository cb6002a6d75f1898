import type { CommandModule } from '../context.ts';
import type { ServiceFlags } from '../install/local-service.ts';

const EXAMPLES = `
Examples:
  $ sudo claude-warroom down      the unit that  install systemd  made
  $ claude-warroom down           the compose.yaml of this folder

Stops the processor of this machine and keeps it stopped. What runs has almost five minutes; the rest is handed back.
The ledger is kept, so nothing runs twice when it comes up again. To only hold it:  claude-warroom pause --zone`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.option('-f <file>', 'a compose file, even where a unit is installed').addHelpText('after', EXAMPLES);
    action(async (flags: ServiceFlags) => {
      const { stopService } = await import('../install/local-service.ts');
      return await stopService(getContext(), flags);
    });
  },
};
