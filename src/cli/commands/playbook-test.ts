import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook test site/tests --dir site
  $ claude-warroom playbook test queue.test.yaml --dir .
  $ claude-warroom playbook test site/tests --dir site --json | jq '.cases[] | select(.passed | not)'

Evaluates playbooks against recorded outputs; docs/playbooks.md describes the files, playbook run --save records one.
On a pipe each line has, separated by tabs: pass or fail, playbook, case, ms, file, what is not as expected.
Exit code 0 when every case passes, 1 when one does not.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<path...>', 'test files, or folders that hold *.test.yaml')
      .option('--dir <folder>', 'playbooks of the site, besides the built-in ones')
      .addHelpText('after', EXAMPLES);
    action(async (paths: readonly string[], flags: { readonly dir?: string }) => {
      const { testPlaybooks } = await import('../playbook/test-playbooks.ts');
      return await testPlaybooks(getContext(), paths, flags);
    });
  },
};
