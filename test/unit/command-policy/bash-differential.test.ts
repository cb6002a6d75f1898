import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/command-policy/parse-command.ts';
import { readCommandList } from '../../../src/command-policy/second-reader.ts';
import type { ShellPipeline } from '../../../src/command-policy/shell-command.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { COMMAND_NAMES, listText, mutatedText, plainText, wildText } from './shell-grammar.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

const ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
const hasBash = spawnSync('bash', ['--version'], { env: ENV }).status === 0;
if (!hasBash) printSkipReason('bash is not installed: the command reader is not compared with it');

function isValidBash(text: string): boolean {
  return spawnSync('bash', ['--norc', '-n', '-c', text], { env: ENV, timeout: 10_000 }).status === 0;
}

/**
 * The argument lists that bash itself makes of a text, in the order in which it starts them. No program is found, so bash
 * gives each list to a function that prints it, and fails when its name is in the second half of the names.
 */
function argvOfBash(text: string): readonly string[] {
  const script = `PATH=/nonexistent
exec 9>&1
command_not_found_handle() {
  printf '%s\\n' "$(printf '%q ' "$@")" >&9
  case $1 in *[def]) return 1 ;; esac
}
${text}`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', script], { env: ENV, timeout: 10_000, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

function quotedByBash(lists: readonly (readonly string[])[]): readonly string[] {
  const script = `while [ $# -gt 0 ]; do
  count=$1; shift
  printf '%q ' "\${@:1:count}"; echo
  shift "$count"
done`;
  const words = lists.flatMap((argv) => [String(argv.length), ...argv]);
  const { stdout } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...words], { env: ENV, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

/** A line break may have made another word the name, which bash may know or look for as a file. */
function hasOnlyOurNames(list: readonly ShellPipeline[]): boolean {
  const names: readonly string[] = COMMAND_NAMES;
  return list.every(({ pipeline }) => pipeline.every(({ argv: [name = ''] }) => names.includes(name)));
}

/** The lists that run, as we understand the connectors. */
function runs(list: readonly ShellPipeline[]): readonly (readonly string[])[] {
  const argvs: (readonly string[])[] = [];
  let isGood = true;
  for (const { connector, pipeline } of list) {
    if ((connector === 'and' && !isGood) || (connector === 'or' && isGood)) continue;
    for (const { argv } of pipeline) {
      argvs.push(argv);
      isGood = /[abc]$/u.test(argv[0] ?? '');
    }
  }
  return argvs;
}

describe.runIf(hasBash)('the command reader beside bash', () => {
  it.each([
    ['anything', wildText],
    ['a text with one wrong character', mutatedText],
  ])(
    'refuses what bash cannot read, in %s',
    (_, texts) => {
      fc.assert(
        fc.property(texts, (text) => {
          if (parseCommand(text).kind === 'commands') expect(isValidBash(text)).toBe(true);
        }),
        { numRuns: fuzzRuns(400) },
      );
    },
    60_000,
  );

  it('finds the words that bash finds', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.oneof(plainText, mutatedText), (text) => {
        const parsed = parseCommand(text);
        if (parsed.kind === 'refused' || !hasOnlyOurNames(parsed.list)) return;
        if (parsed.list.some(({ connector }) => connector === 'and' || connector === 'or')) return;
        const lists = parsed.list.flatMap(({ pipeline }) => pipeline.map(({ argv }) => argv));
        compared += 1;
        expect([...argvOfBash(text)].sort()).toEqual([...quotedByBash(lists)].sort());
      }),
      { numRuns: fuzzRuns(400) },
    );
    expect(compared).toBeGreaterThan(fuzzRuns(400) / 8);
  }, 60_000);

  it('runs what bash runs, in its order, after && and || and ;', () => {
    let compared = 0;
    fc.assert(
      fc.property(listText, (text) => {
        const parsed = parseCommand(text);
        if (parsed.kind === 'refused' || !hasOnlyOurNames(parsed.list)) return;
        compared += 1;
        expect(argvOfBash(text)).toEqual(quotedByBash(runs(parsed.list)));
      }),
      { numRuns: fuzzRuns(200) },
    );
    expect(compared).toBeGreaterThan(fuzzRuns(200) / 2);
  }, 60_000);
});

describe('the two readers of shell text', () => {
  it('both read most of what can be allowed', () => {
    let read = 0;
    fc.assert(
      fc.property(plainText, (text) => {
        if (parseCommand(text).kind === 'commands') read += 1;
      }),
      { numRuns: fuzzRuns(1000), seed: 7 },
    );
    expect(read).toBeGreaterThan(fuzzRuns(1000) * 0.8);
  });

  it('agree about every text that is read', () => {
    fc.assert(
      fc.property(fc.oneof(plainText, listText, wildText, mutatedText), (text) => {
        const parsed = parseCommand(text);
        if (parsed.kind === 'commands') expect(readCommandList(text)).toEqual(parsed.list);
      }),
      { numRuns: fuzzRuns(3000) },
    );
  });

  it.each([
    ...['a >', 'a 2>', 'a >&1', 'a 2>&2', 'a | ', 'a &&', 'a & b', 'a |& b', ';', '| a', 'a ; ; b', "a 'b", 'a "b'],
    ...['a\\', 'a $x', 'a (b)', 'a < b', 'a >/dev/nul', 'a >"/dev/null"', '(a)', 'a $(b)', 'a > /dev/null/x'],
  ])('the second one reads nothing in %j', (text) => {
    expect(readCommandList(text)).toBeUndefined();
  });

  it('the second one sees words, operators, comments and redirections by itself', () => {
    const plain = { mergeStderr: false, dropStderr: false, dropStdout: false };
    expect(readCommandList('a "b c" 2>/dev/null | d\\\ne # f\n&& g')).toBeUndefined();
    expect(readCommandList('a "b c" 2>/dev/null | d\\\ne && # f\n g#h 2>&1;')).toEqual([
      {
        connector: 'first',
        pipeline: [
          { ...plain, argv: ['a', 'b c'], dropStderr: true },
          { ...plain, argv: ['de'] },
        ],
      },
      { connector: 'and', pipeline: [{ ...plain, argv: ['g#h'], mergeStderr: true }] },
    ]);
  });
});
