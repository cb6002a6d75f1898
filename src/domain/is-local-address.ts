const LOOPBACK = String.raw`(?:localhost|127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3})`;
const LOOPBACK_HOST = String.raw`(?:${LOOPBACK}|\[::1\])`;
const USER = String.raw`(?:[^/@?#]*@)?`;
const PORT = String.raw`(?::\d{1,5})?`;

const LOOPBACK_URL = new RegExp(`^(?:https?|ssh|git)://${USER}${LOOPBACK_HOST}${PORT}(?:/|$)`, 'iu');
/** `git@localhost:path`, with `[localhost:2222]:path` for a port; `::` would name a transport helper, `://` a protocol. */
const LOOPBACK_SCP = new RegExp(`^(?:[^/@:?#]+@)?(?:${LOOPBACK_HOST}|\\[${LOOPBACK}${PORT}\\]):(?!:|//)`, 'iu');

/** Characters on which git, curl and ssh may disagree about where the host ends. */
const AMBIGUOUS = /[\\\s\p{Cc}]/u;

/**
 * Whether git reads `address` as a path of this machine: nothing before the first slash has a colon
 * (git-clone(1), "Git URLs").
 */
export function isLocalPath(address: string): boolean {
  return address !== '' && !/^[^/]*:/u.test(address);
}

/**
 * Whether a repository is on this machine: a path, `file://`, or http, ssh and git to `localhost`, `127.0.0.0/8` or
 * `[::1]`. When in doubt it is not: open war rooms rest on this.
 */
export function isLocalAddress(address: string): boolean {
  if (isLocalPath(address)) return true;
  if (/^file:\/\//iu.test(address)) return true;
  if (AMBIGUOUS.test(address)) return false;
  return LOOPBACK_URL.test(address) || LOOPBACK_SCP.test(address);
}
