import { withTempFolder } from '../support/temp-folder.ts';
import { judgeCase, type JudgingTools } from './judge-case.ts';
import { stageObjects, type ObjectLists } from './staged-objects.ts';

const PODS = 1000;
const PODS_OF_NODE = 50;
const CREATED = '2026-11-01T00:00:00Z';
const NOW = new Date('2026-11-20T12:00:00Z');

/** Playbooks that look at the pods of a namespace or of the cluster, with their inputs. */
const QUESTIONS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['workload-crashloop', { namespace: 'shop' }],
  ['storage', { namespace: 'shop' }],
  ['ingress-dns', { namespace: 'shop' }],
  ['node-health', {}],
  ['cluster-triage', {}],
];

export interface ManyPods {
  readonly pods: number;
  readonly byPlaybook: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

/** How long playbooks need for a namespace with a thousand pods, a tenth of them ill, each with events. */
export async function measureManyPods(tools: JudgingTools): Promise<ManyPods> {
  return await withTempFolder(async (folder) => {
    await stageObjects(folder, manyPods());
    const byPlaybook: Record<string, number> = {};
    for (const [playbook, inputs] of QUESTIONS) {
      const evalCase = { playbook, provenance: 'generated', causes: [], inputs, now: NOW };
      byPlaybook[playbook] = (await judgeCase({ id: playbook, folder, evalCase }, tools)).ms;
    }
    return { pods: PODS, byPlaybook, slowestMs: Math.max(...Object.values(byPlaybook)) };
  }, 'warroom-eval');
}

function manyPods(): ObjectLists {
  const numbers = Array.from({ length: PODS }, (_, index) => index);
  const ill = numbers.filter((number) => number % 10 === 0);
  const nodes = numbers.filter((number) => number % PODS_OF_NODE === 0);
  return {
    pods: numbers.map(podOf),
    events: ill.flatMap((number) => ['BackOff', 'Unhealthy', 'Failed'].map((reason) => eventOf(number, reason))),
    nodes: nodes.map((number) => ({
      kind: 'Node',
      metadata: { name: nodeOf(number), creationTimestamp: CREATED },
      status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: CREATED, lastHeartbeatTime: NOW }] },
    })),
    persistentvolumeclaims: [],
    deployments: [],
    services: [],
    routes: [],
  };
}

function nodeOf(number: number): string {
  return `worker-${Math.floor(number / PODS_OF_NODE)}`;
}

function podOf(number: number): unknown {
  const isIll = number % 10 === 0;
  const since = isIll ? '2026-11-20T11:00:00Z' : CREATED;
  const last = { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-11-20T11:55:00Z' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name: `web-${number}`, namespace: 'shop', uid: `pod-${number}`, creationTimestamp: CREATED },
      labels: { app: 'web' },
      // What the API server keeps about who wrote which field, so that a pod has its usual 4 KB.
      annotations: { 'example.com/notes': 'x'.repeat(3000) },
    },
    spec: { nodeName: nodeOf(number), containers: [{ name: 'web', image: 'registry.example.com/web:1' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: isIll ? 'False' : 'True', lastTransitionTime: since }],
      containerStatuses: [
        {
          ...{ name: 'web', ready: !isIll, restartCount: isIll ? 12 : 0 },
          state: isIll ? { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } } : { running: {} },
          lastState: isIll ? last : {},
        },
      ],
    },
  };
}

function eventOf(number: number, reason: string): unknown {
  const times = { firstTimestamp: '2026-11-20T11:00:00Z', lastTimestamp: '2026-11-20T11:58:00Z' };
  return {
    kind: 'Event',
    metadata: { name: `web-${number}.${reason}`, namespace: 'shop' },
    ...{ type: 'Warning', reason, message: `${reason} of container web`, count: 20, ...times },
    involvedObject: { kind: 'Pod', name: `web-${number}`, namespace: 'shop', uid: `pod-${number}` },
    source: { host: nodeOf(number) },
  };
}
