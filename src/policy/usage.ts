/** What people have used so far. Names are compared literally; a day is one of UTC, `2026-11-20`. */
export interface Usage {
  /** Everybody who has used anything. */
  people(): Iterable<string>;
  /** Milliseconds since 1970 of requests accepted after `since`, in order. */
  requestsSince(principal: string, since: number): readonly number[];
  /** Of this day and later ones: what the clock has seen once is not forgotten when it goes back. */
  requestsOfDay(principal: string, day: string): number;
  timeOfDay(principal: string, day: string): Spent;
  moneyOfDay(principal: string, day: string): Spent;
}

/** Minutes or dollars. */
export interface Spent {
  readonly used: number;
  /** What running work may still use. */
  readonly reserved: number;
}

export const NOTHING_USED: Usage = {
  people: () => [],
  requestsSince: () => [],
  requestsOfDay: () => 0,
  timeOfDay: () => ({ used: 0, reserved: 0 }),
  moneyOfDay: () => ({ used: 0, reserved: 0 }),
};

export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Midnight after a day of UTC. */
export function nextDay(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + 1));
}
