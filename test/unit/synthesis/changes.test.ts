import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/domain/finding.ts';
import type { PlaybookOutput, ReportChange } from '../../../src/schema/generated.ts';
import { findChanges } from '../../../src/synthesis/changes/find-changes.ts';
import { cite } from '../../../src/playbook/quote.ts';
import { namesSame } from '../../../src/synthesis/changes/names-same.ts';
import { objectFinder } from '../../../src/synthesis/dependencies/find-object.ts';
import { createGraph } from '../../../src/synthesis/dependencies/graph.ts';
import { hostDependencies } from '../../../src/synthesis/dependencies/host-dependencies.ts';
import { kubernetesDependencies } from '../../../src/synthesis/dependencies/kubernetes-dependencies.ts';
import type { RunOutput } from '../../../src/synthesis/run-outputs.ts';
import { findingOf } from './sample-judgement.ts';
import { minutesBefore, NOW, objectOf, outputOf, ownedBy } from './sample-outputs.ts';

function changesOf(outputs: readonly RunOutput[], findings: readonly Finding[] = []): readonly ReportChange[] {
  const [cluster, machine] = [kubernetesDependencies(outputs), hostDependencies(outputs)];
  const graph = createGraph(
    [...cluster.dependencies, ...machine.dependencies],
    [...cluster.objects, ...machine.objects],
  );
  return findChanges({ outputs, findings, graph, find: objectFinder(graph), now: NOW, cite });
}

const said = ({ at, kind, text }: ReportChange): string =>
  `${at === undefined ? '-' : (NOW.getTime() - Date.parse(at)) / 60_000} ${kind}: ${text}`;

const replicaSet = (name: string, minutes: number, image: string, replicas = 1): Record<string, unknown> =>
  objectOf(`ReplicaSet/shop/${name}`, {
    metadata: { creationTimestamp: minutesBefore(minutes), ...ownedBy('Deployment', 'api') },
    spec: { replicas, template: { spec: { containers: [{ image }] } } },
  });

