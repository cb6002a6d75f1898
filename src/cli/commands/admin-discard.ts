import { heldOrder } from '../held-order.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin discard 2026-11-20-1430-api-timeout-k7m2 --reason "it names a customer"

The requester reads that the result is withheld and why; the result itself stays in the folder kept/<id> of stateDir.`;

export const command = heldOrder({
  action: 'discard',
  done: 'withheld; its requester is told with the next look',
  examples: EXAMPLES,
});
