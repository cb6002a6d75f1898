/**
 * Milliseconds of processor time that `work` takes in this process. A limit on it says the same as one on the clock, and
 * holds on a machine that does other things as well.
 */
export function cpuTimeMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return cpuMsSince(before);
}

/** For what is awaited: everything that this process did in the meantime counts. */
export function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
