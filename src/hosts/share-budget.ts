/** One budget for several hosts that take their turns: what one leaves over belongs to those that come after it. */
export interface SharedBudget {
  /** Reserves the share of the next host. */
  take(): number;
  /** Gives back what of a share was not used. */
  giveBack(unused: number): void;
}

export function shareBudget(total: number, hosts: number): SharedBudget {
  let left = total;
  let waiting = hosts;
  return {
    take: () => {
      const share = Math.floor(left / Math.max(1, waiting));
      left -= share;
      waiting -= 1;
      return share;
    },
    giveBack: (unused) => {
      left += Math.max(0, unused);
    },
  };
}

/** Milliseconds for one host when all take turns, so many at a time. */
export function turnMs(
  totalMs: number,
  { hosts, atOnce }: { readonly hosts: number; readonly atOnce: number },
): number {
  return Math.floor(totalMs / Math.max(1, Math.ceil(hosts / Math.max(1, atOnce))));
}
