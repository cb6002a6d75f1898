/** Characters that no shell reads in a way of its own. */
const PLAIN = /^[A-Za-z0-9_./:,+@%-][A-Za-z0-9_./:,+@%=-]*$/u;

/**
 * One argument as text that the login shell of a remote user reads back as exactly this argument. Quote, backslash and
 * exclamation mark stand outside of single quotes, because fish and csh read them there in ways of their own; a line
 * end in an argument reaches every shell but csh.
 */
export function quoteArgument(text: string): string {
  if (PLAIN.test(text)) return text;
  // Single quotes keep everything; the three exceptions interrupt them.
  const quoted = text.replace(/['\\!]/gu, (special) => (special === "'" ? `'"'"'` : `'\\${special}'`));
  return `'${quoted}'`;
}

/** A whole argument list as one line for a login shell. */
export function quoteArguments(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}
