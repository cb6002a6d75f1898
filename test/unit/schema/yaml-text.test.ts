import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../src/schema/reading.ts';
import { readYaml } from '../../../src/schema/yaml-text.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

function firstFault(reading: Reading): string {
  if (reading.ok) return `read ${JSON.stringify(reading.value)}`;
  const [fault] = reading.faults;
  return `${String(fault?.place.line)}:${String(fault?.place.column)} ${fault?.path.join('.') ?? ''} ${fault?.message ?? ''}`;
}

describe('refuses what two readers could understand differently', () => {
  it.each([
    ['an anchor', 'a: 1\nb: &x 2', '2:4  anchors (&) are not allowed'],
    ['an alias', 'a: *x', '1:4  aliases (*) are not allowed'],
    ['an anchor on its own list', '&a [*a]', '1:1  anchors (&) are not allowed'],
    ['a known tag', 'a: !!binary aGk=', '1:4  tags (!) are not allowed'],
    ['an unknown tag', 'a:\n  - !foo x', '2:5  tags (!) are not allowed'],
    ['another version of YAML', '%YAML 1.1\n---\na: yes', '1:1  directives (%) are not allowed'],
    ['a second document', 'a: 1\n---\nb: 2', '2:1  a second document (---) is not allowed'],
    ['a repeated key', 'a: 1\nb:\n  c: 1\n  c: 2', '4:3 b.c is given twice'],
    ['a key repeated in other quotes', '1: a\n"1": b', '2:1 1 is given twice'],
    ['a repeated key in a flow map', 'a: {b: 1, c: 2, b: 3}', '1:17 a.b is given twice'],
    ['__proto__', 'a:\n  __proto__: 1', '2:3 a.__proto__ is not allowed as a name'],
    ['constructor', '"constructor": 1', '1:1 constructor is not allowed as a name'],
    ['prototype', 'prototype: {}', '1:1 prototype is not allowed as a name'],
    ['a list as key', '[a]: 1', '1:1  is not valid YAML: with stringKeys, all keys must be strings'],
    ['a control character', 'a: "x"\nb: \u0007', '2:4  contains the character U+0007, which is not allowed'],
    ['an escaped control character', 'a: "x\\0"', '1:4 a contains the character U+0000, which is not allowed'],
    ['an escaped carriage return', 'a: "x\\r"', '1:4 a contains the character U+000D, which is not allowed'],
    ['an escape sequence in a key', '"\\e[1m": 1', '1:1 \u001b[1m contains the character U+001B, which is not allowed'],
    ['half a surrogate pair', 'a: "\\ud800"', '1:4 a contains the character U+D800, which is not allowed'],
    ['infinity', 'a: .inf', '1:4 a .inf is not a finite number'],
    ['not a number', 'a: [1, .nan]', '1:8 a.1 .nan is not a finite number'],
    ['a number beyond every double', 'a: 1e400', '1:4 a 1e400 is not a finite number'],
    ['a number that loses digits', 'a: 9007199254740993', '1:4 a 9007199254740993 is too large to be read exactly'],
    ['an unknown escape', 'a: "\\q"', '1:5  is not valid YAML: invalid escape sequence \\q'],
    ['a tab as indentation', 'a:\n\t- x', '2:1  is not valid YAML: tabs are not allowed as indentation'],
    ['nothing', '', '1:1  the file is empty'],
    ['only a comment', '# nothing here\n', '1:1  the file is empty'],
  ])('%s', (_, text, fault) => {
    expect(firstFault(readYaml(text))).toBe(fault);
  });

  it('with a proposal how to write text that looks like something else', () => {
    expect(readYaml('a: *important*')).toMatchObject({ faults: [{ hint: 'put text that begins with * in quotes' }] });
    expect(readYaml('nonce: 12345678901234567890')).toMatchObject({
      faults: [{ hint: 'put it in quotes if it is text' }],
    });
  });
});

describe('reads YAML 1.2', () => {
  it.each([
    [
      'words of YAML 1.1 are text',
      'a: yes\nb: 0777\nc: 1:30\nd: 2026-11-20',
      { a: 'yes', b: 777, c: '1:30', d: '2026-11-20' },
    ],
    ['<< is a key like others', '<<: {a: 1}', { '<<': { a: 1 } }],
    [
      'markers inside text mean nothing',
      'a: "*x &y !z %w"\nb: |\n  &x\n  %y\n  ---\nc: x & y',
      { a: '*x &y !z %w', b: '&x\n%y\n---\n', c: 'x & y' },
    ],
    ['one document may have its marks', '---\na: 1\n...\n', { a: 1 }],
    ['line ends may be CRLF', 'a: |\r\n  x\r\n  y\r\nb: 1\r\n', { a: 'x\ny\n', b: 1 }],
    ['empty values are null', 'a:\nb: ~\nc: null', { a: null, b: null, c: null }],
    ['numbers as keys are their text', '0x1F: a\n1: b', { '0x1F': 'a', '1': 'b' }],
    ['lists of groups', '- a: 1\n  b: 2\n- c\n', [{ a: 1, b: 2 }, 'c']],
  ])('%s', (_, text, value) => {
    const reading = readYaml(text);
    expect(reading.ok ? reading.value : reading.faults).toStrictEqual(value);
  });
});

