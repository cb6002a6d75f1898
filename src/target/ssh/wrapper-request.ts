import type { Command } from '../port.ts';

/** What a wrapper reads: words of these characters, separated by single blanks, and nothing that a shell would expand. */
const WORD = /^[A-Za-z0-9_./:@%+=,\\-]+$/u;

/**
 * The line for a host that owns its argument lists: `mark step name=value …`. Undefined for a command that is no step,
 * or whose inputs could not be sent unchanged.
 */
export function wrapperRequest(mark: string, { call }: Command): string | undefined {
  if (call === undefined) return undefined;
  const words = [mark, call.id, ...Object.entries(call.inputs).map(([name, value]) => `${name}=${value}`)];
  return words.every((word) => WORD.test(word)) ? words.join(' ') : undefined;
}
