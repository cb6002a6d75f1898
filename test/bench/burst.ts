import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { submitRequest } from '../../src/client/submit-request.ts';
import { inboxRefPrefix, requestPath } from '../../src/domain/repository-layout.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';
import type { Room } from './fixture.ts';
import type { Bench, Part } from './measure.ts';
import { commitOrphan, dropRefs, push, shallowClone } from './raw-git.ts';
import { draftRequest } from './request.ts';
import { median, timed } from './sampling.ts';

const WRITERS = 32;
const RAW_REFS = 'refs/burst/';

/** Many people ask at the same moment, each from a machine of their own. */
export async function measureBurst(bench: Bench, room: Room): Promise<Part> {
  const rounds = bench.isQuick ? 1 : 7;
  const clone = await shallowClone(room, join(bench.folder, 'burst-raw'));
  const warRooms = await openWriters(bench, room);
  const ours: number[] = [];
  const raw: number[] = [];
  const inInbox: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const submits = await burstOfSubmits(warRooms);
      ours.push(submits.worstMs);
      inInbox.push(submits.inInbox);
      await dropRefs(room, inboxRefPrefix('refs/warroom'));
      raw.push(
        await worstOf(
          Array.from({ length: WRITERS }, (_, writer) => async () => {
            const { id, text } = draftRequest();
            await commitOrphan(clone, `refs/heads/burst-${writer}`, requestPath(id), text);
            await push(clone, `refs/heads/burst-${writer}`, `${RAW_REFS}${writer}`);
          }),
        ),
      );
      await dropRefs(room, RAW_REFS);
    }
  } finally {
    for (const warRoom of warRooms) await warRoom.close();
  }
  return {
    measures: [
      {
        what: `worst of ${WRITERS} submits at once ÷ worst of ${WRITERS} raw pushes at once, each to its own ref`,
        atMost: 3,
        unit: 'ratio',
        values: [median(ours) / median(raw)],
        rounds,
      },
      { what: `worst of ${WRITERS} submits at once`, unit: 'seconds', values: [median(ours) / 1000], rounds },
      { what: '… of which went to the inbox', unit: 'count', values: [median(inInbox)], rounds },
    ],
    timings: [],
  };
}

/** The machines of all writers: copies of one mirror. */
async function openWriters(bench: Bench, room: Room): Promise<readonly WarRoom[]> {
  const first = openTestWarRoom({ url: room.url, folder: bench.folder, cache: 'burst-0' });
  await first.refresh({ refPrefixes: [] });
  await first.close();
  const others = Array.from({ length: WRITERS - 1 }, (_, index) => `burst-${index + 1}`);
  for (const cache of others) {
    await cp(join(bench.folder, 'burst-0'), join(bench.folder, cache), { recursive: true });
  }
  return ['burst-0', ...others].map((cache) => openTestWarRoom({ url: room.url, folder: bench.folder, cache }));
}

async function burstOfSubmits(
  warRooms: readonly WarRoom[],
): Promise<{ readonly worstMs: number; readonly inInbox: number }> {
  for (const warRoom of warRooms) await warRoom.refresh({ refPrefixes: [] });
  let inInbox = 0;
  const worstMs = await worstOf(
    warRooms.map((warRoom) => {
      const draft = draftRequest();
      return async () => {
        const { inbox } = await submitRequest(warRoom, draft);
        if (inbox !== undefined) inInbox += 1;
      };
    }),
  );
  return { worstMs, inInbox };
}

/** Starts all at once; the time of the slowest. */
async function worstOf(runs: readonly (() => Promise<void>)[]): Promise<number> {
  return Math.max(...(await Promise.all(runs.map(timed))));
}