describe('threat 8: bombs of YAML: stays quick and alive with hostile text of 64 KiB', () => {
  const size = 64 * 1024;
  const repeat = (part: string): string => part.repeat(Math.floor(size / part.length));

  it.each([
    ['open brackets', repeat('[')],
    ['open braces', repeat('{a: ')],
    ['compact lists', repeat('- ')],
    ['compact explicit keys', repeat('? ')],
    ['compact maps', repeat('a: ')],
    ['lonely colons', repeat(': ')],
    ['pairs inside a list', `[${repeat('a: ').slice(1)}`],
    ['pairs behind lists', repeat('[,] : ')],
    ['steps of compact lists', Array.from({ length: 31 }, (_, i) => ' '.repeat(128 * i) + '- '.repeat(64)).join('\n')],
    ['a staircase', Array.from({ length: 350 }, (_, i) => `${' '.repeat(i)}-`).join('\n')],
    ['pairs behind braces over two lines', repeat('{\n}: ')],
    ['pairs behind quotes over two lines', repeat("a: 'x\n y'")],
    ['anchors', repeat('&a ')],
    ['tags', repeat('!a ')],
    ['documents', repeat('---\n')],
    ['quotes', repeat('"')],
    ['closing braces', repeat('}')],
    ['commas in a list', `[${repeat(',').slice(1)}`],
  ])('%s', (_, text) => {
    const ms = cpuTimeMs(() => {
      expect(readYaml(text).ok).toBe(false);
    });
    expect(ms).toBeLessThan(3000);
  });

  it('reads thousands of keys in linear time', () => {
    const text = Array.from({ length: 6000 }, (_, i) => `k${String(i)}: 1`).join('\n');
    const ms = cpuTimeMs(() => {
      expect(readYaml(text).ok).toBe(true);
    });
    expect(ms).toBeLessThan(2000);
  });

  it('looks at the size before anything else, in bytes', () => {
    const text = `a: "${'ø'.repeat(size / 2)}"`;
    expect(firstFault(readYaml(text))).toBe('1:1  the file has 65541 bytes, at most 65536 are allowed');
    expect(readYaml(text, { maxBytes: size + 5 }).ok).toBe(true);
  });

  it('allows many groups beside each other and 64 levels inside each other', () => {
    expect(readYaml(Array.from({ length: 200 }, (_, i) => `${'k'.repeat(i + 1)}: 1`).join('\n')).ok).toBe(true);
    expect(readYaml(`a: [${'{x: 1, y: [1, 2]}, '.repeat(500)}]`).ok).toBe(true);
    expect(readYaml(`${'['.repeat(64)}${']'.repeat(64)}`).ok).toBe(true);
    expect(firstFault(readYaml(`${'['.repeat(65)}${']'.repeat(65)}`))).toBe('1:65  is nested deeper than 64 levels');
  });
});

describe('knows where everything stands', () => {
  const text =
    '# first\nmetadata:\n  name: x\nspec:\n  targets:\n    - name: a\n    - name: b\n      type: hub\n  flow: {a: 1, b: [2, 3]}\n';

  it.each([
    ['a value', ['metadata', 'name'], 'value', 3, 9],
    ['a key', ['metadata', 'name'], 'key', 3, 3],
    ['a group', ['spec'], 'value', 5, 3],
    ['a list entry', ['spec', 'targets', 1], 'value', 7, 7],
    ['a field of a list entry', ['spec', 'targets', 1, 'type'], 'value', 8, 13],
    ['a value in flow style', ['spec', 'flow', 'b', 1], 'value', 9, 23],
    ['the document', [], 'value', 2, 1],
    ['a missing field, at the key of its group', ['spec', 'missing'], 'key', 4, 1],
    ['a missing field of a list entry, at the entry', ['spec', 'targets', 0, 'type'], 'key', 6, 7],
    ['a missing field of the document, at its beginning', ['kind'], 'key', 2, 1],
  ] as const)('%s', (_, path, at, line, column) => {
    const reading = readYaml(text);
    expect(reading.ok ? reading.locate(path, at) : reading.faults).toStrictEqual({ line, column });
  });
});
