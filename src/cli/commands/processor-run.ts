import { Option } from 'commander';
import type { CommandModule } from '../context.ts';
import { commitId } from '../flag-values.ts';
import type { ProcessorFlags } from '../run-processor.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom processor run -c /etc/claude-warroom/processor.yaml
  $ claude-warroom processor run --once        answer what is pending, then end
  $ claude-warroom processor run --log json | jq -r 'select(.event=="published") | .id'

--once ends when everything that was pending at its first look is answered or refused: exit code 0. Whatever is not, because
of a pause, another processor's claim, a held result, an earlier cluster or a signal, is named on stderr: exit code 8.

Without -c it reads --config, WARROOM_CONFIG or processor.yaml in this folder. Log lines go to stdout.
The first Ctrl-C or SIGTERM takes nothing new and finishes what runs; the second hands it back at once.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    const log = new Option('--log <format>', 'form of the log lines; text on a terminal').choices(['json', 'text']);
    command
      .option('-c <file>', 'configuration of the processor')
      .option('--once', 'end when everything that was pending has ended')
      .option('--accept-tip <commit>', 'accept a branch whose history was rewritten, at this commit', commitId)
      .addOption(log)
      .addHelpText('after', EXAMPLES);
    action(async (flags: ProcessorFlags) => {
      const { runProcessorCommand } = await import('../run-processor.ts');
      return await runProcessorCommand(getContext(), flags);
    });
  },
};
