import { type Find, type RedactionRule } from '../rule.ts';
import { isMade } from '../secret-value.ts';

/** What follows the last underscore of a word. */
const VALUE = /_([A-Za-z0-9]{20,512})(?![A-Za-z0-9_-])={0,2}/g;
/** A short name, perhaps with an environment or a kind, as issuers put it before their tokens. */
const PREFIX = /(?:^|[^A-Za-z0-9_-])([A-Za-z][A-Za-z0-9]{0,11}(?:[_-][A-Za-z0-9]{1,8}){0,3})$/;
/** Names of digests, of files that are named after their content, and of what the system numbers. */
const NO_ISSUER =
  /(?:sha\d{0,3}|md5|hash|digest|commit|uid|uuid|id|layer|image|version|rev|build|blob|pod|vol|volume)$/i;

/**
 * `issuer_test_VALUE`: most issuers mark their tokens like this, also those that nobody has described here. Names in a
 * cluster have no underscores.
 */
export const prefixedValueRule: RedactionRule = {
  id: 'prefixed-value',
  keywords: ['_'],
  *find({ text, checkBudget }): Generator<Find> {
    let count = 0;
    for (const match of text.matchAll(VALUE)) {
      if (count++ % 4096 === 0) checkBudget();
      const value = match[1] ?? '';
      const prefix = PREFIX.exec(text.slice(Math.max(0, match.index - 48), match.index))?.[1];
      if (prefix === undefined || NO_ISSUER.test(prefix) || !isGenerated(value)) continue;
      yield { start: match.index - prefix.length, end: match.index + match[0].length, spreads: true };
    }
  },
};

/** No long word in it, and digits all over the place. */
function isGenerated(value: string): boolean {
  const changes = value.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return isMade(value) && changes >= 2 && new Set(value).size >= 8;
}
