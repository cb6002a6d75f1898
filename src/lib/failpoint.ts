/** Called at a named moment; does nothing unless a test has armed that name. */
export type Failpoint<Name extends string> = (name: Name) => void;

/** Ends this process at once, as a power cut would, when the armed name is reached. */
export function createFailpoint<Name extends string>(armed: string | undefined): Failpoint<Name> {
  if (armed === undefined) return () => undefined;
  return (name) => {
    if (name === armed) process.kill(process.pid, 'SIGKILL');
  };
}
