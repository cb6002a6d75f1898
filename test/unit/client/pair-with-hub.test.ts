import { describe, expect, it } from 'vitest';
import type { ClusterView } from '../../../src/client/clusters.ts';
import { pairedNamespace, pairWithHub } from '../../../src/client/pair-with-hub.ts';

function cluster(name: string, type: ClusterView['type'], change: Partial<ClusterView> = {}): ClusterView {
  return {
    ...{ name, type, isRegistered: true, namespaces: [], groups: [], strategies: [], processors: [], isLive: false },
    ...change,
  };
}

const PROCESSOR = { holder: 'p-0' } as ClusterView['processors'][number];
const HUB = cluster('hub-a', 'hub');
const HOSTED = cluster('prod-1', 'hosted', { hub: 'hub-a', namespaces: ['openshift-etcd', 'clusters-prod-1'] });

describe('a hosted cluster', () => {
  it.each<[string, ClusterView, object]>([
    ['is answered by its hub', HOSTED, { name: 'hub-a', hosted: { name: 'prod-1', namespace: 'clusters-prod-1' } }],
    [
      'is looked for where HyperShift puts it, when its registration does not say',
      { ...HOSTED, namespaces: [] },
      { name: 'hub-a', hosted: { name: 'prod-1', namespace: 'clusters-prod-1' } },
    ],
    ['is asked itself when a processor serves it', { ...HOSTED, processors: [PROCESSOR] }, { name: 'prod-1' }],
    ['is asked itself when nobody knows its hub', cluster('prod-1', 'hosted'), { name: 'prod-1' }],
    ['is no hub', cluster('prod-1', 'hub', { hub: 'hub-a' }), { name: 'prod-1' }],
  ])('%s', (_, view, expected) => {
    expect(pairWithHub([HUB, view], { name: 'prod-1' })).toEqual(expected);
  });

  it('is left alone when it is unknown', () => {
    expect(pairWithHub([HUB], { name: 'prod-1' })).toEqual({ name: 'prod-1' });
  });
});

describe('the namespace of a request', () => {
  const one = pairWithHub([HOSTED], { name: 'prod-1' });
  const two = pairWithHub([cluster('prod-2', 'hosted', { hub: 'hub-b' })], { name: 'prod-2' });

  it('is that of the control plane', () => {
    expect(pairedNamespace([{ name: 'hub-b' }, one], undefined)).toBe('clusters-prod-1');
    expect(pairedNamespace([one], 'clusters-prod-1')).toBe('clusters-prod-1');
    expect(pairedNamespace([{ name: 'hub-b' }], 'shop')).toBe('shop');
  });

  it('cannot be two', () => {
    expect(() => pairedNamespace([one, two], undefined)).toThrow('prod-1 and prod-2 cannot be asked in one request');
    expect(() => pairedNamespace([one], 'shop')).toThrow('prod-1 is answered by its hub hub-a');
  });
});
