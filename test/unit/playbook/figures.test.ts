import { describe, expect, it } from 'vitest';
import { renderText, templatePaths } from '../../../src/playbook/template.ts';

function shown(template: string, item: unknown): string {
  return renderText(template, { item, step: {}, now: new Date(0) }, 200);
}

describe('a duration', () => {
  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [59.6, '1 minute'],
    [3600, '1 hour'],
    [56_901, '15 hours 48 minutes'],
    [86_403, '1 day'],
    [190_000, '2 days 4 hours'],
    ['90', '1 minute 30 seconds'],
  ])('of %s is %s', (seconds, text) => {
    expect(shown('${t|duration}', { t: seconds })).toBe(text);
  });
});

describe('an amount of bytes', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1_048_570, '1 MiB'],
    [1_992_294_400, '1.9 GiB'],
    ['25276063744', '23.5 GiB'],
  ])('of %s is %s', (bytes, text) => {
    expect(shown('${n|bytes}', { n: bytes })).toBe(text);
  });
});

describe('what is no figure', () => {
  it('is shown as it is, and as unknown when it is absent', () => {
    expect(shown('${a|bytes} ${b|duration} ${c|bytes}', { a: 'many', b: -1 })).toBe('many -1 unknown');
  });

  it('leaves paths with alternatives alone', () => {
    expect(templatePaths('${(a|bytes)} ${x.(a|b)|bytes}')).toEqual(['(a|bytes)', 'x.(a|b)']);
  });
});
