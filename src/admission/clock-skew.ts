/** Allowed difference between the clock of whoever wrote something and ours. */
export const CLOCK_SKEW_MS = 5 * 60_000;

export interface ClockSkew {
  /** `dated 2026-11-20T14:40:00Z, 20 minutes ahead of the clock of this processor (2026-11-20T14:20:00Z)`. */
  readonly message: string;
  readonly hint: string;
}

/**
 * What to say of something that comes from the future; undefined when it does not. It takes two clocks to differ and
 * nobody here knows the right time, so neither of them is blamed.
 */
export function clockSkew(writtenAt: string, now: Date): ClockSkew | undefined {
  const aheadMs = Date.parse(writtenAt) - now.getTime();
  if (!(aheadMs > CLOCK_SKEW_MS)) return undefined;
  const here = now.toISOString().replace(/\.\d{3}Z$/u, 'Z');
  return {
    message: `dated ${writtenAt}, ${Math.floor(aheadMs / 60_000)} minutes ahead of the clock of this processor (${here})`,
    hint: 'one of the two clocks is wrong: compare both with the right time, the one of the machine that sends (date -u) and the one of the processor; then send it again',
  };
}
