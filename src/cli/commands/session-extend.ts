import type { CommandModule } from '../context.ts';
import { duration, SIGNING_KEY } from '../flag-values.ts';
import type { OrderFlags } from '../sessions/send-session.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom session extend @last --by 1h
  $ claude-warroom session extend 2026-11-20-1430-look-around-k7m2 --by 30m --json

Only the person whose session it is may extend it, and the policy limits how long it may last. session list --json  says what came of it.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'session id, its beginning, or @last')
      .requiredOption('--by <time>', 'how much longer, such as 1h', duration)
      .option('--signing-key <file>', SIGNING_KEY)
      .addHelpText('after', EXAMPLES);
    action(async (id: string, flags: OrderFlags & { readonly by: number }) => {
      const { extendSession } = await import('../sessions/send-session.ts');
      return await extendSession(getContext(), id, flags);
    });
  },
};
