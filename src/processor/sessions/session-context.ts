import type { ProcessorContext } from '../context.ts';

/** What of a running processor sessions need. */
export type SessionContext = Pick<
  ProcessorContext,
  | 'settings'
  | 'warRoom'
  | 'ledger'
  | 'verifier'
  | 'policy'
  | 'clock'
  | 'emit'
  | 'createRedaction'
  | 'key'
  | 'versions'
  | 'pushBudget'
  | 'incarnation'
  | 'sessionDoor'
  | 'noClaude'
>;
