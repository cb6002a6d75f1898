import { describe, expect, it } from 'vitest';
import { begin } from '../../../src/processor/steps/begin.ts';
import type { StoppedBy } from '../../../src/processor/cancellation.ts';
import type { Work } from '../../../src/processor/work.ts';
import { exampleRequest } from '../../support/example-request.ts';

function aWork(facts: {
  readonly isCancelled: boolean;
  readonly stoppedBy?: StoppedBy;
  readonly auditFailure?: Error;
}): {
  readonly work: Work;
  readonly written: string[];
} {
  const written: string[] = [];
  const cancelled = new AbortController();
  if (facts.isCancelled) cancelled.abort();
  const work = {
    context: {
      policy: undefined,
      ledger: {
        request: () => undefined,
        append: ({ event }: { event: string }) => Promise.resolve(written.push(event)),
      },
      audit: { flush: () => Promise.resolve(), failure: () => facts.auditFailure },
      clock: { monotonicMs: () => 0 },
      emit: () => undefined,
      failpoint: () => undefined,
    },
    candidate: { id: exampleRequest.metadata.name, file: {}, tip: 'tip' },
    move: { kind: 'investigate', request: exampleRequest, principal: 'alice@example.com', attempt: 2 },
    signal: new AbortController().signal,
    cancelled: cancelled.signal,
    stoppedBy: () => facts.stoppedBy,
    brake: { lookAtZone: () => Promise.resolve(), isSet: false },
  } as unknown as Work;
  return { work, written };
}

describe('the beginning of an attempt', () => {
  it('is in the ledger before anything runs', async () => {
    const { work, written } = aWork({ isCancelled: false });
    expect(await begin(work)).toEqual({ kind: 'next' });
    expect([work.move.kind, written]).toEqual(['investigate', ['accepted', 'started']]);
  });

  it('does not come when the audit log could not be written', async () => {
    const { work, written } = aWork({ isCancelled: false, auditFailure: new Error('EIO') });
    await expect(begin(work)).rejects.toThrow('EIO');
    expect(written).toEqual([]);
  });

  it.each<[string, StoppedBy | undefined, string]>([
    ['its requester withdrew it', undefined, 'cancelled'],
    ['the administrator stopped it', { who: 'carol@hub', reason: 'no' }, 'stopped-by-administrator'],
  ])('does not come when %s since the claim', async (_when, stoppedBy, code) => {
    const { work, written } = aWork({ isCancelled: true, ...(stoppedBy === undefined ? {} : { stoppedBy }) });
    expect(await begin(work)).toEqual({ kind: 'next' });
    expect(work.move).toMatchObject({ kind: 'conclude', phase: 'cancelled', attempt: 1, reason: { code } });
    expect(written).toEqual([]);
  });
});
