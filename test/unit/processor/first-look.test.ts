import { describe, expect, it } from 'vitest';
import { parseRequestId, type RequestId } from '../../../src/domain/request-id.ts';
import type { Candidate } from '../../../src/processor/candidate.ts';
import { FirstLook, undecidedClaims, type LastLook, type Unpublished } from '../../../src/processor/first-look.ts';
import { LeaseObserver } from '../../../src/processor/lease-observer.ts';
import type { ClaimAttempt } from '../../../src/schema/generated.ts';
import { exampleRequest } from '../../support/example-request.ts';

const ID = idOf('2026-11-20-1430-slow-k7m2');
const OTHER = idOf('2026-11-20-1431-slow-k7m3');

function idOf(text: string): RequestId {
  const id = parseRequestId(text);
  if (id === undefined) throw new Error(`not an id: ${text}`);
  return id;
}

function candidate(id: RequestId, claim?: { holder: string; leaseSeconds: number; commit?: string }): Candidate {
  const bytes = new Uint8Array();
  return {
    id,
    file: { id, path: '', bytes, sha256: '', signature: undefined },
    content: { kind: 'request', request: exampleRequest },
    tip: 'a'.repeat(40),
    source: { kind: 'branch' },
    isCancelled: false,
    folder: '',
    ...(claim === undefined
      ? {}
      : { claim: { ref: `claims/${id}`, commit: claim.commit ?? 'b'.repeat(40), claim: { ...CLAIM, ...claim, id } } }),
  };
}

const CLAIM = {
  apiVersion: 'warroom.intility.io/v1',
  kind: 'Claim',
  cluster: 'web-1',
  incarnation: 'abababababababab',
  attempt: 1,
  attempts: [] as ClaimAttempt[],
  nonce: 'ab'.repeat(16),
  requestSha256: 'ab'.repeat(32),
  claimedAt: '2026-11-20T14:30:00.000Z',
  progress: { phase: 'claimed', message: 'claimed', done: 0, total: 0, updates: 0 },
} as const;

const NOTHING: Unpublished = { isPublished: () => false, stored: new Set(), held: new Set() };

function last(change: Partial<LastLook> = {}): LastLook {
  return { survey: { candidates: [candidate(ID)], undecided: [] }, left: new Map(), pause: undefined, ...change };
}

describe('what was pending at the first look', () => {
  const first = new FirstLook();
  first.note({ candidates: [candidate(ID)], undecided: [] });
  // What comes later belongs to the next run.
  first.note({ candidates: [candidate(OTHER)], undecided: [OTHER] });

  it.each<[string, Partial<LastLook>, Partial<Unpublished>, string | undefined]>([
    ['has an end when it is published', {}, { isPublished: () => true }, undefined],
    ['has an end when nobody sees it any more', { survey: { candidates: [], undecided: [] } }, {}, undefined],
    ['has an end when it has expired', { left: new Map([[ID, leave('expired', true)]]) }, {}, undefined],
    [
      'is open while its result is held',
      {},
      { held: new Set([ID]), stored: new Set([ID]) },
      'its result is held for release by the administrator',
    ],
    ['is open while its result waits', {}, { stored: new Set([ID]) }, 'its result is finished and not published yet'],
    ['is open while it was not read', { survey: { candidates: [], undecided: [ID] } }, {}, 'it could not be read yet'],
    [
      'is open while somebody else works',
      { left: new Map([[ID, leave('claimed by b')]]), pause: 'paused' },
      {},
      'claimed by b',
    ],
    ['is open in a pause', { pause: 'paused: storage' }, {}, 'paused: storage'],
    ['is open after a signal', {}, {}, 'this run was stopped before its turn'],
  ])('%s', (_, look, unpublished, why) => {
    const open = first.leftOpen(last(look), { ...NOTHING, ...unpublished });
    expect(open).toEqual(why === undefined ? [] : [{ id: ID, why }]);
  });
});

function leave(why: string, isOver = false): { kind: 'leave'; why: string; isOver: boolean } {
  return { kind: 'leave', why, isOver };
}

describe('a claim of somebody else', () => {
  const clock = { now: 0, monotonicMs: () => clock.now };

  it.each([
    ['is waited for as long as its lease may run out', { holder: 'b', leaseSeconds: 20 }, { afterMs: 24_000 }, 1],
    ['is decided when it is dead', { holder: 'b', leaseSeconds: 20 }, { afterMs: 26_000 }, 0],
    ['is decided when it was renewed', { holder: 'b', leaseSeconds: 20 }, { afterMs: 0, isRenewed: true }, 0],
    ['is not waited for when it is longer than the own', { holder: 'b', leaseSeconds: 21 }, { afterMs: 0 }, 0],
    ['is none when it is the own', { holder: 'a', leaseSeconds: 20 }, { afterMs: 0 }, 0],
  ])('%s', (_, claim, { afterMs, isRenewed = false }: { afterMs: number; isRenewed?: boolean }, count) => {
    const leases = new LeaseObserver(clock);
    const ref = `claims/${ID}`;
    leases.observe(new Map([[ref, 'b']]));
    clock.now += afterMs;
    leases.observe(new Map([[ref, isRenewed ? 'c' : 'b']]));
    const found = undecidedClaims([candidate(ID, claim), candidate(OTHER)], { holder: 'a', leaseSeconds: 20, leases });
    expect(found).toHaveLength(count);
  });
});
