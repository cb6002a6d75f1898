import type { CommandModule } from '../context.ts';
import { SIGNING_KEY } from '../flag-values.ts';
import type { OrderFlags } from '../sessions/send-session.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom session stop @last --reason "found it"
  $ claude-warroom session stop 2026-11-20-1430-look-around-k7m2 --json

Its record, with the conversation, is published when it has ended.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'session id, its beginning, or @last')
      .option('--reason <text>', 'why; published')
      .option('--signing-key <file>', SIGNING_KEY)
      .addHelpText('after', EXAMPLES);
    action(async (id: string, flags: OrderFlags & { readonly reason?: string }) => {
      const { orderSession } = await import('../sessions/send-session.ts');
      const draft = (): { action: 'stop'; reason: string | undefined } => ({ action: 'stop', reason: flags.reason });
      return await orderSession(getContext(), id, { flags, draft });
    });
  },
};
