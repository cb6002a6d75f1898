import { describe, expect, it } from 'vitest';
import { parseRequestId, type RequestId } from '../../../src/domain/request-id.ts';
import { fairOrder, nextMove, type MoveFacts } from '../../../src/processor/next-move.ts';
import type { Candidate } from '../../../src/processor/candidate.ts';
import type { Claim } from '../../../src/schema/generated.ts';
import { exampleRequest } from '../../support/example-request.ts';

const ID = id('2026-11-20-1430-api-timeout-k7m2');

function id(text: string): RequestId {
  const parsed = parseRequestId(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

function candidate(change: Partial<Candidate> = {}): Candidate {
  return {
    id: ID,
    file: { id: ID, path: 'p', bytes: Buffer.alloc(0), sha256: 'a'.repeat(64), signature: undefined },
    content: { kind: 'request', request: exampleRequest },
    source: { kind: 'branch' },
    tip: 'c0ffee',
    isCancelled: false,
    folder: 'results/x',
    ...change,
  };
}

function claimedBy(holder: string, incarnation: string, attempt = 1): Partial<Candidate> {
  const claim: Claim = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Claim',
    id: ID,
    cluster: 'hub',
    holder,
    incarnation,
    attempt,
    attempts: [],
    leaseSeconds: 120,
    nonce: '0'.repeat(32),
    requestSha256: 'a'.repeat(64),
    claimedAt: '2026-11-20T14:31:00Z',
    progress: { phase: 'claimed', message: '', done: 0, total: 0, updates: 0 },
  };
  return { claim: { ref: 'refs/warroom/claims/hub/x', commit: 'c', claim } };
}

function facts(change: Partial<MoveFacts> = {}): MoveFacts {
  return {
    holder: 'me',
    incarnation: 'now',
    isLeaseDead: false,
    known: undefined,
    admission: { kind: 'admitted', principal: 'alice@example.com', request: exampleRequest },
    now: new Date('2026-11-20T14:32:00Z'),
    ...change,
  };
}

const rejected = { kind: 'rejected', reason: { code: 'unsupported', message: 'no' } } as const;

describe('the next move', () => {
  it.each([
    ['runs a pending request', {}, {}, { kind: 'investigate', attempt: 1 }],
    ['takes up again what it claimed and never began', claimedBy('me', 'now'), {}, { kind: 'investigate', attempt: 1 }],
    [
      'counts what it began itself',
      claimedBy('me', 'now', 2),
      { known: { attempts: 1, isPublished: false } },
      { kind: 'investigate', attempt: 2 },
    ],
    ['waits for the end of what is no claim', { isClaimUnreadable: true }, {}, { kind: 'leave' }],
    [
      'takes over at once from an earlier start of itself',
      claimedBy('me', 'before'),
      {},
      { kind: 'investigate', attempt: 2 },
    ],
    ['leaves what a living processor claimed', claimedBy('other', 'x'), {}, { kind: 'leave' }],
    [
      'takes over from a dead processor',
      claimedBy('other', 'x'),
      { isLeaseDead: true },
      { kind: 'investigate', attempt: 2 },
    ],
    [
      'fails a request whose attempts are used up',
      claimedBy('other', 'x', 2),
      { isLeaseDead: true },
      { kind: 'conclude', phase: 'failed' },
    ],
    [
      'counts attempts of the ledger when the claim is gone',
      {},
      { known: { attempts: 2, isPublished: false } },
      { kind: 'conclude', phase: 'failed' },
    ],
    ['publishes a rejection', {}, { admission: rejected }, { kind: 'conclude', phase: 'rejected' }],
    ['publishes a cancellation', { isCancelled: true }, {}, { kind: 'conclude', phase: 'cancelled' }],
    [
      'leaves a cancellation to whoever works on it',
      { isCancelled: true, ...claimedBy('other', 'x') },
      {},
      { kind: 'leave' },
    ],
    ['leaves an expired request that nobody claimed', {}, { now: new Date('2026-12-20T00:00:00Z') }, { kind: 'leave' }],
    [
      'fails an expired request whose attempt died',
      claimedBy('me', 'before'),
      { now: new Date('2026-12-20T00:00:00Z') },
      { kind: 'conclude', phase: 'failed' },
    ],
  ])('%s', (_, change, moreFacts, expected) => {
    expect(nextMove(candidate(change as Partial<Candidate>), facts(moreFacts as Partial<MoveFacts>))).toMatchObject(
      expected,
    );
  });
});

describe('the order of work', () => {
  it('lets requesters take turns, oldest first within each', () => {
    const items = ['a 1', 'a 2', 'a 3', 'b 4', 'c 5'].map((text) => ({ requester: text[0] ?? '', id: text[2] ?? '' }));
    expect(fairOrder(items, new Map()).map((item) => item.id)).toEqual(['1', '4', '5', '2', '3']);
  });

  it('lets those wait who were served last', () => {
    const items = [
      { requester: 'a', id: '1' },
      { requester: 'b', id: '2' },
      { requester: 'c', id: '3' },
    ];
    const served = new Map([
      ['b', 1],
      ['a', 2],
    ]);
    expect(fairOrder(items, new Map(), served).map((item) => item.id)).toEqual(['3', '2', '1']);
  });

  it('lets those wait who have work running', () => {
    const items = [
      { requester: 'a', id: '1' },
      { requester: 'b', id: '2' },
    ];
    expect(fairOrder(items, new Map([['a', 1]])).map((item) => item.id)).toEqual(['2', '1']);
  });
});
