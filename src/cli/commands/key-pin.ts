import { Option } from 'commander';
import type { CommandModule } from '../context.ts';
import type { PinFlags } from '../keys/pin.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom key pin --cluster production-hub --fingerprint SHA256:27HHGdkO5qDbqEOVw5fbwzMwUU1slRqTAwPKDik+UlE
  $ claude-warroom key pin --bundle processor-keys          the keys of all processors, from an administrator

Results of a cluster are VERIFIED with the keys that are pinned for it. What was pinned for it before is forgotten.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--cluster <name>', 'cluster whose key it is')
      .option('--fingerprint <text>', 'fingerprint that its administrator told you')
      .addOption(
        new Option('--bundle <file>', 'file with the keys of all processors').conflicts(['cluster', 'fingerprint']),
      )
      .addHelpText('after', EXAMPLES);
    action(async (flags: PinFlags) => {
      const { pin } = await import('../keys/pin.ts');
      return await pin(getContext(), flags);
    });
  },
};
