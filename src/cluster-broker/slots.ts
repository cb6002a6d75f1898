/** So many at once, so many waiting; who comes after that is turned away. */
export interface Slots {
  /** Gives the way to free the slot; undefined when all are taken and enough wait already, or the caller is gone. */
  take(signal: AbortSignal): Promise<(() => void) | undefined>;
}

export function createSlots({ most, mostWaiting }: { readonly most: number; readonly mostWaiting: number }): Slots {
  let taken = 0;
  const waiting = new Set<() => void>();

  function free(): void {
    taken -= 1;
    const [next] = waiting;
    if (next !== undefined) {
      waiting.delete(next);
      next();
    }
  }

  function occupy(): () => void {
    taken += 1;
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      free();
    };
  }

  return {
    async take(signal) {
      if (signal.aborted) return undefined;
      if (taken < most) return occupy();
      if (waiting.size >= mostWaiting) return undefined;
      return await new Promise((resolve) => {
        const onTurn = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve(occupy());
        };
        const onAbort = (): void => {
          waiting.delete(onTurn);
          resolve(undefined);
        };
        waiting.add(onTurn);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
