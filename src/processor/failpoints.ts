import type { Failpoint } from '../lib/failpoint.ts';

/**
 * Moments at which the chaos suite kills the processor. Whatever happens at any of them, a restart must lead each
 * request to exactly one terminal record.
 */
export type ProcessorFailpoint =
  | 'after-sync'
  | 'after-accepted'
  | 'before-claim'
  | 'after-claim'
  | 'after-recheck'
  | 'after-started'
  | 'after-first-status'
  | 'in-collect'
  | 'after-collect'
  | 'after-report'
  | 'before-store'
  | 'after-store'
  | 'after-finished'
  | 'before-publish'
  | 'after-publish'
  | 'after-published'
  | 'before-aggregate'
  | 'after-aggregate'
  | 'before-index'
  | 'after-index';

export type ProcessorFailpoints = Failpoint<ProcessorFailpoint>;
