import { describe, expect, it } from 'vitest';
import { pollDelayMs, watchRequest } from '../../../src/client/watch-request.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import {
  aClaim,
  API_TIMEOUT,
  aRequest,
  aStatus,
  putClaim,
  putRequest,
  putStatus,
} from '../../support/war-room-content.ts';

const NOW = new Date('2026-11-20T14:31:00Z');

/** Changes one step at each look. */
function moves(warRoom: MemoryWarRoom, steps: readonly (() => void)[]): void {
  const left = [...steps];
  warRoom.onRefresh = () => left.shift()?.();
}

async function phases(views: AsyncIterable<{ readonly phase: string }>): Promise<readonly string[]> {
  const seen: string[] = [];
  for await (const { phase } of views) seen.push(phase);
  return seen;
}

describe('watchRequest', () => {
  it('shows every look until the request has ended', async () => {
    const warRoom = new MemoryWarRoom();
    moves(warRoom, [
      () => {
        putRequest(warRoom, aRequest());
      },
      () => {
        putClaim(warRoom, aClaim());
      },
      () => {
        putStatus(warRoom, aStatus());
      },
    ]);
    const clock = new FakeClock(NOW);
    expect(await phases(watchRequest(warRoom, API_TIMEOUT, { clock }))).toEqual(['pending', 'collecting', 'succeeded']);
    expect(clock.sleeps).toEqual([2000, 2000]);
  });

  it('waits for a request that is not visible yet', async () => {
    const warRoom = new MemoryWarRoom();
    moves(warRoom, [
      () => undefined,
      () => {
        putRequest(warRoom, aRequest());
        putStatus(warRoom, aStatus());
      },
    ]);
    const views = watchRequest(warRoom, API_TIMEOUT, { clock: new FakeClock(NOW) });
    expect(await phases(views)).toEqual(['succeeded']);
  });

  it('ends when the time is over, after one last look', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    const clock = new FakeClock(NOW);
    expect(await phases(watchRequest(warRoom, API_TIMEOUT, { clock, timeoutMs: 3000 }))).toHaveLength(3);
    expect(clock.sleeps).toEqual([2000, 1000]);
  });

  it('looks again when the network fails, and tells of it', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    putStatus(warRoom, aStatus());
    warRoom.failures.push('offline', 'timeout');
    const troubles: string[] = [];
    const views = watchRequest(warRoom, API_TIMEOUT, {
      clock: new FakeClock(NOW),
      onTrouble: ({ message }) => troubles.push(message),
    });
    expect(await phases(views)).toEqual(['succeeded']);
    expect(troubles).toHaveLength(2);
  });

  it.each([
    ['a network that stays away', Array.from({ length: 8 }, () => 'offline' as const), 'offline'],
    ['what looking again does not mend', ['authentication' as const], 'authentication'],
  ])('gives up at %s', async (_, failures, code) => {
    const warRoom = new MemoryWarRoom();
    warRoom.failures.push(...failures);
    const views = watchRequest(warRoom, API_TIMEOUT, { clock: new FakeClock(NOW) });
    await expect(phases(views)).rejects.toMatchObject({ code });
  });

  it('stops when it is told to', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    const stop = new AbortController();
    warRoom.onRefresh = () => {
      stop.abort();
    };
    const clock = new FakeClock(NOW);
    const watching = phases(watchRequest(warRoom, API_TIMEOUT, { clock, signal: stop.signal }));
    await expect(watching).rejects.toThrow('aborted');
  });
});

describe('pollDelayMs', () => {
  it('is short on this machine', () => {
    expect([0, 10, 100].map((look) => pollDelayMs(look, true))).toEqual([300, 300, 300]);
  });

  it('is even for five looks and grows to fifteen seconds then', () => {
    expect([0, 4, 5, 6, 12, 100].map((look) => Math.round(pollDelayMs(look, false)))).toEqual([
      2000, 2000, 2600, 3380, 15_000, 15_000,
    ]);
  });
});
