import type { CommandModule } from '../context.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin show-held 2026-11-20-1430-api-timeout-k7m2
  $ claude-warroom admin release 2026-11-20-1430-api-timeout-k7m2 --reason "nothing confidential in it"

The manifest of the result, the ledger and the audit log say who released it.`;

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
        action: 'release',
        id: requireId(id),
        done: 'released; it leaves with the next look',
      });
    });
  },
};
