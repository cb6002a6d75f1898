import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/command-policy/parse-command.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

const PLAIN = { mergeStderr: false, dropStderr: false, dropStdout: false };

function argvOf(text: string): readonly (readonly string[])[] | string {
  const parsed = parseCommand(text);
  return parsed.kind === 'refused' ? parsed.reason : parsed.list.flatMap(({ pipeline }) => pipeline.map((c) => c.argv));
}

describe('reading shell text', () => {
  it.each<[text: string, argv: readonly string[]]>([
    ['kubectl get pods', ['kubectl', 'get', 'pods']],
    ['  kubectl \t get   pods  ', ['kubectl', 'get', 'pods']],
    ["'kubectl' get", ['kubectl', 'get']],
    ['kube"ctl" get', ['kubectl', 'get']],
    ['\\kubectl get', ['kubectl', 'get']],
    ['kubectl get sec"rets"', ['kubectl', 'get', 'secrets']],
    ['kubectl get s\\ecrets', ['kubectl', 'get', 'secrets']],
    ["kubectl get $'secrets'", ['kubectl', 'get', 'secrets']],
    ["kubectl get 'sec''rets'", ['kubectl', 'get', 'secrets']],
    ['kubectl get sec""rets', ['kubectl', 'get', 'secrets']],
    ['kubectl get sec\\\nrets', ['kubectl', 'get', 'secrets']],
    ['kubectl get "sec\\\nrets"', ['kubectl', 'get', 'secrets']],
    ["cut -d$'\\t' -f1", ['cut', '-d\t', '-f1']],
    ["tr $'\\n' ' '", ['tr', '\n', ' ']],
    ['grep "a\\b\\"c\\\\"', ['grep', 'a\\b"c\\']],
    ["grep 'it is $5 and `x`'", ['grep', 'it is $5 and `x`']],
    ['grep "*?[x]{a,b}~"', ['grep', '*?[x]{a,b}~']],
    ['grep a\\*b', ['grep', 'a*b']],
    ['grep "" x', ['grep', '', 'x']],
    ['grep a#b', ['grep', 'a#b']],
    ['grep Ærlig', ['grep', 'Ærlig']],
    ['kubectl get pods # every one', ['kubectl', 'get', 'pods']],
    ["grep 'two\nlines'", ['grep', 'two\nlines']],
    ['grep a=b', ['grep', 'a=b']],
    ['grep -- -x', ['grep', '--', '-x']],
    ['grep "\\$HOME"', ['grep', '$HOME']],
    ['grep \\$HOME', ['grep', '$HOME']],
    ['grep x!', ['grep', 'x!']],
  ])('reads %j as one argument list', (text, argv) => {
    expect(argvOf(text)).toEqual([argv]);
  });

  it('keeps how pipelines follow each other', () => {
    expect(parseCommand('a | b && c || d; e\nf')).toEqual({
      kind: 'commands',
      list: [
        {
          connector: 'first',
          pipeline: [
            { argv: ['a'], ...PLAIN },
            { argv: ['b'], ...PLAIN },
          ],
        },
        { connector: 'and', pipeline: [{ argv: ['c'], ...PLAIN }] },
        { connector: 'or', pipeline: [{ argv: ['d'], ...PLAIN }] },
        { connector: 'then', pipeline: [{ argv: ['e'], ...PLAIN }] },
        { connector: 'then', pipeline: [{ argv: ['f'], ...PLAIN }] },
      ],
    });
  });

  it.each<[text: string, streams: Partial<typeof PLAIN>]>([
    ['a', {}],
    ['a 2>&1', { mergeStderr: true }],
    ['a 2>/dev/null', { dropStderr: true }],
    ['a 2> /dev/null', { dropStderr: true }],
    ['a >/dev/null', { dropStdout: true }],
    ['a >/dev/null 2>&1', { dropStdout: true, dropStderr: true }],
    ['a 2>&1 >/dev/null', { dropStdout: true, mergeStderr: true }],
    ['a 2>&1 2>/dev/null', { dropStderr: true }],
    ['a 2>/dev/null 2>&1', { mergeStderr: true }],
    ['2>/dev/null a', { dropStderr: true }],
    ['a 2>/dev/null b', { dropStderr: true }],
  ])('reads the redirections of %j from left to right', (text, streams) => {
    expect(parseCommand(text)).toMatchObject({ list: [{ pipeline: [{ ...PLAIN, ...streams }] }] });
  });

  it.each([
    ...['', '   ', '# only a comment', '\n\n'],
    ...['a &', 'a & b', 'a & echo', 'A=1 b', 'A=1', 'export A=1', 'declare x=1', 'alias x=y', 'readonly a=b'],
    ...['(a)', '{ a; }', 'if a; then b; fi', 'for x in a; do b; done', 'while a; do b; done', 'until a; do b; done'],
    ...[
      'case a in b) c;; esac',
      'f() { a; }',
      'function f { a; }',
      '[[ a == b ]]',
      '((1))',
      'select x in a; do b; done',
    ],
    ...['coproc a', 'time a', 'time -p a', '! a', 'a | ! b', 'a |& b'],
    ...[
      'a $(b)',
      'a `b`',
      'a "$(b)"',
      'a "`b`"',
      'a $x',
      'a "$x"',
      'a ${x}',
      'a ${x:-y}',
      'a $((1+1))',
      'a $[1]',
      'a $"b"',
    ],
    ...['a $0', 'a $?', 'a $$', 'a $!', 'a $@', 'a "x$y"', '$x', '"$x"', '$(a)', '`a`', 'a <(b)', 'a >(b)'],
    ...[
      'a *',
      'a b*',
      'a ?',
      'a [bc]',
      'a b[1]',
      'a @(b|c)',
      'a +(b)',
      'a !(b)',
      'a {b,c}',
      'a {1..3}',
      'a {}',
      '{a,b} c',
    ],
    ...['a ~', 'a ~root', 'a ~/x', 'a --x=~/y', 'a b:~'],
    ...[
      'a > b',
      'a >> b',
      'a < b',
      'a <> b',
      'a >| b',
      'a &> b',
      'a &>/dev/null',
      'a &>>/dev/null',
      'a >&2',
      'a 1>&2',
      'a 2>&-',
    ],
    ...[
      'a 2>>/dev/null',
      'a </dev/null',
      'a >/dev/nul',
      'a >/dev/null/x',
      'a >/dev/stdout',
      'a >/dev/tcp/h/1',
      'a 3>/dev/null',
    ],
    ...[
      'a 1>/dev/null',
      'a {fd}>/dev/null',
      'a 2>&3',
      'a 2>&1x',
      "a >'/dev/null'",
      'a 2>/dev/nul\\l',
      'a >"$x"',
      '2>&1',
    ],
    ...['a <<< b', 'a <<E\nb\nE', "a <<'E'\nb\nE", 'a <<-E\nb\nE'],
    ...[
      "a 'b",
      'a "b',
      'a `b',
      'a $(b',
      'a |',
      '| a',
      'a &&',
      '&& a',
      'a ||',
      'a ; ;',
      'a ;; b',
      'a )',
      '( a',
      'if',
      'then',
      'fi',
      'done',
    ],
    ...['a | | b', 'a && && b', 'a; & b', 'esac', '{ a', 'a\\', "a $'\\x41'", "a $'\\u0041'", "a $'\\101'", "a $'b"],
  ])('refuses %j', (text) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ...['a\rb', 'a\u0000b', 'a\u0007', 'a\u001b[31m', 'a\u007f', 'a\u0085b', 'a\u000bb', 'a\u000cb'],
    ...[
      'a\u00a0b',
      'a\u2003b',
      'a\u2028b',
      'a\u3000b',
      'a\u1680b',
      'a\u202fb',
      'a\ufeff',
      'a\u200bb',
      'a\u202eb',
      'a\u2066b',
    ],
    ...['a \u{e0061}', 'a \ud800', 'a\u00adb', 'a\u180eb', "a '\u200b'", 'a "\r"'],
  ])('refuses the unseen character in %j', (text) => {
    expect(parseCommand(text)).toEqual({
      kind: 'refused',
      reason: 'the command holds control, invisible or unusual white-space characters; use plain spaces',
    });
  });

  it('refuses what is too long, too many or too wordy', () => {
    expect(parseCommand(`a ${'x'.repeat(4094)}`)).toMatchObject({ kind: 'commands' });
    expect(argvOf(`a ${'x'.repeat(4095)}`)).toBe('a command may have at most 4096 bytes');
    expect(argvOf(`a ${'é'.repeat(2048)}`)).toBe('a command may have at most 4096 bytes');
    expect(parseCommand(Array.from({ length: 20 }, () => 'a').join(' | '))).toMatchObject({ kind: 'commands' });
    expect(argvOf(Array.from({ length: 21 }, () => 'a').join(';'))).toBe('at most 20 commands at once');
    expect(argvOf(Array.from({ length: 181 }, () => 'a').join(' '))).toBe('at most 180 words at once');
  });

  it.each([
    ['a &', 'nothing runs in the background; leave out &'],
    ['A=1 b', 'variables cannot be set; write the value where it is used'],
    ['a *', 'file name patterns are not expanded here; put it in single quotes when it is meant as text'],
    [
      'a $x',
      'variables and command substitution are not expanded here; put it in single quotes when it is meant as text',
    ],
    ['a "$x"', 'variables and command substitution are not expanded here; single quotes make it text'],
    ['a > b', 'the only redirections are 2>&1, 2>/dev/null and >/dev/null; every output is recorded anyway'],
    ['a |& b', 'write 2>&1 | in place of |&'],
    ['time a', 'leave out time before a command'],
    [
      'if a; then b; fi',
      'only plain commands joined by |, &&, || and ; can run: no groups, loops, conditions, tests or functions',
    ],
  ])('says about %j what to do', (text, reason) => {
    expect(parseCommand(text)).toEqual({ kind: 'refused', reason });
  });

  it('answers soon for hostile text', () => {
    const texts = ['(', '{ ', '$(', '`', '"', "'", 'a;', '|', '<<a ', '[[', '((', '${', '\\', '&&', 'if ', '$((', '!('];
    const ms = cpuTimeMs(() => {
      for (const text of texts) parseCommand(text.repeat(Math.floor(4096 / text.length)));
    });
    expect(ms).toBeLessThan(3000);
  });
});
