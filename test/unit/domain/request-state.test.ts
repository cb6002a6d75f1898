import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal, type Phase } from '../../../src/domain/phase.ts';
import { combinedPhase, partState, wholePhase } from '../../../src/domain/request-state.ts';
import type { Claim, Status } from '../../../src/schema/generated.ts';
import { exampleRequest } from '../../support/example-request.ts';

const BEFORE = new Date('2026-11-21T14:30:12.000Z');
const AFTER = new Date('2026-11-21T14:30:12.001Z');

function status(phase: Status['phase']): Status {
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Status',
    id: exampleRequest.metadata.name,
    cluster: 'this-host',
    phase,
    attempt: 1,
    attempts: [],
    processor: { holder: 'processor-a', incarnation: 'aaaaaaaa', version: '0.1.0' },
    times: { createdAt: exampleRequest.metadata.timestamp },
    requestSha256: 'a'.repeat(64),
  };
}

const CLAIM: Claim = {
  apiVersion: 'warroom.intility.io/v1',
  kind: 'Claim',
  id: exampleRequest.metadata.name,
  cluster: 'this-host',
  holder: 'processor-a',
  incarnation: 'aaaaaaaa',
  attempt: 1,
  attempts: [],
  leaseSeconds: 120,
  nonce: 'a'.repeat(32),
  requestSha256: 'a'.repeat(64),
  claimedAt: exampleRequest.metadata.timestamp,
  progress: { phase: 'investigating', message: 'judging', done: 1, total: 2, updates: 3 },
};

describe('state of one part', () => {
  it.each<[Phase, string, Omit<Parameters<typeof partState>[0], 'cluster'>]>([
    ['pending', 'a request alone', { request: exampleRequest, now: BEFORE }],
    ['expired', 'a request alone when its time is over', { request: exampleRequest, now: AFTER }],
    ['investigating', 'a claim', { request: exampleRequest, claim: CLAIM, now: BEFORE }],
    ['investigating', 'a claim when the time is over', { request: exampleRequest, claim: CLAIM, now: AFTER }],
    ['investigating', 'a claim and a cancellation', { claim: CLAIM, isCancelled: true, now: BEFORE }],
    ['cancelled', 'a cancellation', { request: exampleRequest, isCancelled: true, now: BEFORE }],
    ['cancelled', 'a cancellation when the time is over', { request: exampleRequest, isCancelled: true, now: AFTER }],
    ['succeeded', 'an end and a claim that is left', { status: status('succeeded'), claim: CLAIM, now: AFTER }],
    ['rejected', 'an end and a cancellation', { status: status('rejected'), isCancelled: true, now: BEFORE }],
    ['pending', 'a status of somebody who died', { request: exampleRequest, status: status('claimed'), now: BEFORE }],
    ['pending', 'nothing at all', { now: AFTER }],
  ])('is %s with %s', (phase, _, facts) => {
    expect(partState({ cluster: 'this-host', ...facts }).phase).toBe(phase);
  });

  it('is what a terminal status says, whatever else is there', () => {
    const phases = ['succeeded', 'failed', 'timed-out', 'cancelled', 'rejected', 'expired'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...phases), fc.boolean(), fc.boolean(), fc.boolean(), (phase, a, b, isCancelled) => {
        const part = partState({
          cluster: 'this-host',
          request: exampleRequest,
          status: status(phase),
          claim: a ? CLAIM : undefined,
          isCancelled,
          now: b ? BEFORE : AFTER,
        });
        return part.phase === phase && part.status?.phase === phase;
      }),
    );
  });
});

describe('phase of several parts', () => {
  it.each<[Phase, Phase[]]>([
    ['pending', []],
    ['pending', ['succeeded', 'pending', 'failed']],
    ['collecting', ['succeeded', 'collecting', 'investigating']],
    ['failed', ['succeeded', 'failed', 'cancelled']],
    ['timed-out', ['succeeded', 'timed-out']],
    ['cancelled', ['cancelled', 'succeeded']],
    ['succeeded', ['succeeded', 'succeeded']],
  ])('is %s for %j', (expected, phases) => {
    expect(combinedPhase(phases)).toBe(expected);
  });

  it('is terminal only when all parts are, and does not depend on their order', () => {
    const phase = fc.constantFrom<Phase>(
      'pending',
      'claimed',
      'collecting',
      'investigating',
      'publishing',
      'succeeded',
      'failed',
      'timed-out',
      'cancelled',
      'rejected',
      'expired',
    );
    fc.assert(
      fc.property(fc.array(phase, { minLength: 1 }), (phases) => {
        const combined = combinedPhase(phases);
        return isTerminal(combined) === phases.every(isTerminal) && combinedPhase(phases.toReversed()) === combined;
      }),
    );
  });
});

describe('state of a request with parts that were not asked any more', () => {
  const skipped = { phase: 'cancelled', reasonCode: 'stopped-on-root-cause' } as const;

  it.each<[Phase, readonly Parameters<typeof wholePhase>[0][number][]]>([
    ['succeeded', [{ phase: 'succeeded' }, skipped]],
    ['failed', [skipped, { phase: 'failed', reasonCode: 'interrupted' }]],
    ['collecting', [{ phase: 'collecting' }, skipped]],
    ['cancelled', [skipped, skipped]],
    ['cancelled', [{ phase: 'succeeded' }, { phase: 'cancelled', reasonCode: 'cancelled' }]],
    ['pending', []],
  ])('is %s', (expected, parts) => {
    expect(wholePhase(parts)).toBe(expected);
  });
});
