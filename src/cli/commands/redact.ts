import type { CommandModule } from '../context.ts';
import { collect } from '../flag-values.ts';
import type { RedactFlags } from '../redact-file.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom redact pod.log | less
  $ kubectl describe pod web-0 | claude-warroom redact - > safe.txt
  $ claude-warroom redact -c processor.yaml --json dump.txt | jq .byRule
  $ claude-warroom redact --known-value-env DB_PASSWORD pod.log

Prints the text without its secrets on stdout, and what was removed, by rule, on stderr. It reduces what leaves,
but a secret of an unknown form may stay: read the result before you pass it on.
Exit code 0, also when nothing was found; 2 for a file that is no text or too large; 1 when it could not be searched.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<file>', 'text file; - reads standard input')
      .option('-c <file>', 'configuration of a processor: its known values and its obfuscation')
      .option('--known-value-env <name>', 'environment variable with a secret value; can be repeated', collect)
      .addHelpText('after', EXAMPLES);
    action(async (file: string, flags: RedactFlags) => {
      const { redactFile } = await import('../redact-file.ts');
      return await redactFile(file, flags, getContext());
    });
  },
};
