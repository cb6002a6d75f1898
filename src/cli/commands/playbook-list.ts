import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook list
  $ claude-warroom playbook list --dir /etc/claude-warroom/playbooks
  $ claude-warroom playbook list --json | jq -r '.playbooks[].id'

On a pipe each line has, separated by tabs: id, targets, steps, rules, seconds, origin, title.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.option('--dir <folder>', 'playbooks of the site, besides the built-in ones').addHelpText('after', EXAMPLES);
    action(async (flags: { readonly dir?: string }) => {
      const { listPlaybooks } = await import('../playbook/show-playbooks.ts');
      return await listPlaybooks(getContext(), flags);
    });
  },
};