describe('changes of Kubernetes objects', () => {
  it.each<[string, readonly unknown[], readonly string[]]>([
    [
      'a rollout with its images',
      [replicaSet('api-2', 20, 'api:1.8'), replicaSet('api-1', 90_000, 'api:1.7', 0)],
      ['20 rollout: deployment api was rolled out with image api:1.8 instead of api:1.7'],
    ],
    [
      'a rollback, which makes nothing new',
      [
        replicaSet('api-2', 60, 'api:1.8', 0),
        replicaSet('api-1', 90_000, 'api:1.7'),
        objectOf('Deployment/shop/api', {
          status: { conditions: [{ type: 'Progressing', status: 'True', lastUpdateTime: minutesBefore(5) }] },
        }),
      ],
      ['5 rollout: deployment api went back to an earlier version with image api:1.7 instead of api:1.8'],
    ],
    ['no rollout in the first version', [replicaSet('api-1', 20, 'api:1.7')], []],
    ['no rollout of last week', [replicaSet('api-2', 9000, 'b'), replicaSet('api-1', 90_000, 'a', 0)], []],
    [
      'a revision of a stateful set',
      [1, 90_000].map((minutes) =>
        objectOf(`ControllerRevision/shop/db-${minutes}`, {
          metadata: { creationTimestamp: minutesBefore(minutes), ...ownedBy('StatefulSet', 'db') },
        }),
      ),
      ['1 rollout: statefulset db was rolled out'],
    ],
    [
      'a deployment alone',
      [
        objectOf('Deployment/shop/api', {
          metadata: { generation: 4 },
          status: { conditions: [{ type: 'Progressing', status: 'True', lastUpdateTime: minutesBefore(7) }] },
        }),
      ],
      ['7 rollout: deployment api was rolled out (generation 4)'],
    ],
    [
      'what was made or is being deleted',
      [
        objectOf('NetworkPolicy/shop/deny', { metadata: { creationTimestamp: minutesBefore(3) } }),
        objectOf('Pod/shop/x', {
          metadata: { creationTimestamp: minutesBefore(3), deletionTimestamp: minutesBefore(2) },
        }),
        objectOf('PersistentVolumeClaim/shop/data', { metadata: { deletionTimestamp: minutesBefore(4) } }),
        objectOf('Node/n1', { metadata: { creationTimestamp: minutesBefore(9) } }),
      ],
      [
        '3 created: networkpolicy deny was created',
        '4 deleted: persistentvolumeclaim data is being deleted',
        '9 node: node n1 joined the cluster',
      ],
    ],
    [
      'nodes that restarted or were cordoned',
      [
        objectOf('Event/default/n1.1', {
          ...{ reason: 'Rebooted', message: 'Node n1 has been rebooted', lastTimestamp: minutesBefore(8) },
          involvedObject: { kind: 'Node', name: 'n1' },
        }),
        objectOf('Event/default/n1.2', {
          ...{ reason: 'BackOff', message: 'failing', lastTimestamp: minutesBefore(1) },
          involvedObject: { kind: 'Pod', name: 'x', namespace: 'shop' },
        }),
        objectOf('Node/n1', {
          spec: { taints: [{ key: 'node.kubernetes.io/unschedulable', timeAdded: minutesBefore(6) }] },
        }),
      ],
      ['6 node: node n1 was cordoned', '8 reboot: node n1: Node n1 has been rebooted'],
    ],
    [
      'versions, but not the first',
      [
        objectOf('ClusterVersion/version', {
          status: {
            history: [
              { startedTime: minutesBefore(50), version: '4.17.2', state: 'Partial' },
              { startedTime: minutesBefore(60), version: '4.17.1', state: 'Completed' },
            ],
          },
        }),
      ],
      ['50 version: clusterversion version is being changed to 4.17.2'],
    ],
    [
      'what Argo CD did',
      [
        objectOf('Application/argo/shop', {
          status: {
            sync: { status: 'Synced' },
            history: [{ deployedAt: minutesBefore(12), revision: '0123456789abcdef' }],
          },
        }),
      ],
      ['12 gitops: Argo CD application shop was synchronised to 0123456789ab'],
    ],
    [
      'nothing in the future',
      [objectOf('Service/shop/x', { metadata: { creationTimestamp: minutesBefore(-60) } })],
      [],
    ],
  ])('tell of %s', async (_what, items, expected) => {
    const changes = changesOf([await outputOf({ items })]);
    expect(changes.map(said)).toEqual(expected);
    for (const { citation } of changes) expect(citation.quote.length).toBeGreaterThan(7);
  });

  it('touch the pods of the new version and what depends on them, and not those of the old one', async () => {
    const pod = (name: string, owner: string): Record<string, unknown> =>
      objectOf(`Pod/shop/${name}`, { metadata: { labels: { app: 'api' }, ...ownedBy('ReplicaSet', owner) } });
    const items = [
      ...[replicaSet('api-2', 20, 'api:1.8'), replicaSet('api-1', 90_000, 'api:1.7', 0)],
      ...[pod('new', 'api-2'), pod('old', 'api-1')],
      objectOf('Service/shop/api', { spec: { selector: { app: 'api' } } }),
    ];
    const findings = ['pod/shop/new', 'pod/shop/old', 'service/shop/api', 'pod/shop/other'].map((object, index) =>
      findingOf(`F0${index}`, { object }),
    );
    expect(changesOf([await outputOf({ items })], findings).map((change) => change.findings)).toEqual([['F00', 'F02']]);
  });

  it('name what differs from Git only when it touches a finding', async () => {
    const items = [
      objectOf('Deployment/shop/api'),
      objectOf('Application/argo/shop', {
        status: {
          sync: { status: 'OutOfSync' },
          resources: [
            { kind: 'Deployment', namespace: 'shop', name: 'api', status: 'OutOfSync' },
            { kind: 'Deployment', namespace: 'shop', name: 'web', status: 'Synced' },
          ],
        },
      }),
    ];
    const outputs = [await outputOf({ items })];
    expect(changesOf(outputs)).toEqual([]);
    expect(changesOf(outputs, [findingOf('F01', { object: 'deployment/shop/api' })]).map(said)).toEqual([
      '- gitops: deployment api differs from Git (Argo CD application shop is OutOfSync)',
    ]);
  });
});

const seconds = (minutes: number): string => String(Math.floor(NOW.getTime() / 1000) - minutes * 60);
const table = (pattern: string): PlaybookOutput => ({ format: 'table', pattern });

