import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook show general             what it looks at, command by command
  $ claude-warroom playbook show general --json | jq '.spec.steps[].argv'`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'playbook or strategy')
      .option('--dir <folder>', 'playbooks of the site, besides the built-in ones')
      .addHelpText('after', EXAMPLES);
    action(async (id: string, flags: { readonly dir?: string }) => {
      const { showPlaybook } = await import('../playbook/show-playbooks.ts');
      return await showPlaybook(getContext(), id, flags);
    });
  },
};
