/** Resources that hold credentials, or whose reading acts for somebody, whatever the group. */
const NEVER_READ =
  /^(?:secrets?|machineconfigs?|oauths?|oauthclients?|users|groups|identities|.*tokens?|tokenreviews)$/u;

/** Whether nothing and nobody may open a resource for reading, not even the administrator's configuration. */
export function isNeverRead(resource: string): boolean {
  const [name = ''] = resource.toLowerCase().split('/');
  return NEVER_READ.test(name) || name.includes('*');
}
