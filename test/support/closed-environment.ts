/**
 * The whole environment of a child in a test: nothing of the developer's machine but `PATH` gets in, so that neither
 * their git configuration nor their credentials, proxies or `CI` change what is tested.
 */
export function closedEnvironment(extra: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    KUBECACHEDIR: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    ...extra,
  };
}
