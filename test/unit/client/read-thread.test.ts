import { describe, expect, it } from 'vitest';
import { loadRequest } from '../../../src/client/load-requests.ts';
import { readFollowUps, readThread, type Thread } from '../../../src/client/read-thread.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { aRequest, putRequest, requestId } from '../../support/war-room-content.ts';

const OPTIONS = { namespace: 'refs/warroom', now: new Date('2026-11-20T15:00:00Z') };

function idOf(number: number): RequestId {
  return requestId(`2026-11-20-14${String(number).padStart(2, '0')}-question-aaaa`);
}

/** Question n follows up question `links[n]`. */
function aWarRoom(links: readonly (number | undefined)[]): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  for (const [at, to] of links.entries()) {
    putRequest(warRoom, aRequest(idOf(at), { spec: to === undefined ? {} : { followUp: idOf(to) } }));
  }
  return warRoom;
}

async function threadOf(warRoom: MemoryWarRoom, id: RequestId): Promise<Thread> {
  const snapshot = await warRoom.refresh({ refPrefixes: [] });
  const view = await loadRequest(snapshot, id, OPTIONS);
  if (view === undefined) throw new Error(`there is no ${id}`);
  return await readThread(snapshot, view, OPTIONS);
}

function ids({ earlier }: Thread): readonly RequestId[] {
  return earlier.map(({ id }) => id);
}

describe('thread of a request', () => {
  it('is empty for a first question', async () => {
    expect(await threadOf(aWarRoom([undefined]), idOf(0))).toEqual({ earlier: [] });
  });

  it('goes back to the first question, oldest first', async () => {
    const thread = await threadOf(aWarRoom([undefined, 0, 1, 1]), idOf(3));
    expect(ids(thread)).toEqual([idOf(0), idOf(1)]);
    expect(thread.before).toBeUndefined();
  });

  it('shows the ten nearest and names the one before them', async () => {
    const chain = Array.from({ length: 14 }, (_, at) => (at === 0 ? undefined : at - 1));
    const thread = await threadOf(aWarRoom(chain), idOf(13));
    expect(ids(thread)).toEqual(Array.from({ length: 10 }, (_, at) => idOf(at + 3)));
    expect(thread.before).toBe(idOf(2));
  });

  it('ends where somebody made it a circle', async () => {
    expect(ids(await threadOf(aWarRoom([2, 0, 1]), idOf(2)))).toEqual([idOf(0), idOf(1)]);
  });

  it('names an earlier question whose file is gone', async () => {
    const warRoom = aWarRoom([undefined]);
    putRequest(warRoom, aRequest(idOf(5), { spec: { followUp: idOf(4) } }));
    expect(await threadOf(warRoom, idOf(5))).toEqual({ earlier: [], before: idOf(4) });
  });
});

describe('follow-ups of a request', () => {
  it('are those that name it, oldest first', async () => {
    const snapshot = await aWarRoom([undefined, 0, 1, 0, undefined]).refresh({ refPrefixes: [] });
    const found = await readFollowUps(snapshot, idOf(0), OPTIONS);
    expect(found.map(({ id }) => id)).toEqual([idOf(1), idOf(3)]);
    expect(await readFollowUps(snapshot, idOf(4), OPTIONS)).toEqual([]);
  });
});
