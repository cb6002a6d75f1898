import type { CommandModule } from '../context.ts';
import type { DiffFlags } from '../policy/diff-policy.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom policy diff new-policy.yaml -c /etc/claude-warroom/processor.yaml
  $ claude-warroom policy diff new-policy.yaml --old policy.yaml     only what the files say
  $ claude-warroom policy diff --json new-policy.yaml | jq '.requests.changed'

Run it in the zone: the requests of the last month come from the ledger of the processor, each tried at its own time
against both policies. Limits are compared, not tried. Exit code 0, with and without differences.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<new>', 'new policy')
      .option('--old <policy>', 'policy to compare with; that of the processor when absent')
      .option('-c <file>', 'configuration of a processor, whose requests are tried')
      .addHelpText('after', EXAMPLES);
    action(async (file: string, flags: DiffFlags) => {
      const { diffPolicy } = await import('../policy/diff-policy.ts');
      return await diffPolicy(getContext(), file, flags);
    });
  },
};
