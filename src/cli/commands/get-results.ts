import { Option } from 'commander';
import type { CliContext, CommandModule } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { addFailOn } from '../fail-on.ts';
import { duration, REQUIRE_VERIFIED } from '../flag-values.ts';
import type { ResultFlags } from '../show-results.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom get-results                       your newest report
  $ claude-warroom get-results @last --evidence E007 the output that a claim rests on
  $ claude-warroom get-results @last --format json | jq -r .bottomLine
  $ claude-warroom get-results @last --wait 15m --fail-on degraded
  $ claude-warroom get-results @last --output ./incident
  $ claude-warroom get-results @last --cluster prod-1 one of several clusters; without it what they say together
  $ claude-warroom get-results @last --for-agent     for an assistant that works for you

Exit code 0 for a report, 1 when the request failed, 4 when it was rejected or is not verified, 8 when it is not done yet.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[id]', 'request id, its beginning, or @last', '@last')
      .addOption(
        new Option('--format <format>', 'how to print it (terminal)').choices(['terminal', 'markdown', 'json', 'yaml']),
      )
      .option('--output <dir>', 'write all files of the result into a folder')
      .option('--cluster <name>', 'only the part of this cluster, when several were asked')
      .option('--evidence <id>', 'print one piece of evidence, for example E007')
      .option('--wait [time]', 'wait until it has ended, for example 15m', duration)
      .option('--require-verified', REQUIRE_VERIFIED)
      .option('--for-agent', 'print it as untrusted data for an AI assistant')
      .option('--no-pager', 'do not start a pager');
    addFailOn(command).addHelpText('after', EXAMPLES);
    action(async (id: string, flags: ResultFlags) => await getResults(getContext(), id, flags));
  },
};

async function getResults(context: CliContext, selector: string, flags: ResultFlags): Promise<ExitCode> {
  const { showResults } = await import('../show-results.ts');
  return await showResults(context, selector, flags);
}
