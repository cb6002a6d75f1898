/** Longest text that a pattern is run over; the rest of a line is ignored. */
export const MAX_MATCHED_CHARACTERS = 4096;

const MAX_PATTERN_CHARACTERS = 500;

/**
 * A regular expression of a playbook; `(?i)` in front makes it blind to case. Undefined when it is invalid, too long, or
 * repeats a repetition, which can take exponential time on hostile output.
 */
export function parsePattern(text: string): RegExp | undefined {
  if (text.length > MAX_PATTERN_CHARACTERS || repeatsRepetition(text)) return undefined;
  const isCaseBlind = text.startsWith('(?i)');
  try {
    return new RegExp(isCaseBlind ? text.slice(4) : text, isCaseBlind ? 'iu' : 'u');
  } catch {
    return undefined;
  }
}

/** `(a+)+` and its like: an unbounded repetition of a group that itself holds one without alternatives around it. */
function repeatsRepetition(text: string): boolean {
  const plain = text.replace(/\\./gsu, '_').replace(/\[[^\]]*\]/gu, '_');
  return /\([^()]*[+*][^()]*\)(?:[+*]|\{\d+,\})/u.test(plain);
}
