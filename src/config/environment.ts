/** Environment variables by name; only src/config and the entry point touch `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process. */
export function readEnvironment(): Environment {
  return process.env;
}

/** The value of a variable; one that is set to nothing counts as not set. */
export function environmentValue(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
