/**
 * Fields that say which object something is. A healthy object has the same lines, so none of them proves that anything is
 * wrong, and a check that looks for such a line can never fail.
 */
const IDENTITY_KEYS = new Set([
  'apiVersion',
  'creationTimestamp',
  'generateName',
  'handle',
  'hook',
  'key',
  'kind',
  'name',
  'namespace',
  'resourceVersion',
  'type',
  'uid',
]);

const SCALAR_FIELD = /"(?<key>[^"\\]+)": ?(?:"(?:[^"\\]|\\.)*"?|-?\d[\w.+-]*|true|false|null)/gu;
/** What an object refers to, such as the target of a route, decides; what it says about itself does not. */
const METADATA = /"metadata": ?\{/gu;

export function isIdentityKey(key: string): boolean {
  return IDENTITY_KEYS.has(key);
}

/** Whether a quote of a JSON document holds nothing but fields that say which object it is. */
export function isIdentityOnly(quote: string): boolean {
  const names = [...quote.matchAll(SCALAR_FIELD)].filter(({ groups }) => isIdentityKey(groups?.['key'] ?? ''));
  let rest = quote;
  for (const [field] of names) rest = rest.replace(field, '');
  return names.length > 0 && /^[\s,{}[\]]*$/u.test(rest.replace(METADATA, ''));
}
