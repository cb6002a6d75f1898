/** Environment variables by name; only src/config and the entry point touch `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process. */
export function readEnvironment(): Environment {
  return process.env;
}

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Where a processor looks for programs. */
export function programPath(env: Environment): string {
  return env['PATH'] ?? DEFAULT_PATH;
}

/** Runs `act` with a variable set in this process: for a library that takes an answer in no other way. */
export function withVariable<Result>(name: string, value: string, act: () => Result): Result {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return act();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before;
  }
}

/** The value of a variable; one that is set to nothing counts as not set. */
export function environmentValue(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
