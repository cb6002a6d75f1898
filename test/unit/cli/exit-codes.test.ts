import { describe, expect, it } from 'vitest';
import { exitCodeOfError, exitCodeOfRequest } from '../../../src/cli/exit-codes.ts';
import { WarroomError, type WarroomErrorCode } from '../../../src/domain/errors.ts';

describe('exitCodeOfError', () => {
  it.each<[WarroomErrorCode, number]>([
    ['usage', 2],
    ['invalid-file', 2],
    ['ambiguous', 2],
    ['authentication', 4],
    ['not-allowed', 4],
    ['protected', 4],
    ['interrupted', 130],
    ['not-found', 1],
    ['offline', 1],
    ['conflict', 1],
    ['redaction', 1],
  ])('of %s is %i', (code, exit) => {
    expect(exitCodeOfError(new WarroomError(code, 'x'))).toBe(exit);
  });

  it('of an aborted wait is 130, of a bug 1', () => {
    expect(exitCodeOfError(AbortSignal.abort().reason)).toBe(130);
    expect(exitCodeOfError(new TypeError('x'))).toBe(1);
    expect(exitCodeOfError('x')).toBe(1);
  });
});

describe('exitCodeOfRequest', () => {
  it.each([
    ['succeeded', 0],
    ['failed', 1],
    ['timed-out', 1],
    ['cancelled', 1],
    ['expired', 1],
    ['invalid', 1],
    ['rejected', 4],
    ['pending', 8],
    ['claimed', 8],
    ['collecting', 8],
    ['investigating', 8],
    ['publishing', 8],
  ] as const)('of %s is %i', (phase, exit) => {
    expect(exitCodeOfRequest({ phase })).toBe(exit);
  });

  it.each([
    ['inconclusive', 'complete', [], 0],
    ['inconclusive', 'complete', ['inconclusive'], 1],
    ['inconclusive', 'complete', ['degraded'], 0],
    ['root-cause', 'degraded', ['degraded'], 1],
    ['no-problem', 'complete', ['degraded', 'inconclusive'], 0],
  ] as const)('of an answer that is %s and %s, failing on %j, is %i', (outcome, quality, failOn, exit) => {
    expect(exitCodeOfRequest({ phase: 'succeeded', outcome, quality }, failOn)).toBe(exit);
  });
});