describe('changes of a machine', () => {
  it('are packages, configuration, containers, starts and boots, newest first', async () => {
    const outputs = [
      await outputOf({ uptimeSeconds: 3600 }, { id: 'E001' }),
      await outputOf(`${seconds(30)} nginx-common\n${seconds(9000)} old\n`, {
        output: table('^(?<time>\\d+) (?<package>\\S+)$'),
      }),
      await outputOf(`${seconds(10)} root /etc/nginx/nginx.conf\n${seconds(5)} root /etc/ld.so.cache\n`, {
        output: table('^(?<time>\\d+) (?<owner>\\S+) (?<changed>/.*)$'),
      }),
      await outputOf(`web|shop/web:2|${minutesBefore(20)}\n`, {
        output: table('^(?<name>[^|]+)\\|(?<image>[^|]+)\\|(?<created>.+)$'),
      }),
      await outputOf(`Id=nginx.service\nActiveEnterTimestamp=Fri 2026-11-20 11:55:00 UTC\nNeedDaemonReload=yes\n`, {
        output: { format: 'kv', separator: '=' },
      }),
    ];
    const changes = changesOf(outputs, [findingOf('F01', { object: 'nginx.service' })]);
    expect(changes.map((change) => `${said(change)} [${change.findings.join()}]`)).toEqual([
      '5 restart: nginx.service was started [F01]',
      '10 configuration: /etc/nginx/nginx.conf was written (owner root) [F01]',
      '20 rollout: container web was made from shop/web:2 []',
      '30 package: package nginx-common was installed or upgraded [F01]',
      '60 reboot: the machine was started []',
      '- drift: the unit file of nginx.service was changed after systemd had read it [F01]',
    ]);
    expect(changes.map(({ citation }) => citation.quote)).toContain('ActiveEnterTimestamp=Fri 2026-11-20 11:55:00 UTC');
  });

  it('are differences from packages, when they belong to a service that is in trouble', async () => {
    const outputs = [
      await outputOf('??5?????? c /etc/nginx/nginx.conf\n??5?????? c /etc/other.conf\n', {
        output: table('^\\S+\\s+c\\s+(?<differs>/.*)$'),
      }),
      await outputOf('/etc/systemd/system/nginx.service.d/limits.conf\n', { output: table('^(?<override>/.*)$') }),
    ];
    expect(changesOf(outputs, [findingOf('F01', { object: 'nginx.service' })]).map(said)).toEqual([
      '- drift: /etc/nginx/nginx.conf is not as its package has it',
      '- drift: /etc/systemd/system/nginx.service.d/limits.conf changes what its package has',
    ]);
  });

  it('are bounded, and keep what touches a finding', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => `${seconds(index)} lib-${index}`);
    const output = await outputOf([...lines, `${seconds(2000)} nginx`].join('\n'), {
      output: table('^(?<time>\\d+) (?<package>\\S+)$'),
    });
    const changes = changesOf([output], [findingOf('F01', { object: 'nginx.service' })]);
    expect(changes).toHaveLength(16);
    expect(changes.at(-1)?.findings).toEqual(['F01']);
  });

  it('stand on one line, whatever a name holds', async () => {
    const output = await outputOf({
      items: [objectOf('Service/shop/x', { metadata: { name: 'a\nb\u202ec', creationTimestamp: minutesBefore(1) } })],
    });
    expect(changesOf([output])[0]?.text).not.toContain('\n');
  });
});

describe('names that belong together', () => {
  it.each([
    ['package/nginx-common', 'nginx.service', true],
    ['package/nginx', 'container/nginx', true],
    ['package/postgresql-15', 'postgresql@15-main.service', true],
    ['package/libnginx', 'nginx.service', false],
    ['/etc/nginx/nginx.conf', 'nginx.service', true],
    ['/etc/default/nginx', 'nginx.service', true],
    ['/etc/nginxx/a', 'nginx.service', false],
    ['/etc/a', 'a', false],
    ['/etc/hosts', '', false],
  ])('%s and %s: %s', (changed, object, expected) => {
    expect(namesSame(changed, object)).toBe(expected);
  });
});
