import type { CommandModule } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { duration } from '../flag-values.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom session hold --state /session/claude --expires /etc/session/expires --idle 30m

The main program in the pod of a session; it is of no use elsewhere. It sets claude up so that it begins with its prompt in this
folder and asks before it runs anything. It prints the conversation in short lines of JSON, and ends with exit code 0 when the
time in the file is over, when the conversation has not changed for the idle time, or at SIGTERM.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .requiredOption('--state <folder>', 'configuration folder of claude, with its conversations')
      .requiredOption('--expires <file>', 'file with the time at which it ends')
      .requiredOption('--idle <time>', 'end when nothing has been said for this long', duration)
      .addHelpText('after', EXAMPLES);
    action(async (flags: { readonly state: string; readonly expires: string; readonly idle: number }) => {
      const [{ holdSession }, { prepareClaude }] = await Promise.all([
        import('../../session/hold-session.ts'),
        import('../../session/prepare-claude.ts'),
      ]);
      const { io, clock, signal, cwd } = getContext();
      await prepareClaude(flags.state, cwd);
      const print = (line: string): void => {
        io.out(line);
      };
      await holdSession({
        stateDir: flags.state,
        expiresFile: flags.expires,
        idleMs: flags.idle,
        clock,
        signal,
        print,
      });
      return EXIT.done;
    });
  },
};
