import { isOn, optional, switches, valued, type Arguments, type Flag } from '../arguments.ts';
import { operands } from '../operand-checks.ts';
import { plainTool, type ArgumentCheck, type Tool } from '../tool.ts';
import { anyText, evidenceFile, matching, oneOf, wholeNumber } from '../value-checks.ts';
import { READERS, readersOf } from './evidence-readers.ts';
import { jq } from './jq.ts';

const size = matching(/^[+-]?\d{1,12}[bkKMG]?$/u, 'a number');
const list = matching(/^[\d,-]{1,200}$/u, 'a list such as 1,3-5');
const sortKey = matching(/^[\d.,bdfghiMnrRV]{1,60}$/u, 'a key such as 2,2n');
const noColor = optional('--color', 'attached', oneOf('never', 'auto'));

/** A filter: reads its input, or files of the evidence folder. */
function filter(rules: {
  readonly name: string;
  readonly flags: readonly Flag[];
  readonly numbers?: boolean;
  readonly most?: number;
}): Tool {
  const { name, flags, numbers = false, most = Infinity } = rules;
  return plainTool({
    name,
    family: 'read',
    flags,
    style: { dashes: 'gnu', numbers },
    check: operands(evidenceFile, { most }),
    needs: (args) => readersOf(args.operands),
  });
}

/** Names no files at all. */
function words(check: ArgumentCheck, rules: { readonly name: string; readonly flags: readonly Flag[] }): Tool {
  return plainTool({ ...rules, family: 'read', check, needs: () => [] });
}

const patternFlags: readonly Flag[] = [
  ...switches('-i --ignore-case', '-v --invert-match', '-w --word-regexp', '-x --line-regexp', '-c --count'),
  ...switches('-l --files-with-matches', '-q --quiet', '-n --line-number', '-o --only-matching', '-b --byte-offset'),
  ...switches('-a --text', '--line-buffered'),
  valued('-e --regexp', anyText),
  valued('-f --file', evidenceFile),
  valued('-m --max-count', wholeNumber),
  valued('-A --after-context', wholeNumber),
  valued('-B --before-context', wholeNumber),
  valued('-C --context', wholeNumber),
];

const grep = plainTool({
  name: 'grep',
  family: 'grep',
  style: { dashes: 'gnu', numbers: true },
  flags: [
    ...patternFlags,
    ...switches('-E --extended-regexp', '-F --fixed-strings', '-G --basic-regexp', '-P --perl-regexp', '-y'),
    ...switches('-L --files-without-match', '-s --no-messages', '-H --with-filename', '-h --no-filename'),
    ...switches(
      '-r --recursive',
      '-R --dereference-recursive',
      '-I',
      '-U --binary',
      '-T --initial-tab',
      '-z --null-data',
    ),
    ...switches('-Z --null', '--no-ignore-case'),
    valued('--include', anyText),
    valued('--exclude', anyText),
    valued('--exclude-dir', anyText),
    noColor,
  ],
  check: patternThenFiles,
  needs: (args) => (isOn(args, '-r') || isOn(args, '-R') || args.flags.has('-f') ? READERS : readersOf(filesOf(args))),
  answerExits: [1],
});

/** Without a path it may search the folder, so it always needs the right to read. */
const rg = plainTool({
  name: 'rg',
  family: 'grep',
  flags: [
    ...patternFlags,
    ...switches('-F --fixed-strings', '-s --case-sensitive', '-S --smart-case', '-P --pcre2', '-U --multiline'),
    ...switches('-N --no-line-number', '-H --with-filename', '-I --no-filename', '--column', '--vimgrep', '--json'),
    ...switches('--files-without-match', '--count-matches', '--files', '-u --unrestricted', '--hidden', '--no-ignore'),
    ...switches('--no-heading', '--heading', '--stats', '--trim', '-p --pretty', '--no-config'),
    valued('-g --glob', anyText),
    valued('--iglob', anyText),
    valued('-M --max-columns', wholeNumber),
    valued('-d --max-depth', wholeNumber),
    valued('--sort', oneOf('path', 'modified', 'accessed', 'created', 'none')),
    valued('-r --replace', anyText),
    valued('--color', oneOf('never', 'auto')),
  ],
  check: (args, options) =>
    isOn(args, '--files') ? operands(evidenceFile)(args, options) : patternThenFiles(args, options),
  needs: () => READERS,
  answerExits: [1],
});

