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
  let hasIdentity = false;
  const rest = quote
    .replace(SCALAR_FIELD, (whole, key: string) => {
      if (!IDENTITY_KEYS.has(key)) return whole;
      hasIdentity = true;
      return '';
    })
    .replace(METADATA, '');
  return hasIdentity && /^[\s,{}[\]]*$/u.test(rest);
}
