/** Pause between two looks; the switch of the zone stops what runs within five seconds. */
const EVERY_MS = 500;

/** Looks at what the administrator does in the zone, again and again until it is stopped. */
export function startZoneWatch(
  look: () => Promise<void>,
  onFailure: (error: unknown) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let looking: Promise<void> = Promise.resolve();
  const next = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => {
      looking = look().then(next, onFailure);
    }, EVERY_MS);
  };
  next();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
