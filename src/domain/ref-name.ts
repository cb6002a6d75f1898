/**
 * Whether git accepts `name` as a part of a ref, given that it has only letters, digits, dots, slashes, underscores and
 * hyphens. Source: git-check-ref-format(1).
 */
export function isRefName(name: string): boolean {
  return name
    .split('/')
    .every(
      (part) =>
        part !== '' &&
        !part.startsWith('.') &&
        !part.endsWith('.') &&
        !part.includes('..') &&
        !part.toLowerCase().endsWith('.lock'),
    );
}
