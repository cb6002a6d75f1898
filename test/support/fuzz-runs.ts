/** Runs of a property: few by default, and as many times more as WARROOM_FUZZ says, for a night of searching. */
export function fuzzRuns(byDefault: number): number {
  return Math.max(1, Math.round(byDefault * Number(process.env['WARROOM_FUZZ'] ?? 1)));
}
