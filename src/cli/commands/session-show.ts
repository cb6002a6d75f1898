import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom session show @last
  $ claude-warroom session show 2026-11-20-1430-look-around-k7m2 --require-verified > record.md

Prints the record of a session that is over, as markdown, and says on stderr whether its processor signed it and nobody
changed it since. Exit code 8 while the session is not over, 4 with --require-verified when its signature does not hold.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'session id, its beginning, or @last')
      .option('--require-verified', 'show nothing whose signature does not hold')
      .addHelpText('after', EXAMPLES);
    action(async (id: string, flags: { readonly requireVerified?: boolean }) => {
      const { showSession } = await import('../sessions/show-sessions.ts');
      return await showSession(getContext(), id, flags);
    });
  },
};
