/**
 * Whether `name` is matched as a whole: `*` stands for any characters, also none, `?` for exactly one, everything else
 * for itself. Takes at most time in proportion to the product of the lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let next = 0;
  /** Where the last star stands, and how far it has reached. */
  let star = -1;
  let reach = 0;
  while (at < name.length) {
    const sign = pattern[next];
    if (sign === '*') {
      star = next++;
      reach = at;
    } else if (sign === '?' || (sign !== undefined && sign === name[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++reach;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}

export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, name));
}
