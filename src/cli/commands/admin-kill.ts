import type { CommandModule } from '../context.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin kill 2026-11-20-1430-api-timeout-k7m2 --reason "it loads the API server"
  $ claude-warroom admin kill --all --reason "maintenance"

The request ends as cancelled, with your name and reason. What was collected stays in partial/<id> of stateDir.`;

interface Flags {
  readonly reason: string;
  readonly all?: boolean;
  readonly c?: string;
}

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[id]', 'id of the request')
      .requiredOption('--reason <text>', 'why; its requester reads it')
      .option('--all', 'everything that runs here')
      .option('-c <file>', PROCESSOR_FILE)
      .addHelpText('after', EXAMPLES);
    action(async (id: string | undefined, flags: Flags) => {
      const { giveOrder, requireIdOrAll } = await import('../give-order.ts');
      const { reason, c } = flags;
      const wanted = requireIdOrAll(id, flags.all === true);
      const order = { reason, action: 'kill', id: wanted, done: 'stopped', ...(c === undefined ? {} : { c }) } as const;
      return await giveOrder(getContext(), order);
    });
  },
};
