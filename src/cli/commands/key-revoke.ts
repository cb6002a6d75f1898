import type { CommandModule } from '../context.ts';
import type { RevokeFlags } from '../keys/revoke.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom key revoke SHA256:27HHGdkO5qDbqEOVw5fbwzMwUU1slRqTAwPKDik+UlE -c processor.yaml --reason "lost laptop"
  $ claude-warroom key revoke alice@example.com -c processor.yaml --reason "left the team" --yes

It takes effect without a restart, also for requests that have not begun. What has ended keeps its verdict.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<key>', 'fingerprint, or a person for all of their keys')
      .option('-c <file>', PROCESSOR_FILE)
      .requiredOption('--reason <text>', 'why, for those who read the list later')
      .option('--yes', 'ask nothing')
      .option('--dry-run', 'show what would be done')
      .addHelpText('after', EXAMPLES);
    action(async (key: string, flags: RevokeFlags) => {
      const { revoke } = await import('../keys/revoke.ts');
      return await revoke(getContext(), key, flags);
    });
  },
};
