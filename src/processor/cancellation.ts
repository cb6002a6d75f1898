import type { StatusReason } from '../schema/generated.ts';

/** An administrator who ended an investigation. */
export interface StoppedBy {
  readonly who: string;
  readonly reason: string;
}

/** What the requester reads of a request that somebody withdrew before anything ran. */
export const WITHDRAWN: StatusReason = {
  code: 'cancelled',
  message: 'its requester, or an administrator, withdrew the request',
};

/** Why an attempt has ended, or never begun; `stoppedBy` is the administrator of the zone, else it was withdrawn. */
export function cancellationOf(
  stoppedBy: StoppedBy | undefined,
  { hasBegun }: { readonly hasBegun: boolean },
): StatusReason {
  if (stoppedBy === undefined)
    return hasBegun ? { ...WITHDRAWN, message: `${WITHDRAWN.message} while it ran` } : WITHDRAWN;
  const collected = hasBegun ? 'what was collected stays readable in the secure zone; ' : '';
  return {
    code: 'stopped-by-administrator',
    message: `the administrator of the cluster stopped it: ${stoppedBy.reason} (${stoppedBy.who})`.slice(0, 1000),
    hint: `${collected}ask its administrator before you ask again`,
  };
}
