import type { WarRoom } from '../repository/port.ts';

type Place = Pick<WarRoom, 'address' | 'branch'>;

/** Page of a file at the host of the repository; undefined for local paths and hosts without known pages. */
export function fileUrl(place: Place, path: string): string | undefined {
  return pageUrl(place, 'blob', path);
}

/** Page of a folder; GitHub and GitLab show its README there. */
export function folderUrl(place: Place, path: string): string | undefined {
  return pageUrl(place, 'tree', path);
}

function pageUrl({ address, branch }: Place, view: 'blob' | 'tree', path: string): string | undefined {
  const home = repositoryPage(address);
  if (home === undefined) return undefined;
  const ref = `${branch}/${path}`.split('/').map(encodeURIComponent).join('/');
  if (home.host.includes('gitlab')) return `${home.url}/-/${view}/${ref}`;
  // GitHub Enterprise has names of its own, but they nearly always say what they are.
  return home.host.includes('github') ? `${home.url}/${view}/${ref}` : undefined;
}

/** `https://host/owner/name` for web, ssh:// and scp-like addresses. */
function repositoryPage(address: string): { readonly host: string; readonly url: string } | undefined {
  const scpLike = /^(?:[^@/]+@)?([^:/]+):(?!\/)(.+)$/u.exec(address);
  const asUrl = /^[a-z][a-z0-9+.-]*:\/\//iu.test(address) ? address : undefined;
  const text = asUrl ?? (scpLike === null ? undefined : `ssh://${scpLike[1] ?? ''}/${scpLike[2] ?? ''}`);
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(text);
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(protocol)) return undefined;
  const isWeb = protocol === 'https:' || protocol === 'http:';
  const host = isWeb && port !== '' ? `${hostname}:${port}` : hostname;
  const path = pathname.replace(/\/+$/u, '').replace(/\.git$/u, '');
  return { host: hostname, url: `${isWeb ? protocol : 'https:'}//${host}${path}` };
}
