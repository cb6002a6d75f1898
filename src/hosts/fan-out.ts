/** Runs `action` for every host, at most `concurrency` at the same time; results in the order of the hosts. */
export async function fanOut<Host, Result>(
  hosts: readonly Host[],
  concurrency: number,
  action: (host: Host) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const queue = hosts.entries();
  async function work(): Promise<void> {
    for (const [index, host] of queue) results.set(index, await action(host));
  }
  const workers = Array.from({ length: Math.max(1, Math.min(concurrency, hosts.length)) }, work);
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return hosts.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}
