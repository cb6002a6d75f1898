/**
 * Nothing of anybody's own environment reaches a command: no credentials, no proxies, no locale. A look writes nothing:
 * kubectl would keep what it learns about an API server in the home of the user, or where it was started.
 */
export const COMMAND_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin',
  LANG: 'C.UTF-8',
  LC_ALL: 'C',
  TZ: 'UTC',
  KUBECACHEDIR: '/dev/null',
} as const;
