import type { CommandModule } from '../context.ts';
import type { ServiceFlags } from '../install/local-service.ts';

const EXAMPLES = `
Examples:
  $ sudo claude-warroom up        the unit that  install systemd  made
  $ claude-warroom up             the compose.yaml of this folder that  install compose  printed

Starts the processor of this machine, and lets it start with the machine. Whether it works:  claude-warroom status --local`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.option('-f <file>', 'a compose file, even where a unit is installed').addHelpText('after', EXAMPLES);
    action(async (flags: ServiceFlags) => {
      const { startService } = await import('../install/local-service.ts');
      return await startService(getContext(), flags);
    });
  },
};
