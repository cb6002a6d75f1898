import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom session connect @last
  $ claude-warroom session connect @last --json | jq -r .command

Run the line that it prints on the secure workstation: that machine reaches the cluster, this one does not.
Exit code 8 while the session does not run yet, 1 when it is over.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.argument('<id>', 'session id, its beginning, or @last').addHelpText('after', EXAMPLES);
    action(async (id: string) => {
      const { connectSession } = await import('../sessions/show-sessions.ts');
      return await connectSession(getContext(), id);
    });
  },
};
