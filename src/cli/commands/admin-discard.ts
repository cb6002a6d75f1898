import type { CommandModule } from '../context.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin discard 2026-11-20-1430-api-timeout-k7m2 --reason "it names a customer"

The requester reads that the result is withheld and why; the result itself stays in the folder kept/<id> of stateDir.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'id of the request')
      .requiredOption('--reason <text>', 'why; it is recorded with your name')
      .option('-c <file>', PROCESSOR_FILE)
      .addHelpText('after', EXAMPLES);
    action(async (id: string, flags: { reason: string; c?: string }) => {
      const { giveOrder, requireId } = await import('../give-order.ts');
      return await giveOrder(getContext(), {
        ...flags,
        action: 'discard',
        id: requireId(id),
        done: 'withheld; its requester is told with the next look',
      });
    });
  },
};
