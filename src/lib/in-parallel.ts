/**
 * Works on the items in their order, at most `limit` at a time, and begins no further one once `isOver` says so.
 * Resolves with the number of items that were not begun; the first error ends it and is thrown.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  options: { readonly limit: number; readonly isOver: () => boolean },
): Promise<number> {
  let next = 0;
  let hasFailed = false;
  async function takeTurns(): Promise<void> {
    while (next < items.length && !hasFailed && !options.isOver()) {
      const item = items[next++];
      try {
        if (item !== undefined) await work(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: options.limit }, takeTurns));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return items.length - next;
}
