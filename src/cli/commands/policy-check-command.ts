import type { CliContext, CommandModule } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { collect } from '../flag-values.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom policy check-command 'kubectl get pods -A | grep -v Running'
  $ claude-warroom policy check-command --tool kubectl --tool read 'journalctl -n 50'
  $ pbpaste | claude-warroom policy check-command --json -

Says what an agent may run, exactly as a processor decides it: for each command the words that would run, or the word
that is in the way, why, and what to do instead. One denied command denies the whole text. Runs nothing, needs no network.
Exit code 0 when it may run, 4 when it may not, 2 for wrong usage.`;

export interface CheckCommandFlags {
  readonly tool?: readonly string[];
  readonly evidenceDir: string;
}

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<command>', 'shell text in quotes; - reads standard input')
      .option('--tool <family>', 'only what a request with this tool allows; may be repeated', collect)
      .option('--evidence-dir <path>', 'absolute path of the folder that text commands may read', '/evidence')
      .addHelpText('after', EXAMPLES);
    action(async (text: string, flags: CheckCommandFlags) => await checkCommand(getContext(), text, flags));
  },
};

async function checkCommand(context: CliContext, text: string, flags: CheckCommandFlags): Promise<ExitCode> {
  const { explainCommandText } = await import('../explain-command-text.ts');
  return await explainCommandText(context, text, flags);
}
