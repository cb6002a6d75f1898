import { describe, expect, it } from 'vitest';
import { cancelRequest, type CancelOptions } from '../../../src/client/cancel-request.ts';
import { listRequests } from '../../../src/client/list-requests.ts';
import type { RequestView } from '../../../src/client/request-view.ts';
import { cancelPath, inboxRef } from '../../../src/domain/repository-layout.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { API_TIMEOUT, aRequest, aStatus, putRequest, putStatus } from '../../support/war-room-content.ts';

const NOW = new Date('2026-11-20T14:42:00Z');
const OPTIONS: CancelOptions = {
  engineer: 'alice@example.com',
  reason: 'found it',
  sign: () => Promise.resolve(undefined),
  clock: new FakeClock(NOW),
  random: (size) => new Uint8Array(size),
};

async function viewOf(warRoom: MemoryWarRoom): Promise<RequestView> {
  const [view] = await listRequests(warRoom, { now: NOW });
  if (view === undefined) throw new Error('there is no request');
  return view;
}

describe('cancelRequest', () => {
  it('puts a cancel beside the request', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    expect(await cancelRequest(warRoom, await viewOf(warRoom), OPTIONS)).toMatchObject({ kind: 'sent' });
    const parsed = parseDocument('Cancel', warRoom.text(cancelPath(API_TIMEOUT)) ?? '', { file: 'cancel.yaml' });
    expect(parsed).toMatchObject({
      ok: true,
      value: { metadata: { name: API_TIMEOUT, engineer: 'alice@example.com' }, spec: { reason: 'found it' } },
    });
  });

  it('uses the inbox where the branch cannot be pushed, and is seen there', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    warRoom.submitsTo = 'inbox';
    await cancelRequest(warRoom, await viewOf(warRoom), OPTIONS);
    expect([...warRoom.refs.keys()]).toEqual([inboxRef('refs/warroom', API_TIMEOUT, 'cancel')]);
    expect(await cancelRequest(warRoom, await viewOf(warRoom), OPTIONS)).toEqual({ kind: 'already-asked' });
  });

  it('leaves alone what has ended', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    putStatus(warRoom, aStatus());
    const outcome = await cancelRequest(warRoom, await viewOf(warRoom), OPTIONS);
    expect(outcome).toEqual({ kind: 'ended', phase: 'succeeded' });
  });
});
