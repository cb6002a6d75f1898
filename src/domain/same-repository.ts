/**
 * Whether two addresses mean the same repository on the same host: protocol, user, port of the protocol, a final
 * `.git` and letter case of the host do not matter, so that people and processors may use HTTPS and SSH side by side.
 */
export function sameRepository(left: string, right: string): boolean {
  return canonicalRepository(left) === canonicalRepository(right);
}

/** One spelling for all addresses of a repository: `host/path`. */
export function canonicalRepository(address: string): string {
  // A path of this machine has two spellings.
  const local = /^file:\/\/(?:localhost)?(\/.*)$/iu.exec(address)?.[1];
  if (local !== undefined) return canonicalRepository(local);
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.*)$/iu.exec(address);
  const scpLike = /^(?:[^/@]+@)?([^/:]+):(?!\/\/)(.*)$/u.exec(address);
  const match = url ?? scpLike;
  const host = match?.[1]?.toLowerCase() ?? '';
  const path = match?.[2] ?? address;
  return `${host}/${path.replace(/^\/+|\/+$/gu, '').replace(/\.git$/u, '')}`;
}
