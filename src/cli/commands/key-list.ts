import type { CommandModule } from '../context.ts';
import type { ListKeyFlags } from '../keys/list.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom key list                       the key you sign with, and keys of processors that you believe
  $ claude-warroom key list -c processor.yaml     in the zone: who may sign what, and who asks to
  $ claude-warroom key list --json | jq -r '.keys[] | select(.state=="asks") | .key'`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('-c <file>', 'configuration of a processor: list the keys of people there')
      .addHelpText('after', EXAMPLES);
    action(async (flags: ListKeyFlags) => {
      const { listKeys } = await import('../keys/list.ts');
      return await listKeys(getContext(), flags);
    });
  },
};
