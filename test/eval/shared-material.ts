import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../src/schema/record.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { availabilityCases } from './availability-cases.ts';
import type { EvalCase } from './eval-case.ts';
import { judgeCase, type CaseScore, type JudgingTools } from './judge-case.ts';
import type { Material } from './report.ts';
import { stageObjects, type ObjectLists } from './staged-objects.ts';

/** A case whose objects are made from material elsewhere; they are read in place and written to a temporary folder only. */
export interface StagedCase {
  readonly id: string;
  readonly evalCase: EvalCase;
  readonly objects: ObjectLists;
}

/** Judges what lies in the folder that WARROOM_DATA names. Nothing of it is copied into the project. */
export async function judgeSharedMaterial(data: string, tools: JudgingTools): Promise<readonly Material[]> {
  const staged = [
    { name: 'broken pods of a support tool', cases: await brokenPods(join(data, 'clusters/troubleshoot/files')) },
    { name: 'availability of HyperShift', cases: await availabilityCases(join(data, 'hypershift')) },
  ];
  const materials: Material[] = [
    { name: 'healthy must-gather', scores: await judgeMustGather(join(data, 'clusters/must-gather-aws'), tools) },
  ];
  for (const { name, cases } of staged) {
    const scores: CaseScore[] = [];
    for (const each of cases) scores.push(await judgeStaged(each, tools));
    materials.push({ name, scores });
  }
  return materials;
}

export async function judgeStaged({ id, evalCase, objects }: StagedCase, tools: JudgingTools): Promise<CaseScore> {
  return await withTempFolder(async (folder) => {
    await stageObjects(folder, objects);
    return await judgeCase({ id, folder, evalCase }, tools);
  }, 'warroom-eval');
}

/** Namespaces of the must-gather with the most pods, jobs, volumes and routes. */
const NAMESPACES = ['openshift-monitoring', 'openshift-kube-controller-manager', 'openshift-etcd', 'openshift-ingress'];
const HOSTED = { hcNamespace: 'clusters', hostedCluster: 'none' };

/** Every cluster playbook on a real healthy cluster. It is not a hosted one: most of what asks for that stays unknown. */
async function judgeMustGather(folder: string, tools: JudgingTools): Promise<readonly CaseScore[]> {
  const questions: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ...NAMESPACES.flatMap((namespace) =>
      ['workload-crashloop', 'storage', 'ingress-dns'].map((playbook) => [playbook, { namespace }] as const),
    ),
    ['cluster-triage', {}],
    ['node-health', {}],
    ['certificates', {}],
    ['api-timeout', {}],
    ['etcd-latency', { hcpNamespace: 'openshift-etcd' }],
    ...['control-plane-health', 'nodepool-scaling', 'upgrade-stuck', 'networking-konnectivity-ovn'].map(
      (playbook) => [playbook, HOSTED] as const,
    ),
  ];
  const scores: CaseScore[] = [];
  for (const [playbook, inputs] of questions) {
    const evalCase = { playbook, provenance: 'a real, healthy cluster', causes: [], inputs };
    const id = ['must-gather', playbook, inputs['namespace'] ?? ''].join('/');
    scores.push(await judgeCase({ id, folder, evalCase }, tools));
  }
  return scores;
}

/** What is wrong with each of the pods, by the name of its file. */
const BROKEN: Readonly<Record<string, string>> = {
  'container-creating-failed-mount': 'MOUNT_FAILED',
  'image-pull-fail': 'IMAGE_PULL_NETWORK',
  'oomkill-pod': 'OOM_KILLED',
  'pending-node-affinity': 'SCHED_AFFINITY',
  'pending-pod-resources': 'SCHED_RESOURCES',
  'pod-crashloop-backoff': 'BAD_COMMAND',
  'pod-init-crashloop-backoff': 'BAD_COMMAND',
};

/** Somebody asks a few minutes after it has begun. */
const LATER_MS = 10 * 60_000;

/** Pods that somebody saw, with their events where these were kept. They are judged soon after their newest moment. */
async function brokenPods(files: string): Promise<readonly StagedCase[]> {
  const events = new Set(await readdir(join(files, 'events')));
  const cases: StagedCase[] = [];
  for (const [name, code] of Object.entries(BROKEN)) {
    const file = `message-${name}.json`;
    const text = await readFile(join(files, 'pods', file), 'utf8');
    const ofEvents = events.has(file) ? await readFile(join(files, 'events', file), 'utf8') : '{"items":[]}';
    const pods = itemsOf(text);
    const evalCase: EvalCase = {
      ...{ playbook: 'workload-crashloop', provenance: 'a real pod', causes: [{ code }] },
      inputs: { namespace: namespaceOf(pods[0]) },
      now: newestMoment(text + ofEvents),
    };
    cases.push({ id: `troubleshoot/${name}`, evalCase, objects: { pods, events: itemsOf(ofEvents) } });
  }
  return cases;
}

function itemsOf(text: string): readonly unknown[] {
  const value: unknown = JSON.parse(text);
  return isRecord(value) && Array.isArray(value['items']) ? value['items'] : [];
}

function namespaceOf(pod: unknown): string {
  const metadata = isRecord(pod) ? pod['metadata'] : undefined;
  return isRecord(metadata) ? String(metadata['namespace']) : 'default';
}

function newestMoment(text: string): Date {
  const moments = text.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/gu) ?? [];
  return new Date(Date.parse([...moments].sort().at(-1) ?? '') + LATER_MS);
}
