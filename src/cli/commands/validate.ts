import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom validate request.yaml
  $ claude-warroom validate requests/2026/11/20/*.yaml clusters/*.yaml
  $ claude-warroom validate --json request.yaml | jq -r '.files[] | select(.valid | not) | .file'

Problems are printed as file:line:column: what, why, what to do; up to 20 per file.
Exit code 0 when every file is valid, 2 when one is not.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.argument('<file...>', 'files to check; - reads standard input').addHelpText('after', EXAMPLES);
    action(async (files: readonly string[]) => await validateFiles(files, getContext()));
  },
};

async function validateFiles(files: readonly string[], context: CliContext): Promise<ExitCode> {
  const { checkFile } = await import('../check-file.ts');
  const checked = [];
  for (const file of files) checked.push(await checkFile(file, context));
  const { io, flags } = context;
  if (flags.json) {
    const rows = checked.map(({ file, kind, problems, more, notes }) => {
      return { file, valid: problems.length === 0, kind, problems, more, notes };
    });
    io.out(JSON.stringify({ files: rows }, null, 2));
  } else {
    for (const { file, kind, lines, more, notes } of checked) {
      for (const line of lines) io.out(line);
      if (more > 0) io.out(`${file}: ${more} more problem${more === 1 ? '' : 's'}`);
      if (lines.length === 0) io.err(`${io.errorStyle.good('✔')} ${file}: valid ${kind ?? 'document'}`);
      for (const note of notes) io.err(`${file}: ${note}`);
    }
  }
  return checked.every(({ problems }) => problems.length === 0) ? EXIT.done : EXIT.usage;
}
