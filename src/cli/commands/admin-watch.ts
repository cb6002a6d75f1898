import type { CommandModule } from '../context.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin watch -c /etc/claude-warroom/processor.yaml
  $ claude-warroom admin watch --once --json | jq -r '.rows[].id'

Run it where the processor runs: on the same machine, in the same container, as the same user or root. Nothing of it
goes over the network. Keys: a number chooses an investigation, k stops it, K stops all, q leaves.
Exit code 1 with --once when no processor runs here.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--once', 'print once and end; also when the output is no terminal')
      .option('-c <file>', PROCESSOR_FILE)
      .addHelpText('after', EXAMPLES);
    action(async (flags: { once?: boolean; c?: string }) => {
      const { watchZone } = await import('../watch-zone.ts');
      return await watchZone(getContext(), flags);
    });
  },
};
