import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../../src/admission/ledger-format.ts';
import { createUsageBook } from '../../../src/admission/usage-book.ts';
import type { Ask } from '../../../src/policy/ask.ts';
import { decide, type Decision } from '../../../src/policy/decide.ts';
import type { Usage } from '../../../src/policy/usage.ts';
import { fairOrder } from '../../../src/processor/next-move.ts';
import { aRule, compiled } from '../../support/policy-text.ts';

const [ALICE, BOB] = ['alice@example.com', 'bob@example.com'];
const NOW = new Date('2026-11-20T14:30:00Z');
const USD = 0.5;
const policy = compiled({
  rules: [aRule({ who: [ALICE, BOB], maxUsd: USD })],
  limits: [{ name: 'each', per: 'person', requestsPerHour: 12, minutesPerDay: 240, usdPerDay: 3 }],
});

interface Handled {
  readonly requester: string;
  readonly decision: Decision;
}

/** Goes through a queue as a processor does that runs two at a time, each for a minute and 50 cents. */
function workThrough(queue: readonly { readonly requester: string; readonly id: string }[]): {
  readonly handled: readonly Handled[];
  readonly spent: ReadonlyMap<string, number>;
} {
  const book = createUsageBook();
  const spent = new Map<string, number>();
  const served = new Map<string, number>();
  const handled: Handled[] = [];
  let seq = 0;
  const note = (event: LedgerEvent): void => {
    book.note({ ...event, seq: ++seq, at: NOW.toISOString(), prev: '' });
  };
  const usage: Usage = {
    ...book,
    moneyOfDay: (principal) => ({ used: spent.get(principal) ?? 0, reserved: 0 }),
  };
  let pending = [...queue];
  while (pending.length > 0) {
    const started = fairOrder(pending, new Map(), served).slice(0, 2);
    pending = pending.filter((one) => !started.includes(one));
    for (const { requester, id } of started) {
      served.set(requester, handled.length + 1);
      const ask: Ask = {
        ...{ principal: requester, cluster: 'hub-1', namespaces: [], strategy: 'general', mode: 'read' },
        engine: 'claude',
        timeoutSeconds: 60,
      };
      const decision = decide(policy, ask, { usage, now: NOW, isCounted: false });
      handled.push({ requester, decision });
      if (decision.kind !== 'allowed') continue;
      note({ event: 'accepted', id, sha256: '', nonce: id, requester });
      note({ event: 'started', id, attempt: 1, incarnation: 'i', seconds: 60 });
      note({ event: 'finished', id, attempt: 1, phase: 'succeeded', ms: 60_000 });
      spent.set(requester, (spent.get(requester) ?? 0) + USD);
    }
  }
  return { handled, spent };
}

describe('threat 16: 1,000 requests of one person and a few of another', () => {
  const flood = Array.from({ length: 1000 }, (_, index) => ({
    requester: ALICE,
    id: `2026-11-20-1400-flood-${String(index).padStart(4, '0')}`,
  }));
  const few = Array.from({ length: 5 }, (_, index) => ({ requester: BOB, id: `2026-11-20-1429-honest-000${index}` }));
  const { handled, spent } = workThrough([...flood, ...few]);

  it('are served in turn: the few do not wait for the flood', () => {
    expect(handled.slice(0, 10).filter(({ requester }) => requester === BOB)).toHaveLength(5);
    expect(handled.filter(({ requester, decision }) => requester === BOB && decision.kind === 'allowed')).toHaveLength(
      5,
    );
  });

  it('cost what the policy gives one person and nothing more', () => {
    expect([...spent]).toEqual([
      [ALICE, 3],
      [BOB, 2.5],
    ]);
  });

  it('beyond that are all refused, each with the time to try again', () => {
    const refused = handled.filter(({ decision }) => decision.kind !== 'allowed');
    expect(refused).toHaveLength(994);
    for (const { decision } of refused) {
      expect(decision).toMatchObject({
        kind: 'denied',
        reason: {
          code: 'budget-used-up',
          hint: expect.stringContaining('try again after 2026-11-21 00:00 UTC') as string,
        },
        retryAt: new Date('2026-11-21T00:00:00Z'),
      });
    }
  });
});
