import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook lint site/queue.yaml
  $ claude-warroom playbook lint site/*.yaml --tests site/tests

Problems are printed as file:line:column: what, why, what to do. Warnings are about steps that no rule looks at, rules
that can never fire, and rules without a case where they fire, do not fire and are unknown.
Exit code 0 when every file is valid, 2 when one is not.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<file...>', 'playbooks to check; - reads standard input')
      .option('--dir <folder>', 'playbooks of the site that they include or point to')
      .option('--tests <folder>', 'where their tests are (the folder of the file)')
      .option('--no-tests', 'do not look for tests')
      .addHelpText('after', EXAMPLES);
    action(async (files: readonly string[], flags: { readonly dir?: string; readonly tests?: string | boolean }) => {
      const { lintFiles } = await import('../playbook/lint-files.ts');
      const { dir, tests } = flags;
      return await lintFiles(getContext(), files, {
        ...(dir === undefined ? {} : { dir }),
        ...(tests === undefined || tests === true ? {} : { tests }),
      });
    });
  },
};
