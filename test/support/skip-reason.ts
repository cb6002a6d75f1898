/** Says once per test file why something is not tested here; `.ci/run` collects these lines. */
export function printSkipReason(reason: string): void {
  console.log(`skip: ${reason}`);
}
