import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom session list
  $ claude-warroom session list --json | jq -r '.sessions[] | select(.phase == "running") | .id'

On a pipe each line has, separated by tabs: id, phase, cluster, requester, expiresAt, purpose.
Phases: pending, starting, running, ended, refused, unanswered (no processor answered within an hour).
The signature of each record is checked; stderr says what does not hold, and so does "verification" with --json.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.addHelpText('after', EXAMPLES);
    action(async () => {
      const { showSessions } = await import('../sessions/show-sessions.ts');
      return await showSessions(getContext());
    });
  },
};
