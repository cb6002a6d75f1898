import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameRepository } from '../../../src/domain/same-repository.ts';

const ONE = [
  'https://github.com/acme/warroom.git',
  'https://github.com/acme/warroom',
  'https://github.com/acme/warroom/',
  'https://alice@github.com/acme/warroom.git',
  'https://alice:secret@github.com:443/acme/warroom.git',
  'https://GitHub.com/acme/warroom.git',
  'http://github.com/acme/warroom.git',
  'ssh://git@github.com/acme/warroom.git',
  'ssh://git@github.com:22/acme/warroom.git',
  'git@github.com:acme/warroom.git',
  'git@github.com:/acme/warroom',
  'github.com:acme/warroom.git',
];

const OTHERS = [
  'https://github.com/acme/other.git',
  'https://github.com/other/warroom.git',
  'https://github.com/acme/Warroom.git',
  'https://gitlab.com/acme/warroom.git',
  'https://github.com.evil.example/acme/warroom.git',
  'https://evil.example/github.com/acme/warroom.git',
  'https://github.com@evil.example/acme/warroom.git',
  'git@evil.example:github.com/acme/warroom.git',
  '/srv/github.com/acme/warroom.git',
  'https://github.com/acme/warroom.git/../other',
  '',
];

describe('the same repository', () => {
  it.each(ONE)('is %s, however it is written', (address) => {
    for (const other of ONE) expect(sameRepository(address, other), other).toBe(true);
  });

  it.each(OTHERS)('is not %j', (address) => {
    for (const one of ONE) expect(sameRepository(address, one), one).toBe(false);
  });

  it('is a local path with and without its ending', () => {
    expect(sameRepository('/srv/warroom.git', '/srv/warroom')).toBe(true);
    expect(sameRepository('/srv/warroom', '/srv/warroom2')).toBe(false);
  });

  it('is itself, and the order does not matter', () => {
    const address = fc.oneof(fc.constantFrom(...ONE, ...OTHERS), fc.webUrl(), fc.string());
    fc.assert(
      fc.property(address, address, (left, right) => {
        return sameRepository(left, left) && sameRepository(left, right) === sameRepository(right, left);
      }),
    );
  });
});
