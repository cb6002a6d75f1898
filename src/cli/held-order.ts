import type { CommandModule } from './context.ts';
import type { Order } from '../zone/orders.ts';
import { PROCESSOR_FILE } from './zone.ts';

/** A command by which the administrator decides about one held result. */
export function heldOrder({
  action,
  done,
  examples,
}: {
  readonly action: Exclude<Order['action'], 'kill'>;
  /** What has happened then, for people. */
  readonly done: string;
  readonly examples: string;
}): CommandModule {
  return {
    define: (command, getContext, register) => {
      command
        .argument('<id>', 'id of the request')
        .requiredOption('--reason <text>', 'why; it is recorded with your name')
        .option('-c <file>', PROCESSOR_FILE)
        .addHelpText('after', examples);
      register(async (id: string, flags: { reason: string; c?: string }) => {
        const { giveOrder, requireId } = await import('./give-order.ts');
        return await giveOrder(getContext(), { ...flags, action, id: requireId(id), done });
      });
    },
  };
}
