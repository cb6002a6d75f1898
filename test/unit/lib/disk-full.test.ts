import { describe, expect, it } from 'vitest';
import { isDiskFull } from '../../../src/lib/disk-full.ts';

describe('a write that failed', () => {
  it.each([
    [Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }), true],
    [Object.assign(new Error('quota'), { code: 'EDQUOT' }), true],
    [Object.assign(new Error('i/o error'), { code: 'EIO' }), false],
    ['ENOSPC', false],
  ])('tells whether there was no room: %s', (error, isFull) => {
    expect(isDiskFull(error)).toBe(isFull);
  });
});
