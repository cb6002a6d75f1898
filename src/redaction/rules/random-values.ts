import { matchAt, type Find, type RedactionRule } from '../rule.ts';
import { isRandom, isRandomInOneCase } from '../secret-value.ts';

/** A value begins after what assigns or quotes it, or stands as a word of its own. */
const OPENING = /[=:"'>(\s]/g;
const BLANKS = /[ \t]{0,2}\\{0,3}["']?/y;
const VALUE = /[A-Za-z0-9_.+/~-]{20,200}={0,2}/y;
const CLOSING = /^(?:$|[\s"'\\,;<)\]}&|`])/;
/** What looks random and is public: fingerprints, integrity values, SSH and X.509 public keys, examples. */
const PUBLIC_BEFORE = /(?:sha\d{1,3}|md5|fingerprint|integrity|etag|digest|checksum|[-_.]hash)["' \t:=]{0,6}$/i;
const PUBLIC_VALUE = /^(?:sha\d{1,3}-|AAAA[A-Z]3Nza|MII|LS0tLS1CRUdJTiB(?:DRVJU|QVUJM))|EXAMPLE$/;

/**
 * Assigned or quoted values of upper case, lower case and digits in a mixture that only a generator makes: tokens of
 * issuers that nobody has described yet.
 */
export const randomValueRule: RedactionRule = {
  id: 'random-value',
  keywords: [],
  *find({ text, checkBudget }): Generator<Find> {
    const opening = new RegExp(OPENING);
    for (let match = opening.exec(text), count = 0; match !== null; match = opening.exec(text), count++) {
      if (count % 4096 === 0) checkBudget();
      const start = match.index + 1 + (matchAt(BLANKS, text, match.index + 1)?.[0].length ?? 0);
      const value = matchAt(VALUE, text, start)?.[0];
      if (value === undefined) continue;
      const end = start + value.length;
      opening.lastIndex = end;
      const isBare = /\s/.test(match[0]);
      if (!isRandom(value) && (isBare || !isRandomInOneCase(value))) continue;
      if (PUBLIC_VALUE.test(value) || !CLOSING.test(text.charAt(end))) continue;
      if (isBare && isWrapped(text, { start, end })) continue;
      if (!PUBLIC_BEFORE.test(text.slice(Math.max(0, start - 24), start))) yield { start, end, spreads: true };
    }
  },
};

/** A line of base64 that was wrapped, as certificates are: what precedes it looks the same. */
function isWrapped(text: string, line: { readonly start: number; readonly end: number }): boolean {
  if (!/(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, line.start - 40), line.start))) return false;
  if (!/^(?:$|\r?\n)/.test(text.slice(line.end, line.end + 2))) return false;
  if (line.end - line.start >= 60) return true;
  return /[A-Za-z0-9+/]{40}\r?\n[ \t]*$/.test(text.slice(Math.max(0, line.start - 90), line.start));
}
