import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coordinationOf,
  isSkipped,
  partsThatMatter,
  turnOf,
  type Coordination,
  type OtherPart,
} from '../../../src/domain/coordination.ts';
import { isTerminal, type Phase } from '../../../src/domain/phase.ts';
import type { RequestCoordination, TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { exampleRequest } from '../../support/example-request.ts';

function asked(clusters: readonly string[], coordination: RequestCoordination): TroubleshootingRequest {
  const { targetCluster: _one, ...spec } = exampleRequest.spec;
  const targetClusters = clusters.map((name) => ({ type: 'hub' as const, name }));
  return { ...exampleRequest, spec: { ...spec, targetClusters, coordination } };
}

function other(phase: Phase, change: Partial<OtherPart> = {}): OtherPart {
  return { cluster: 'a', phase, isTrusted: true, isGivenUp: false, ...change };
}

const SEQUENTIAL: Coordination = { mode: 'sequential', stopOn: 'never' };
const PARALLEL: Coordination = { mode: 'parallel', stopOn: 'never' };
const UNTIL_CAUSE: Coordination = { mode: 'sequential', stopOn: 'root-cause' };
const UNTIL_FAILURE: Coordination = { mode: 'parallel', stopOn: 'failure' };

describe('parts that decide about another', () => {
  it.each<[string, RequestCoordination, string, readonly string[]]>([
    ['those before it, one after the other', { mode: 'sequential' }, 'c', ['a', 'b']],
    ['none for the first', { mode: 'sequential' }, 'a', []],
    ['none at once', { mode: 'parallel' }, 'b', []],
    ['none at once, whatever is found', { mode: 'parallel', stopOn: 'never' }, 'b', []],
    ['all others at once, when one may end the search', { mode: 'parallel', stopOn: 'failure' }, 'b', ['a', 'c']],
    ['none for a cluster that was not asked', { mode: 'sequential' }, 'x', []],
  ])('are %s', (_, coordination, cluster, expected) => {
    expect(partsThatMatter(asked(['a', 'b', 'c'], coordination), cluster)).toEqual(expected);
  });

  it('never stop a request that does not say so', () => {
    expect(coordinationOf(exampleRequest)).toEqual({ mode: 'parallel', stopOn: 'never' });
    expect(coordinationOf(asked(['a', 'b'], { mode: 'sequential' }))).toEqual(SEQUENTIAL);
  });
});

describe('the turn of a part', () => {
  it.each<[string, Coordination, readonly OtherPart[], object]>([
    ['is now when nobody comes before it', SEQUENTIAL, [], { kind: 'go', missing: [] }],
    ['is now at once, whoever works', PARALLEL, [other('collecting')], { kind: 'go', missing: [] }],
    [
      'is after the first that has not ended',
      SEQUENTIAL,
      [other('succeeded'), other('pending', { cluster: 'b' })],
      { kind: 'wait', cluster: 'b' },
    ],
    ['is after one at work', SEQUENTIAL, [other('investigating')], { kind: 'wait', cluster: 'a' }],
    [
      'is now without one that was given up',
      SEQUENTIAL,
      [other('pending', { isGivenUp: true })],
      { kind: 'go', missing: ['a'] },
    ],
    ['is now after a failure', SEQUENTIAL, [other('failed')], { kind: 'go', missing: [] }],
    [
      'does not come after a root cause',
      UNTIL_CAUSE,
      [other('succeeded', { outcome: 'root-cause' })],
      { kind: 'stop', reason: { code: 'stopped-on-root-cause' } },
    ],
    [
      'comes after a report without a cause',
      UNTIL_CAUSE,
      [other('succeeded', { outcome: 'inconclusive' })],
      { kind: 'go' },
    ],
    [
      'comes after a cause that nobody vouches for',
      UNTIL_CAUSE,
      [other('succeeded', { outcome: 'root-cause', isTrusted: false })],
      { kind: 'go' },
    ],
    [
      'does not come after one that was left out for the same reason',
      UNTIL_CAUSE,
      [other('cancelled', { reasonCode: 'stopped-on-root-cause' })],
      { kind: 'stop', reason: { code: 'stopped-on-root-cause' } },
    ],
    ['comes after a failure when only a cause ends the search', UNTIL_CAUSE, [other('failed')], { kind: 'go' }],
    [
      'does not come after a failure',
      UNTIL_FAILURE,
      [other('timed-out')],
      { kind: 'stop', reason: { code: 'stopped-on-failure', message: 'a timed-out (stopOn: failure)' } },
    ],
    ['does not come after a refusal', UNTIL_FAILURE, [other('rejected')], { kind: 'stop' }],
    [
      'comes after a failure that nobody vouches for',
      UNTIL_FAILURE,
      [other('failed', { isTrusted: false })],
      { kind: 'go' },
    ],
    [
      'does not come when silence is a failure',
      { ...SEQUENTIAL, stopOn: 'failure' },
      [other('pending', { isGivenUp: true, isTrusted: false })],
      { kind: 'stop', reason: { message: 'a has not answered in time (stopOn: failure)' } },
    ],
    [
      'comes after a root cause when only a failure ends the search',
      UNTIL_FAILURE,
      [other('succeeded', { outcome: 'root-cause' })],
      { kind: 'go' },
    ],
  ])('%s', (_, coordination, others, expected) => {
    expect(turnOf(coordination, others)).toMatchObject(expected);
  });

  const anyOther = fc.record({
    cluster: fc.constantFrom('a', 'b', 'c'),
    phase: fc.constantFrom<Phase>('pending', 'claimed', 'collecting', 'succeeded', 'failed', 'cancelled', 'expired'),
    outcome: fc.constantFrom('root-cause' as const, 'no-problem' as const, undefined),
    reasonCode: fc.constantFrom('cancelled', 'stopped-on-failure', undefined),
    isTrusted: fc.boolean(),
    isGivenUp: fc.boolean(),
  });

  it('always comes when everybody before it has ended or was given up, and never while one has not', () => {
    fc.assert(
      fc.property(fc.array(anyOther, { maxLength: 6 }), (others) => {
        const turn = turnOf(SEQUENTIAL, others);
        const isOpen = others.some(({ phase, isGivenUp }) => !isTerminal(phase) && !isGivenUp);
        expect(turn.kind).toBe(isOpen ? 'wait' : 'go');
      }),
    );
  });

  it('is never decided by the words of those who are not trusted, only by their silence', () => {
    fc.assert(
      fc.property(
        fc.array(
          anyOther.map((one) => ({ ...one, isTrusted: false, isGivenUp: false })),
          { maxLength: 6 },
        ),
        fc.constantFrom<Coordination['stopOn']>('root-cause', 'failure', 'never'),
        (others, stopOn) => {
          expect(turnOf({ mode: 'sequential', stopOn }, others)).toEqual(turnOf(SEQUENTIAL, others));
        },
      ),
    );
  });
});

it.each<[boolean, Phase, string | undefined]>([
  [true, 'cancelled', 'stopped-on-root-cause'],
  [true, 'cancelled', 'stopped-on-failure'],
  [false, 'cancelled', 'cancelled'],
  [false, 'cancelled', undefined],
  [false, 'failed', 'stopped-on-failure'],
])('says %s about being left out: %s for %s', (expected, phase, code) => {
  expect(isSkipped(phase, code)).toBe(expected);
});
