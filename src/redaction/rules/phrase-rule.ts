import { matchAt, type RedactionRule } from '../rule.ts';
import { isMixed, isSecretValue } from '../secret-value.ts';
import { createKeywordSearch } from './keyword-search.ts';
import { PHRASES } from './phrases.ts';

const KEYWORDS = PHRASES.flatMap((phrase) =>
  phrase.keywords.split(' ').map((keyword) => ({
    keyword,
    pattern: new RegExp(phrase.pattern, 'iy'),
    isLoose: phrase.isLoose === true,
  })),
);
const hitsIn = createKeywordSearch(KEYWORDS.map(({ keyword }) => keyword));
const WINDOW = 64 * 1024;

/** Passwords in command lines, code, statements and files, where the place alone says what they are. */
export const phraseRule: RedactionRule = {
  id: 'password-place',
  keywords: [],
  *find({ text, lower, checkBudget }) {
    let done = 0;
    for (let from = 0; from < text.length; from += WINDOW) {
      checkBudget();
      for (const { at, index } of hitsIn(lower, from, from + WINDOW)) {
        const phrase = KEYWORDS[index];
        if (phrase === undefined || at < done) continue;
        const match = matchAt(phrase.pattern, text, at);
        const value = match?.[1];
        if (match === undefined || value === undefined) continue;
        if (!isSecretValue(value, 'password') || (phrase.isLoose && !isMixed(value))) continue;
        done = at + match[0].length;
        yield { start: done - value.length, end: done, spreads: isMixed(value) };
      }
    }
  },
};
