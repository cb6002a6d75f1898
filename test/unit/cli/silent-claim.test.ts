import { describe, expect, it } from 'vitest';
import { claimRef } from '../../../src/domain/repository-layout.ts';
import { runInProcess } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { aClaim, API_TIMEOUT, aRequest, putClaim, putRequest } from '../../support/war-room-content.ts';

/** A claim with a lease of 120 s that was renewed last at 14:31:00. */
function aWarRoom(clusters: readonly string[] = ['production-hub']): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  const targetClusters = clusters.map((name) => ({ type: 'hub' as const, name }));
  putRequest(
    warRoom,
    clusters.length < 2
      ? aRequest()
      : aRequest(API_TIMEOUT, { spec: { targetClusters, coordination: { mode: 'parallel' } } }),
  );
  const [cluster = ''] = clusters;
  putClaim(warRoom, aClaim(API_TIMEOUT, {}, { cluster }));
  warRoom.refTimes.set(claimRef(warRoom.refNamespace, cluster, API_TIMEOUT), new Date('2026-11-20T14:31:00Z'));
  return warRoom;
}

async function statusAt(time: string, options: { clusters?: readonly string[]; json?: true } = {}): Promise<string> {
  const flags = options.json === true ? ['--json'] : [];
  const warRoom = aWarRoom(options.clusters);
  const now = new Date(`2026-11-20T${time}Z`);
  return (await runInProcess(['status', API_TIMEOUT, ...flags], { warRoom, now, columns: 120 })).stdout;
}

const SILENT = 'nothing heard since 14:31:00 UTC, presumed dead';

describe('a claim that nobody renews any more', () => {
  // The lease, a quarter of it, and a minute for clocks that differ.
  it.each([
    ['14:31:30', false],
    ['14:34:30', false],
    ['14:34:31', true],
    ['23:00:00', true],
    ['14:00:00', false],
  ])('is presumed dead once its lease is long over: %s %s', async (time, isSilent) => {
    const text = await statusAt(time);
    expect(text.includes(SILENT)).toBe(isSilent);
    expect(text).toContain('11/14 checks');
    const json = JSON.parse(await statusAt(time, { json: true })) as { silentSince: string | null };
    expect(json.silentSince).toBe(isSilent ? '2026-11-20T14:31:00.000Z' : null);
  });

  it('is shown in the part that it is of', async () => {
    const text = await statusAt('14:40:00', { clusters: ['hub-a', 'hub-b'] });
    expect(text).toMatch(new RegExp(`hub-a .*collecting .*${SILENT}`, 'u'));
    expect(text).toMatch(/hub-b .*pending/u);
  });

  it('is told to whoever waits', async () => {
    const options = { warRoom: aWarRoom(), now: new Date('2026-11-20T14:40:00Z') };
    const { stderr } = await runInProcess(['get-results', API_TIMEOUT, '--wait', '1s'], options);
    expect(stderr).toContain(SILENT);
  });
});
