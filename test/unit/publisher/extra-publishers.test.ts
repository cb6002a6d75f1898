import { describe, expect, it } from 'vitest';
import { WarroomError } from '../../../src/domain/errors.ts';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { parseRequestId, type RequestId } from '../../../src/domain/request-id.ts';
import { ExtraPublishers } from '../../../src/publisher/extra-publishers.ts';
import type { Parcel, Publication, Publisher } from '../../../src/publisher/port.ts';
import { openPublisherQueue } from '../../../src/publisher/queue.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { withTempFolder } from '../../support/temp-folder.ts';
import { redacted } from '../../support/war-room-rig.ts';

function idOf(number: number): RequestId {
  const id = parseRequestId(`2026-11-20-1430-r${number}-k7m2`);
  if (id === undefined) throw new Error('no id');
  return id;
}

async function publication(number: number): Promise<Publication> {
  const files = new Map([['evidence/E001-a.txt', await redacted(`text ${number}`)]]);
  return { id: idOf(number), phase: 'succeeded', folder: `results/${number}`, files };
}

interface Rig {
  readonly publishers: ExtraPublishers;
  readonly delivered: Parcel[];
  readonly events: ProcessorEvent[];
  readonly clock: ReturnType<typeof createManualClock>;
  failure: Error | undefined;
}

async function withRig(action: (rig: Rig) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    const delivered: Parcel[] = [];
    const events: ProcessorEvent[] = [];
    const clock = createManualClock();
    const choose = ({ files }: Publication): { path: string; key: string; text: Parcel['text'] }[] =>
      [...files].map(([path, text]) => ({ path, key: `key/${path}`, text }));
    const publisher: Publisher = {
      name: 's3',
      offloading: { timeoutMs: 1000, choose },
      pick: (each) => Promise.resolve(choose(each).map(({ key, text }) => ({ name: key, text }))),
      deliver: (parcels) => {
        if (rig.failure !== undefined) return Promise.reject(rig.failure);
        delivered.push(...parcels);
        return Promise.resolve();
      },
      close: () => undefined,
    };
    const queue = await openPublisherQueue({ folder, verify: redacted, maxEntries: 10, maxBytes: 10_000 });
    const publishers = new ExtraPublishers({
      lanes: [{ publisher, queue }],
      clock,
      random: () => 1,
      emit: (event) => events.push(event),
      backoff: { firstMs: 1000, maxMs: 4000 },
    });
    const rig: Rig = { publishers, delivered, events, clock, failure: undefined };
    await action(rig);
    await publishers.close(0);
  });
}

const down = new WarroomError('offline', 'cannot write to the object store', { why: 'it cannot be reached' });

describe('publishers besides Git', () => {
  it('deliver what they accept', async () => {
    await withRig(async ({ publishers, delivered }) => {
      await publishers.accept(await publication(1));
      await publishers.settle();
      expect(delivered.map(({ text }) => text)).toEqual(['text 1']);
      expect(publishers.states).toEqual([{ name: 's3', waiting: 0 }]);
    });
  });

  it('keep what they cannot deliver, say it once, and try again after a pause that grows', async () => {
    await withRig(async (rig) => {
      const { publishers, events, clock, delivered } = rig;
      rig.failure = down;
      await publishers.accept(await publication(1));
      await publishers.settle();
      await publishers.accept(await publication(2));
      clock.advance(1001);
      await publishers.settle();
      expect(events).toEqual([
        {
          ...{ type: 'publisher-failed', publisher: 's3', code: 'offline', waiting: 1 },
          message: 'cannot write to the object store: it cannot be reached',
        },
      ]);
      expect(publishers.states).toMatchObject([{ name: 's3', waiting: 2, failure: { code: 'offline' } }]);
      rig.failure = undefined;
      // The second pause is twice as long.
      clock.advance(1500);
      await publishers.settle();
      expect(delivered).toEqual([]);
      clock.advance(600);
      await publishers.settle();
      expect(delivered.map(({ text }) => text)).toEqual(['text 1', 'text 2']);
      expect(events.at(-1)).toMatchObject({ type: 'publisher-recovered', publisher: 's3' });
    });
  });

  it('take nothing off Git when they fail, and are not asked again at once', async () => {
    await withRig(async (rig) => {
      const { publishers, clock } = rig;
      rig.failure = down;
      expect(await publishers.offload(await publication(1))).toEqual([]);
      rig.failure = undefined;
      expect(await publishers.offload(await publication(1))).toEqual([]);
      clock.advance(1001);
      expect(await publishers.offload(await publication(1))).toMatchObject([
        { path: 'evidence/E001-a.txt', key: 'key/evidence/E001-a.txt' },
      ]);
    });
  });

  it('tell nothing of an error that nobody foresaw', async () => {
    await withRig(async (rig) => {
      rig.failure = new Error('password=hunter2');
      await rig.publishers.accept(await publication(1));
      await rig.publishers.settle();
      expect(JSON.stringify(rig.events)).not.toContain('hunter2');
      expect(rig.events).toMatchObject([{ code: 'offline', message: 'it failed in a way that nobody foresaw' }]);
    });
  });
});
