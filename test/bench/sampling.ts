/** Measures once; resolves with milliseconds. */
export type Variant = () => Promise<number>;

/** Times in milliseconds, in order of measuring. */
export type Times = readonly number[];

/** What is compared: `prepare` brings about the state that `run` starts from, and is not measured. */
export function variant<State>(prepare: () => Promise<State>, run: (state: State) => Promise<unknown>): Variant {
  return async () => {
    const state = await prepare();
    return await timed(() => run(state));
  };
}

/** What a group of variants took, by their names. */
export type Sample = ReadonlyMap<string, Times>;

/**
 * Runs all variants of all groups in turn, round after round, so that noise of the machine hits all alike. Each round
 * starts with another one; a first round is not counted.
 */
export async function interleave(
  groups: readonly Readonly<Record<string, Variant>>[],
  rounds: number,
): Promise<readonly Sample[]> {
  const rows = groups.flatMap((group, of) =>
    Object.entries(group).map(([name, measure]) => ({ of, name, measure, times: [] as number[] })),
  );
  for (let round = 0; round <= rounds; round++) {
    for (let at = 0; at < rows.length; at++) {
      const row = rows[(at + round) % rows.length];
      const ms = await row?.measure();
      if (round > 0 && ms !== undefined) row?.times.push(ms);
    }
  }
  return groups.map((_, of) => new Map(rows.filter((row) => row.of === of).map(({ name, times }) => [name, times])));
}

export async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

export function median(values: Times): number {
  return quantile(values, 0.5);
}

/** Value below which `share` of the values lie. */
export function quantile(values: Times, share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}
