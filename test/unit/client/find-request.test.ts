import { describe, expect, it } from 'vitest';
import { findRequest } from '../../../src/client/find-request.ts';
import { requestPath } from '../../../src/domain/repository-layout.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { API_TIMEOUT, aRequest, putInboxRequest, putRequest, requestId } from '../../support/war-room-content.ts';

const NODES = requestId('2026-11-20-1421-nodes-notready-x2q9');
const OLD = requestId('2026-09-01-0800-old-aaaa');

function aWarRoom(): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  putRequest(warRoom, aRequest());
  putRequest(warRoom, aRequest(NODES, { metadata: { engineer: 'bob@example.com' } }));
  putRequest(warRoom, aRequest(OLD));
  return warRoom;
}

async function find(warRoom: MemoryWarRoom, selector: string, principal?: string): Promise<string> {
  const now = new Date('2026-11-20T14:42:00Z');
  const found = await findRequest(warRoom, { selector, now, principal: () => Promise.resolve(principal) });
  return found.view.id;
}

describe('findRequest', () => {
  it.each([
    ['a whole id', API_TIMEOUT, API_TIMEOUT],
    ['capital letters', API_TIMEOUT.toUpperCase(), API_TIMEOUT],
    ['a unique beginning', '2026-11-20-1421', NODES],
    ['a whole id older than the recent days', OLD, OLD],
    ['the beginning of an old id with its whole date', '2026-09-01', OLD],
  ])('finds %s', async (_, selector, expected) => {
    expect(await find(aWarRoom(), selector)).toBe(expected);
  });

  it('finds what waits in the inbox', async () => {
    const warRoom = new MemoryWarRoom();
    putInboxRequest(warRoom, aRequest());
    expect(await find(warRoom, '2026-11-20')).toBe(API_TIMEOUT);
  });

  it('names the candidates of an ambiguous beginning', async () => {
    await expect(find(aWarRoom(), '2026-11-20')).rejects.toMatchObject({
      code: 'ambiguous',
      message: '"2026-11-20" fits 2 requests',
      why: `${API_TIMEOUT}, ${NODES}`,
    });
  });

  it.each(['2027', 'nonsense', '2026-11-20-1430-api-timeout-zzzz'])('does not find %s', async (selector) => {
    await expect(find(aWarRoom(), selector)).rejects.toMatchObject({ code: 'not-found' });
  });

  describe('@last', () => {
    it('is the newest request of my own', async () => {
      expect(await find(aWarRoom(), '@last', 'bob@example.com')).toBe(NODES);
    });

    it('is the newest of all for somebody who has asked nothing, and for nobody', async () => {
      expect(await find(aWarRoom(), '@last', 'carol@example.com')).toBe(API_TIMEOUT);
      expect(await find(aWarRoom(), '@last')).toBe(API_TIMEOUT);
    });

    it('goes by time, not by the letters of the id', async () => {
      const warRoom = new MemoryWarRoom();
      const first = requestId('2026-11-20-1430-zebra-aaaa');
      putRequest(warRoom, aRequest(first, { metadata: { timestamp: '2026-11-20T14:30:01.000Z' } }));
      putRequest(warRoom, aRequest(API_TIMEOUT, { metadata: { timestamp: '2026-11-20T14:30:59.000Z' } }));
      expect(await find(warRoom, '@last')).toBe(API_TIMEOUT);
    });

    it('passes over files that cannot be read', async () => {
      const warRoom = aWarRoom();
      warRoom.put(requestPath(requestId('2026-11-20-1440-broken-aaaa')), 'nonsense');
      expect(await find(warRoom, '@last')).toBe(API_TIMEOUT);
    });

    it('says that there is none', async () => {
      await expect(find(new MemoryWarRoom(), '@last')).rejects.toMatchObject({ code: 'not-found' });
    });
  });
});
