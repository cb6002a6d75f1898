import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/command-policy/parse-command.ts';
import { printSkipReason } from '../../support/skip-reason.ts';

const ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
const hasBash = spawnSync('bash', ['--version'], { env: ENV }).status === 0;
if (!hasBash) printSkipReason('bash is not installed: the command reader is not compared with it');

function isValidBash(text: string): boolean {
  return spawnSync('bash', ['--norc', '-n', '-c', text], { env: ENV, timeout: 10_000 }).status === 0;
}

/**
 * The argument lists that bash itself makes of a text. No program is found, so bash gives each list to a function that
 * prints it; the generated texts name no builtin.
 */
function argvOfBash(text: string): readonly string[] {
  const script = `PATH=/nonexistent
exec 9>&1
command_not_found_handle() { printf '%s\\n' "$(printf '%q ' "$@")" >&9; }
${text}`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', script], { env: ENV, timeout: 10_000, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

function quotedByBash(argv: readonly string[]): string {
  const { stdout } = spawnSync('bash', ['--norc', '-c', `printf '%q ' "$@"`, 'bash', ...argv], {
    env: ENV,
    encoding: 'utf8',
  });
  return stdout;
}

const fragment = fc.constantFrom(
  ...['a', 'b1', '-n', '--x=y', '.', '/', '=', ':', ',', '%', '+', '@', '^', '!', '#', '-', 'é'],
  ...[
    "'q r'",
    '"q r"',
    "'$x'",
    '"\\$x"',
    '"a\\b"',
    '\\ ',
    '\\$',
    '\\*',
    '\\\\',
    '\\\n',
    "''",
    '""',
    "$'\\t'",
    "$'\\''",
  ],
  ...['"*"', "'{a,b}'", '"~"', "'\\'", '"\\\\"', "'\n'", '"`"', '"\\`"'],
);
const wild = fc.constantFrom(
  '*',
  '$x',
  '$(cmda)',
  '`cmda`',
  '{a,b}',
  '~',
  '?',
  '[a]',
  '>f',
  '<f',
  '&',
  '(',
  ')',
  "'",
  '"',
);
const word = fc.array(fragment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const name = fc.constantFrom('cmda', 'cmd"b"', "'cmdc'", 'cm\\dd', 'cmd\\\ne');
const redirection = fc.constantFrom('', '', ' 2>&1', ' 2>/dev/null', ' >/dev/null', ' > /dev/null');
const command = fc
  .tuple(name, fc.array(word, { maxLength: 4 }), redirection)
  .map(([head, words, tail]) => `${[head, ...words].join(' ')}${tail}`);
const joined = (items: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(items, fc.constantFrom(' | ', ' ; ', '\n', '|', ';')), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([text, glue], index) => (index === parts.length - 1 ? text : text + glue)).join(''));

describe.runIf(hasBash)('the command reader beside bash', () => {
  it('refuses what bash cannot read', () => {
    const noise = fc.array(
      fc.oneof({ weight: 3, arbitrary: command }, wild, fc.constantFrom(' ', '|', ';', '&&', '\n')),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(noise, (parts) => {
        const text = parts.join(' ');
        if (parseCommand(text).kind === 'commands') expect(isValidBash(text)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('finds the words that bash finds', () => {
    let compared = 0;
    fc.assert(
      fc.property(joined(command), (text) => {
        const parsed = parseCommand(text);
        if (parsed.kind === 'refused') return;
        const lists = parsed.list.flatMap(({ pipeline }) => pipeline.map(({ argv }) => argv));
        // A line break may have made another word the name, which bash may know or look for as a file.
        if (lists.some(([first]) => !/^cmd[a-e]$/u.test(first ?? ''))) return;
        compared += 1;
        expect([...argvOfBash(text)].sort()).toEqual(lists.map(quotedByBash).sort());
      }),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(30);
  }, 60_000);
});
