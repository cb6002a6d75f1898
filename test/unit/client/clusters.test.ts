import { describe, expect, it } from 'vitest';
import { listClusters } from '../../../src/client/clusters.ts';
import { resolveTarget } from '../../../src/client/resolve-target.ts';
import { presenceRef } from '../../../src/domain/repository-layout.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { aCluster, aPresence, putCluster, putPresence } from '../../support/war-room-content.ts';

const NOW = new Date('2026-11-20T14:42:00Z');

describe('listClusters', () => {
  it('joins what is registered with who was seen', async () => {
    const warRoom = new MemoryWarRoom();
    putCluster(warRoom, aCluster('production-hub', { description: 'the hub', namespaces: ['clusters-prod-1'] }));
    putPresence(warRoom, aPresence());
    const { clusters } = await listClusters(warRoom, { now: NOW });
    expect(clusters).toMatchObject([
      {
        name: 'production-hub',
        type: 'hub',
        isRegistered: true,
        description: 'the hub',
        namespaces: ['clusters-prod-1'],
        strategies: [{ id: 'general' }, { id: 'api-timeout' }],
        processors: [{ holder: 'processor-0', pollSeconds: 30, isLive: true }],
        lastSeenAt: new Date('2026-11-20T14:40:00Z'),
        isLive: true,
      },
    ]);
  });

  it.each([
    ['14:12:00', true],
    ['14:11:59', false],
  ])('counts a processor that was seen at %s as live: %s', async (time, isLive) => {
    const warRoom = new MemoryWarRoom();
    putPresence(warRoom, aPresence({ seenAt: `2026-11-20T${time}.000Z` }));
    expect((await listClusters(warRoom, { now: NOW })).clusters).toMatchObject([{ isLive }]);
  });

  it('shows a cluster that only its processor speaks of', async () => {
    const warRoom = new MemoryWarRoom();
    putPresence(warRoom, aPresence({ cluster: 'new-hub' }));
    const { clusters } = await listClusters(warRoom, { now: NOW });
    expect(clusters).toMatchObject([{ name: 'new-hub', isRegistered: false }]);
  });

  it('takes the strategies of the registration while nobody is live', async () => {
    const warRoom = new MemoryWarRoom();
    const strategies = [{ id: 'etcd', title: 'etcd', steps: 1, seconds: 1 }];
    putCluster(warRoom, aCluster('production-hub', { strategies }));
    putPresence(warRoom, aPresence({ seenAt: '2026-11-01T00:00:00.000Z' }));
    expect((await listClusters(warRoom, { now: NOW })).clusters).toMatchObject([{ strategies, isLive: false }]);
  });

  it('does not believe a presence in the ref of another cluster', async () => {
    const warRoom = new MemoryWarRoom();
    const ref = presenceRef(warRoom.refNamespace, 'production-hub', 'processor-0');
    warRoom.putRef(ref, 'presence.json', formatJson('Presence', aPresence({ cluster: 'other' })));
    expect((await listClusters(warRoom, { now: NOW })).clusters).toEqual([]);
  });

  it('says which registrations cannot be used, and goes on', async () => {
    const warRoom = new MemoryWarRoom();
    warRoom.put('clusters/broken.yaml', 'nonsense');
    putCluster(warRoom, aCluster('production-hub'));
    warRoom.put('clusters/renamed.yaml', warRoom.text('clusters/production-hub.yaml') ?? '');
    const { clusters, invalid } = await listClusters(warRoom, { now: NOW });
    expect(clusters).toHaveLength(1);
    expect(invalid).toMatchObject([
      { path: 'clusters/broken.yaml' },
      {
        path: 'clusters/renamed.yaml',
        problem: 'metadata.name is "production-hub", the file is named for "renamed"',
      },
    ]);
  });
});

describe('resolveTarget', () => {
  const clustersNamed = async (...names: readonly string[]): Promise<Parameters<typeof resolveTarget>[0]> => {
    const warRoom = new MemoryWarRoom();
    for (const name of names) putCluster(warRoom, aCluster(name));
    putCluster(warRoom, aCluster('node-7', { type: 'host' }));
    return (await listClusters(warRoom, { now: NOW })).clusters;
  };

  it('takes a name', async () => {
    expect(resolveTarget(await clustersNamed('hub-a', 'hub-b'), { name: 'hub-b' })).toEqual({
      type: 'hub',
      name: 'hub-b',
    });
  });

  it('takes a type when there is one cluster of it', async () => {
    expect(resolveTarget(await clustersNamed('hub-a'), { name: 'hub' })).toEqual({ type: 'hub', name: 'hub-a' });
  });

  it('takes an unknown name with a type', () => {
    expect(resolveTarget([], { name: 'hub-z', type: 'hub' })).toEqual({ type: 'hub', name: 'hub-z' });
  });

  it.each([
    ['hub', 'there is more than one cluster of type hub', 'name one with --cluster'],
    ['hosted', 'there is no cluster of type hosted', 'see which there are: claude-warroom cluster list'],
    ['hub-c', 'there is no cluster "hub-c"', 'did you mean  --cluster hub-a ?'],
  ])('refuses %s and says what to do', async (name, message, hint) => {
    const clusters = await clustersNamed('hub-a', 'hub-b');
    expect(() => resolveTarget(clusters, { name })).toThrow(expect.objectContaining({ code: 'usage', message, hint }));
  });

  it('refuses a type that the cluster does not have', async () => {
    const clusters = await clustersNamed('hub-a');
    expect(() => resolveTarget(clusters, { name: 'hub-a', type: 'host' })).toThrow('hub-a is a hub, not a host');
  });
});
