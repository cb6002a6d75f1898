/** Parameters of a call: names are known, values are decoded and checked. */
export type Parameters = ReadonlyMap<string, string>;

export type ReadQuery =
  { readonly kind: 'read'; readonly parameters: Parameters } | { readonly kind: 'invalid'; readonly why: string };

/** Says what a value must be; undefined when it is that. */
export type ParameterCheck = (value: string) => string | undefined;

export type ParameterChecks = Readonly<Record<string, ParameterCheck>>;

const MAX_QUERY = 16 * 1024;

/**
 * Reads a query whose every parameter is known and stands once. What goes on is written anew from the decoded values,
 * so no server sees another query than the one that was checked.
 */
export function readQuery(query: string, checks: ParameterChecks): ReadQuery {
  const invalid = (why: string): ReadQuery => ({ kind: 'invalid', why });
  if (query.length > MAX_QUERY) return invalid('the query is too long');
  if (!/^[\x21-\x7e]*$/u.test(query) || /[;#]/u.test(query))
    return invalid('the query has characters that it may not have');
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined)
      return invalid(`the parameter ${shown(name)} is not forwarded; known are ${Object.keys(checks).join(', ')}`);
    if (parameters.has(name)) return invalid(`the parameter ${name} is given twice`);
    if (value === undefined) return invalid(`the value of ${name} is not well encoded`);
    const expected = check(value);
    if (expected !== undefined) return invalid(`${name} must be ${expected}`);
    parameters.set(name, value);
  }
  return { kind: 'read', parameters };
}

/** `?a=b&c=d`, with one way to write every character; empty without parameters. */
export function formatQuery(parameters: Parameters): string {
  const pairs = [...parameters].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): ParameterCheck {
  return (value) => {
    const isNumber = /^(?:0|[1-9]\d{0,14})$/u.test(value) && Number(value) >= least && Number(value) <= most;
    return isNumber ? undefined : `a whole number from ${least} to ${most}`;
  };
}

export function oneOf(...values: readonly string[]): ParameterCheck {
  return (value) =>
    values.includes(value) ? undefined : `one of ${values.map((each) => (each === '' ? 'nothing' : each)).join(', ')}`;
}

export function matching(pattern: RegExp, expected: string): ParameterCheck {
  return (value) => (pattern.test(value) ? undefined : expected);
}

export const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';

/** Plus is a space in a query. Control characters and broken UTF-8 are nothing that a parameter needs. */
function decode(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text.replaceAll('+', ' '));
    return /[\p{Cc}\ufffd]/u.test(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}
