import { describe, expect, it } from 'vitest';
import { listRequests } from '../../../src/client/list-requests.ts';
import { cancelPath, requestPath, signaturePath } from '../../../src/domain/repository-layout.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import {
  aClaim,
  API_TIMEOUT,
  aRequest,
  aStatus,
  putClaim,
  putInboxRequest,
  putRequest,
  putStatus,
  requestId,
} from '../../support/war-room-content.ts';

const NOW = new Date('2026-11-20T14:42:00Z');
const NODES = requestId('2026-11-20-1421-nodes-notready-x2q9');
const INGRESS = requestId('2026-11-19-0902-ingress-503-p8rt');

function phasesOf(views: Awaited<ReturnType<typeof listRequests>>): Record<string, string> {
  return Object.fromEntries(views.map(({ id, phase }) => [id, phase]));
}

describe('listRequests', () => {
  it('derives the phase from the result, then the claim, then time', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    putStatus(warRoom, aStatus());
    putRequest(warRoom, aRequest(NODES));
    putStatus(warRoom, aStatus(NODES, { phase: 'collecting' }));
    putClaim(warRoom, aClaim(NODES, { phase: 'publishing' }));
    putRequest(warRoom, aRequest(INGRESS));
    expect(phasesOf(await listRequests(warRoom, { now: NOW }))).toEqual({
      [API_TIMEOUT]: 'succeeded',
      [NODES]: 'publishing',
      [INGRESS]: 'expired',
    });
  });

  it('shows the newest first', async () => {
    const warRoom = new MemoryWarRoom();
    for (const id of [INGRESS, API_TIMEOUT, NODES]) putRequest(warRoom, aRequest(id));
    const views = await listRequests(warRoom, { now: NOW });
    expect(views.map(({ id }) => id)).toEqual([API_TIMEOUT, NODES, INGRESS]);
  });

  it('leaves out canaries unless it is asked for them', async () => {
    const warRoom = new MemoryWarRoom();
    const canary = requestId('2026-11-20-1430-canary-k7m2');
    const named = requestId('2026-11-20-1431-canary-deploy-k7m2');
    for (const id of [canary, named]) putRequest(warRoom, aRequest(id));
    expect((await listRequests(warRoom, { now: NOW })).map(({ id }) => id)).toEqual([named]);
    const all = await listRequests(warRoom, { now: NOW, filter: { canaries: true } });
    expect(all.map(({ id }) => id)).toEqual([named, canary]);
  });

  it('needs at most two fetches for a table of fifty', async () => {
    const warRoom = new MemoryWarRoom();
    for (let minute = 0; minute < 60; minute++) {
      const id = requestId(`2026-11-20-12${String(minute).padStart(2, '0')}-load-aaaa`);
      putRequest(warRoom, aRequest(id));
      putStatus(warRoom, aStatus(id));
    }
    expect(await listRequests(warRoom, { now: NOW })).toHaveLength(50);
    expect(warRoom.fetches).toBe(2);
  });

  it('always shows open requests, however many newer ones have ended', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest(NODES));
    putRequest(warRoom, aRequest());
    putStatus(warRoom, aStatus());
    const views = await listRequests(warRoom, { now: NOW, filter: { limit: 1 } });
    expect(views.map(({ id }) => id)).toEqual([API_TIMEOUT, NODES]);
  });

  it('shows what waits in the inbox', async () => {
    const warRoom = new MemoryWarRoom();
    putInboxRequest(warRoom, aRequest());
    const [view] = await listRequests(warRoom, { now: NOW });
    expect(view).toMatchObject({ id: API_TIMEOUT, phase: 'pending', isInInbox: true });
  });

  it('knows a cancelled request before anybody has answered it', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    warRoom.put(cancelPath(API_TIMEOUT), 'anything');
    expect(phasesOf(await listRequests(warRoom, { now: NOW }))).toEqual({ [API_TIMEOUT]: 'cancelled' });
  });

  it('sees that a signature lies beside the request', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    warRoom.put(signaturePath(requestPath(API_TIMEOUT)), 'signature');
    expect(await listRequests(warRoom, { now: NOW })).toMatchObject([{ isSigned: true }]);
  });

  it.each([
    ['YAML that is none', '\u001b[31m', '100644', /U\+001B/u],
    ['another kind', 'apiVersion: warroom.intility.io/v1\nkind: Cancel\n', '100644', /kind/u],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe]), '100644', /UTF-8/u],
    ['a symlink', '/etc/passwd', '120000', /mode 120000/u],
    ['a huge file', 'x'.repeat(70_000), '100644', /larger than/u],
  ])('shows %s as invalid', async (_, content, mode, problem) => {
    const warRoom = new MemoryWarRoom();
    warRoom.put(requestPath(API_TIMEOUT), content, mode);
    const [view] = await listRequests(warRoom, { now: NOW });
    expect(view).toMatchObject({ id: API_TIMEOUT, phase: 'invalid', clusters: [] });
    expect(view?.problem).toMatch(problem);
  });

  it('removes escape sequences from what others wrote', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    putStatus(
      warRoom,
      aStatus(API_TIMEOUT, { bottomLine: 'all is well', reason: { code: 'x', message: 'two\nlines' } }),
    );
    const [view] = await listRequests(warRoom, { now: NOW });
    expect(view?.reason?.message).toBe('two lines');
  });

  it.each([
    ['cluster', { cluster: 'other' }, []],
    ['phase', { phases: ['succeeded'] as const }, [API_TIMEOUT]],
    ['requester', { requester: 'bob@example.com' }, [NODES]],
  ])('filters by %s', async (_, filter, expected) => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    putStatus(warRoom, aStatus());
    putRequest(warRoom, aRequest(NODES, { metadata: { engineer: 'bob@example.com' } }));
    const views = await listRequests(warRoom, { now: NOW, filter });
    expect(views.map(({ id }) => id)).toEqual(expected);
  });

  it('looks back as many days as it is told', async () => {
    const warRoom = new MemoryWarRoom();
    const old = requestId('2026-10-20-0800-old-aaaa');
    putRequest(warRoom, aRequest(old));
    expect(await listRequests(warRoom, { now: NOW })).toEqual([]);
    expect(await listRequests(warRoom, { now: NOW, filter: { days: 40 } })).toHaveLength(1);
  });

  it('reads several clusters as one: what is not done yet speaks', async () => {
    const warRoom = new MemoryWarRoom();
    const request = aRequest(API_TIMEOUT, {
      spec: {
        targetClusters: [
          { type: 'hub', name: 'hub-a' },
          { type: 'hub', name: 'hub-b' },
        ],
        coordination: { mode: 'parallel' },
      },
    });
    putRequest(warRoom, request);
    putStatus(warRoom, aStatus(API_TIMEOUT, { cluster: 'hub-a', quality: 'degraded' }), request);
    putClaim(warRoom, aClaim(API_TIMEOUT, {}, { cluster: 'hub-b' }));
    const [view] = await listRequests(warRoom, { now: NOW });
    expect(view).toMatchObject({
      phase: 'collecting',
      clusters: ['hub-a', 'hub-b'],
      quality: 'degraded',
      parts: [{ phase: 'succeeded' }, { phase: 'collecting' }],
    });
  });

  it('adds up what several clusters cost, and names the cluster of a reason', async () => {
    const warRoom = new MemoryWarRoom();
    const targetClusters = [
      { type: 'hub', name: 'hub-a' },
      { type: 'hub', name: 'hub-b' },
    ] as const;
    const request = aRequest(API_TIMEOUT, {
      spec: { targetClusters: [...targetClusters], coordination: { mode: 'parallel' } },
    });
    putRequest(warRoom, request);
    putStatus(warRoom, aStatus(API_TIMEOUT, { cluster: 'hub-a', cost: { usd: 0.25, turns: 4 } }), request);
    const qualityReasons = ['1 check denied: dmesg'];
    const cost = { usd: 0.5, turns: 6 };
    const other = aStatus(API_TIMEOUT, { cluster: 'hub-b', quality: 'degraded', qualityReasons, cost });
    putStatus(warRoom, other, request);
    const [view] = await listRequests(warRoom, { now: NOW });
    expect(view).toMatchObject({
      phase: 'succeeded',
      quality: 'degraded',
      qualityReasons: ['1 check denied: dmesg (hub-b)'],
      usd: 0.75,
      turns: 10,
    });
  });
});
