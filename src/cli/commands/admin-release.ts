import { heldOrder } from '../held-order.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin show-held 2026-11-20-1430-api-timeout-k7m2
  $ claude-warroom admin release 2026-11-20-1430-api-timeout-k7m2 --reason "nothing confidential in it"

The manifest of the result, the ledger and the audit log say who released it.`;

export const command = heldOrder({
  action: 'release',
  done: 'released; it leaves with the next look',
  examples: EXAMPLES,
});
