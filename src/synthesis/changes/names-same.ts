/** Shorter names stand in everything. */
const MIN_NAME = 3;

/**
 * Whether a package or a path of a machine belongs to the service that a finding is about: `package/nginx-common` and
 * `/etc/nginx/nginx.conf` to `nginx.service`, `package/postgresql-15` to `postgresql@15-main.service`.
 */
export function namesSame(changed: string, object: string): boolean {
  const name = serviceName(object);
  if (name.length < MIN_NAME) return false;
  if (changed.startsWith('package/')) {
    const found = changed.slice('package/'.length).toLowerCase();
    return found === name || found.startsWith(`${name}-`);
  }
  return changed.split('/').some((part) => serviceName(part) === name);
}

/** `nginx` of `nginx.service`, `nginx.conf`, `container/nginx` and `nginx@2.service.d`. */
function serviceName(text: string): string {
  const last = text.slice(text.lastIndexOf('/') + 1).toLowerCase();
  return last.replace(/[@.].*$/u, '');
}
