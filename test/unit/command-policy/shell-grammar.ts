import fc from 'fast-check';

/**
 * A grammar of shell text: of what the policy can allow, written in every way that we know of, and of things that a shell
 * does beyond that. Commands are named `cmda` to `cmdf`; where a test runs them, the last letter says how they end.
 */
export const COMMAND_NAMES = ['cmda', 'cmdb', 'cmdc', 'cmdd', 'cmde', 'cmdf'] as const;

const name = fc.constantFrom(
  ...COMMAND_NAMES,
  ...['cm"da"', "'cmdb'", '\\cmdc', 'cmd\\d', 'cmd\\\ne', "$'cmdf'", "''cmda", 'c""mdb'],
);
const letter = fc.constantFrom('a', 'b', '1', '-', '=', '.', '/', ':', ',', '%', '+', '@', '^', '!', '#', 'é', '2');
const bare = fc.array(letter, { minLength: 1, maxLength: 4 }).map((letters) => letters.join(''));
const anyCharacter = fc.constantFrom(
  ...['a', ' ', '$', '`', '*', '?', '[', '{', '}', '(', ')', '<', '>', '|', '&', ';', '#', '~', '!', '\n'],
);
const singleQuoted = fc
  .array(fc.oneof(anyCharacter, fc.constantFrom('"', '\\')), { maxLength: 4 })
  .map((letters) => `'${letters.join('')}'`);
const doubleQuoted = fc
  .array(
    fc.constantFrom('a', ' ', '*', "'", '#', '|', ';', '>', '\\"', '\\\\', '\\$', '\\`', '\\a', '\\\n', '{a,b}', '~'),
    { maxLength: 4 },
  )
  .map((letters) => `"${letters.join('')}"`);
const ansiQuoted = fc
  .array(fc.constantFrom('a', '\\t', "\\'", '\\\\', '"', ' ', '$', '|', '#'), { maxLength: 3 })
  .map((letters) => `$'${letters.join('')}'`);
const escaped = fc.constantFrom(
  '\\ ',
  '\\$',
  '\\*',
  '\\|',
  '\\;',
  '\\&',
  '\\>',
  '\\#',
  '\\\\',
  "\\'",
  '\\"',
  '\\\n',
  '\\~',
);
const word = fc
  .array(fc.oneof({ weight: 4, arbitrary: bare }, singleQuoted, doubleQuoted, ansiQuoted, escaped), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(''));

const blank = fc.constantFrom(' ', ' ', ' ', '  ', '\t', ' \\\n', '\\\n ');
const redirection = fc.constantFrom(
  ...['2>&1', '2>/dev/null', '>/dev/null', '> /dev/null', '2> /dev/null', '2>&1 >/dev/null', '>/dev/null 2>&1'],
);
const redirections = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  redirection.map((text) => ` ${text}`),
);

/** One command of the kind that can be allowed. */
export const plainCommand = fc
  .tuple(name, fc.array(fc.tuple(blank, word), { maxLength: 3 }), redirections)
  .map(([head, words, tail]) => head + words.map(([space, text]) => space + text).join('') + tail);

const comment = fc.constantFrom('', '', ' # a | b', ' #', " # it's; cmdx");
const pipe = fc.constantFrom(' | ', '|', ' |\n', ' | # next\n', '\\\n| ');
const link = fc.oneof(
  fc.constantFrom(' && ', '&&', ' || ', '||', '; ', ';', '\n', ' ;\n', '\n\n', ' &&\n', ' ||\n'),
  comment.map((text) => `${text}\n`),
);

function joined(items: fc.Arbitrary<string>, glue: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(items, glue), { minLength: 1, maxLength: most })
    .map((parts) => parts.map(([text, between], at) => (at === parts.length - 1 ? text : text + between)).join(''));
}

const pipeline = joined(plainCommand, pipe, 3);
const ending = fc.constantFrom('', '', ';', '\n', ' ;\n', ' # end');
const beginning = fc.constantFrom('', '', '  ', '\n', '# first\n', '\t');

/** Text that only does what the policy can allow. */
export const plainText = fc
  .tuple(beginning, joined(pipeline, link, 4), ending)
  .map(([before, text, after]) => before + text + after);

/** The same without pipes: what runs, and in which order, can be seen from outside. */
export const listText = fc
  .tuple(beginning, joined(plainCommand, link, 5), ending)
  .map(([before, text, after]) => before + text + after);

const beyond = fc.constantFrom(
  ...['*', 'a?', '[ab]', '$x', '${x:-y}', '"$x"', '$(cmda)', '`cmda`', '$((1))', '{a,b}', '{1..3}', '~', '~/x'],
  ...['>f', '>>f', '<f', '2>f', '&>f', '>&2', '<<<a', '<(cmda)', '>(cmda)', '<<E\na\nE', '3>&1', '2>&1x', '>|f'],
  ...[
    '&',
    '|&',
    '(',
    ')',
    '{',
    '}',
    '!',
    'time',
    'if',
    'then',
    'fi',
    'do',
    'done',
    ';;',
    'X=1',
    'f()',
    '[[',
    ']]',
    '((',
    '))',
  ],
  ...["'", '"', "$'", '$"a"', '\\', '`', '&& &&', '| |', '; ;', '|| ;', '&;', '\u00a0', '\r', '\u200b'],
);

/** Text with something in it that a shell may do and the policy may not, or that is no shell text at all. */
export const wildText = fc
  .array(fc.oneof({ weight: 3, arbitrary: plainCommand }, beyond, pipe, link, blank), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(' '));

/** A text in which one character was taken away, doubled or replaced. */
export const mutatedText = fc
  .tuple(
    plainText,
    fc.nat(),
    fc.constantFrom('', '>', '<', '|', '&', ';', '(', ')', "'", '"', '\\', '$', '`', '#', '\n', '2'),
  )
  .map(([text, place, character]) => {
    const at = place % Math.max(1, text.length);
    return text.slice(0, at) + character + text.slice(at + 1);
  });
