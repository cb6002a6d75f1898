import { environmentValue, type Environment } from './environment.ts';

/** What ssh-keygen and ssh-add need of the person's environment: where the agent is, and how to ask for a passphrase. */
const VARIABLES = [
  'PATH',
  'HOME',
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
  'SSH_ASKPASS_REQUIRE',
  'SSH_SK_PROVIDER',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XDG_RUNTIME_DIR',
];

export function signingEnvironment(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = environmentValue(env, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
