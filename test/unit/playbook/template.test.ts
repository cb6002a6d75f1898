import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCommand, renderText } from '../../../src/playbook/template.ts';

const scope = (item: unknown) => ({ item, step: { signal: 'degraded' }, now: new Date(0) });

describe('texts of findings', () => {
  it('take values from the item, the step and the group', () => {
    const group = { key: 'sda', count: 3 };
    const text = renderText(
      '${a.b} ${step.signal} ${group.key} ${group.count}',
      { ...scope({ a: { b: 1 } }), vars: { group } },
      100,
    );
    expect(text).toBe('1 degraded sda 3');
  });

  it.each([
    [1, '1 node is ready'],
    ['1', '1 node is ready'],
    [0, '0 nodes are ready'],
    [3, '3 nodes are ready'],
    [undefined, 'unknown nodes are ready'],
  ])('fit their words to a number: %s', (count, expected) => {
    expect(renderText('${count?node is|nodes are} ready', scope({ count }), 100)).toBe(expected);
  });

  it('say unknown for a value that is not there', () => {
    expect(renderText('${x} is ${toString}', scope({}), 100)).toBe('unknown is unknown');
  });

  it('stay on one line, within their limit, and are not expanded twice', () => {
    expect(renderText('${a}', scope({ a: 'x\n\u001b[31m${b}\t y', b: 'never' }), 100)).toBe('x [31m${b} y');
    expect(renderText('${a}', scope({ a: 'x'.repeat(50) }), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(renderText('${a}', scope({ a: '😀'.repeat(50) }), 10)).toBe(`${'😀'.repeat(4)}…`);
  });
});

describe('commands to copy', () => {
  it('leave plain values as they are', () => {
    expect(renderCommand('du -x ${at}', scope({ at: '/var/lib' }), 100)).toBe('du -x /var/lib');
  });

  it.each(['-rf', '', 'a\nb', 'a\u202Eb'])('are left out when a value would change their meaning: %j', (at) => {
    expect(renderCommand('du ${at}', scope({ at }), 100)).toBeUndefined();
  });

  it('are left out when a value is missing', () => {
    expect(renderCommand('du ${at}', scope({}), 100)).toBeUndefined();
  });

  it('give a shell exactly the value, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (value) => {
        const command = renderCommand('printf %s ${v}', scope({ v: value }), 1000);
        if (command === undefined) return;
        expect(spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' }).stdout).toBe(value);
      }),
      { numRuns: 60, examples: [["a'b"], ['$(id)'], ['`id`'], ['a;b'], ['~'], ['a b'], ['*'], ['#x'], ['\\']] },
    );
  });
});