const headTail: readonly Flag[] = [
  valued('-n --lines', size),
  valued('-c --bytes', size),
  ...switches('-q --quiet', '--silent', '-v --verbose', '-z --zero-terminated'),
];

export const textTools: readonly Tool[] = [
  grep,
  rg,
  filter({ name: 'head', flags: headTail, numbers: true }),
  filter({ name: 'tail', flags: headTail, numbers: true }),
  filter({
    name: 'cat',
    flags: switches(
      ...['-n --number', '-b --number-nonblank', '-s --squeeze-blank', '-A --show-all', '-E --show-ends'],
      ...['-T --show-tabs', '-v --show-nonprinting', '-e', '-t', '-u'],
    ),
  }),
  filter({
    name: 'nl',
    flags: [
      valued('-b --body-numbering', anyText),
      valued('-w --number-width', wholeNumber),
      valued('-s --number-separator', anyText),
      valued('-v --starting-line-number', size),
      valued('-n --number-format', oneOf('ln', 'rn', 'rz')),
    ],
  }),
  filter({
    name: 'wc',
    flags: switches('-l --lines', '-w --words', '-c --bytes', '-m --chars', '-L --max-line-length'),
  }),
  filter({
    name: 'cut',
    flags: [
      valued('-b --bytes', list),
      valued('-c --characters', list),
      valued('-f --fields', list),
      valued('-d --delimiter', anyText),
      valued('--output-delimiter', anyText),
      ...switches('-s --only-delimited', '--complement', '-n', '-z --zero-terminated'),
    ],
  }),
  filter({
    name: 'sort',
    flags: [
      ...switches(
        '-b --ignore-leading-blanks',
        '-d --dictionary-order',
        '-f --ignore-case',
        '-g --general-numeric-sort',
      ),
      ...switches('-h --human-numeric-sort', '-i --ignore-nonprinting', '-M --month-sort', '-n --numeric-sort'),
      ...switches(
        '-r --reverse',
        '-V --version-sort',
        '-s --stable',
        '-u --unique',
        '-m --merge',
        '-z --zero-terminated',
      ),
      ...switches('-c --check', '-C'),
      valued('-k --key', sortKey),
      valued('-t --field-separator', anyText),
    ],
  }),
  filter({
    name: 'uniq',
    // The second one would be the file that it writes.
    most: 1,
    flags: [
      ...switches('-c --count', '-d --repeated', '-D', '-i --ignore-case', '-u --unique', '-z --zero-terminated'),
      valued('-f --skip-fields', wholeNumber),
      valued('-s --skip-chars', wholeNumber),
      valued('-w --check-chars', wholeNumber),
    ],
  }),
  filter({
    name: 'column',
    flags: [
      ...switches('-t --table', '-x --fillrows', '-n', '-e', '-d --table-noheadings', '-J --json'),
      valued('-s --separator', anyText),
      valued('-o --output-separator', anyText),
      valued('-c --output-width', wholeNumber),
      valued('-N --table-columns', anyText),
      valued('-R --table-right', anyText),
      valued('-H --table-hide', anyText),
    ],
  }),
  words(operands(anyText, { least: 1, most: 2 }), {
    name: 'tr',
    flags: switches('-c --complement', '-C', '-d --delete', '-s --squeeze-repeats', '-t --truncate-set1'),
  }),
  words(operands(matching(/^\+/u, 'a format such as +%s'), { most: 1 }), {
    name: 'date',
    flags: [
      ...switches('-u --utc', '--universal', '-R --rfc-email'),
      valued('-d --date', matching(/^[\w :+.,@/-]{1,60}$/u, 'a time such as 1 hour ago')),
      optional('-I --iso-8601', 'attached', oneOf('date', 'hours', 'minutes', 'seconds', 'ns')),
      valued('--rfc-3339', oneOf('date', 'seconds', 'ns')),
    ],
  }),
  jq,
];

function hasPatternFlag({ flags }: Arguments): boolean {
  return flags.has('-e') || flags.has('-f');
}

/** The first operand is the pattern unless a flag gave one. */
function filesOf(args: Arguments): readonly string[] {
  return hasPatternFlag(args) ? args.operands : args.operands.slice(1);
}

function patternThenFiles(args: Arguments, options: Parameters<ArgumentCheck>[1]): ReturnType<ArgumentCheck> {
  if (args.operands.length === 0 && !hasPatternFlag(args)) return { reason: `${options.subject} needs a pattern` };
  return operands(evidenceFile)({ ...args, operands: filesOf(args) }, options);
}
