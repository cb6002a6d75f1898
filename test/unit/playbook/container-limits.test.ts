import { describe, expect, it } from 'vitest';
import { containerUsage, limitsFromRanges } from '../../../src/playbook/detectors/container-limits.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';

type Fields = Readonly<Record<string, unknown>>;

function listOf(...items: readonly unknown[]): StepData {
  return { root: { items }, lines: [], spanOf: () => undefined, isPartial: false };
}

function itemsOf(candidates: readonly { readonly item: unknown }[] | undefined): readonly unknown[] | undefined {
  return candidates?.map(({ item }) => item);
}

describe('container-usage', () => {
  const metrics = listOf({
    metadata: { name: 'etcd-0', namespace: 'cp' },
    containers: [
      { name: 'etcd', usage: { cpu: '475m' } },
      { name: 'gone', usage: { cpu: '1' } },
    ],
  });
  const judge = (resources: Fields | undefined): unknown =>
    itemsOf(
      containerUsage(
        metrics,
        (step) =>
          step === 'members' && resources !== undefined
            ? listOf({
                metadata: { name: 'etcd-0', namespace: 'cp' },
                spec: { containers: [{ name: 'etcd', resources }] },
              })
            : undefined,
        { now: new Date(), inputs: {}, settings: { pods: 'members' } },
      ),
    );
  const measured = { pod: 'etcd-0', namespace: 'cp', container: 'etcd', cpu: '475m' };

  it('compares with what the container asked for and may take', () => {
    const resources = { requests: { cpu: '250m' }, limits: { cpu: '500m' } };
    expect(judge(resources)).toEqual([{ ...measured, cpuOfLimit: 95, cpuOfRequest: 190 }]);
  });

  it('says nothing of a limit that is not there', () => {
    expect(judge({ limits: { cpu: '0' } })).toEqual([measured]);
  });

  it('says nothing while the pods are not known', () => {
    expect(judge(undefined)).toBeUndefined();
  });
});

describe('limits-from-ranges', () => {
  const podOf = (limits: Fields, owner = 'r1'): StepData =>
    listOf({
      metadata: { name: 'web-1', namespace: 'shop', ownerReferences: [{ uid: owner }] },
      spec: { containers: [{ name: 'web', resources: { limits } }] },
      status: { containerStatuses: [{ name: 'web', ready: true }] },
    });
  const ownerOf = (resources: Fields): StepData =>
    listOf({
      metadata: { name: 'web', uid: 'r1' },
      spec: { template: { spec: { containers: [{ name: 'web', resources }] } } },
    });
  const ranges = listOf({
    metadata: { name: 'usual' },
    spec: { limits: [{ type: 'Pod' }, { type: 'Container', default: { memory: '1Gi', cpu: '1' } }] },
  });
  const judge = (pods: StepData | undefined, owners: StepData | undefined): unknown =>
    itemsOf(limitsFromRanges(ranges, (step) => (step === 'owners' ? owners : pods)));

  it('finds the limit that the workload did not ask for, however it is written', () => {
    expect(judge(podOf({ memory: '1024Mi' }), ownerOf({}))).toEqual([
      {
        ...{ pod: 'web-1', namespace: 'shop', container: 'web', resource: 'memory', limit: '1Gi', range: 'usual' },
        status: { name: 'web', ready: true },
      },
    ]);
  });

  it.each<[string, StepData, StepData]>([
    ['the workload asked for it', podOf({ memory: '1Gi' }), ownerOf({ limits: { memory: '1Gi' } })],
    ['the limit is another one', podOf({ memory: '2Gi' }), ownerOf({})],
    ['nobody knows the workload', podOf({ memory: '1Gi' }, 'r2'), ownerOf({})],
    ['there is no limit', podOf({}), ownerOf({})],
    ['it cannot be compared', podOf({ 'example.com/gpu': 'many' }), ownerOf({})],
  ])('finds nothing where %s', (_what, pods, owners) => {
    expect(judge(pods, owners)).toEqual([]);
  });

  it('says nothing while owners or pods are not known as a whole', () => {
    const pods = podOf({ memory: '1Gi' });
    expect(judge(pods, undefined)).toBeUndefined();
    expect(judge(undefined, ownerOf({}))).toBeUndefined();
    expect(judge(pods, { ...ownerOf({}), isPartial: true })).toBeUndefined();
    expect(judge({ ...pods, isPartial: true }, ownerOf({}))).toBeUndefined();
  });
});
