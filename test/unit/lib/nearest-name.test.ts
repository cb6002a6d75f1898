import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../../../src/lib/nearest-name.ts';

const NAMES = ['general', 'api-timeout', 'disk-full', 'ingress-503'];

describe('nearest name', () => {
  it.each([
    ['generl', 'general'],
    ['GENERAL', 'general'],
    ['api-timeot', 'api-timeout'],
    ['diskfull', 'disk-full'],
    ['ingres-503', 'ingress-503'],
  ])('finds for %s the name %s', (name, expected) => {
    expect(nearestName(name, NAMES)).toBe(expected);
  });

  it.each(['network', 'xx', '', 'etcd-quorum-lost'])('finds nothing for %s', (name) => {
    expect(nearestName(name, NAMES)).toBeUndefined();
  });

  it('finds nothing among nothing', () => {
    expect(nearestName('general', [])).toBeUndefined();
  });

  it('finds every name itself, and forgives one wrong letter', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.nat(20), (name, at) => {
        const position = at % name.length;
        const wrong = `${name.slice(0, position)}_${name.slice(position + 1)}`;
        return nearestName(name, NAMES) === name && nearestName(wrong, NAMES) === name;
      }),
    );
  });

  it('looks at the first 64 characters only, however long the words are', () => {
    expect(nearestName('x'.repeat(400), ['general'])).toBeUndefined();
    expect(nearestName('x'.repeat(400), ['y'.repeat(400)])).toBeUndefined();
    expect(nearestName('x'.repeat(400), [`${'x'.repeat(64)}y`])).toBe(`${'x'.repeat(64)}y`);
  });
});
