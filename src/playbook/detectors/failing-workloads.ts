import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { listAt, objectsOf, textAt, type KubeObject } from './kube-objects.ts';
import { troubleOfPod, TROUBLES, type Trouble } from './pod-trouble.ts';

interface FailingPod extends Trouble {
  readonly pod: KubeObject;
  /** In lower case: `deployment`. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The HostedCluster whose control plane it belongs to; empty for any other pod. */
  readonly hostedCluster: string;
}

/**
 * Owners whose pods are not well, those with the most of them first: `kind`, `namespace`, `name`, `symptom` (of
 * `pod-trouble.ts`, the most telling of its pods), `pods` (how many are not well), `hostedCluster`, and of one pod `pod`,
 * `node`, `container`, `message` and `since`. `with: {phase}` leaves out pods in another phase; `with: {hostedClusters}`
 * names the step with the HostedClusters, without which no pod is told to belong to one.
 */
export function failingWorkloads(
  data: StepData,
  other: (step: string) => StepData | undefined,
  { now, settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const pods = objectsOf(data.root);
  if (pods === undefined) return undefined;
  const planes = controlPlanes(objectsOf(other(String(settings['hostedClusters'] ?? ''))?.root) ?? []);
  const owners = new Map<string, FailingPod[]>();
  for (const pod of pods) {
    if (settings['phase'] !== undefined && textAt(pod, 'status', 'phase') !== settings['phase']) continue;
    const trouble = troubleOfPod(pod, now);
    if (trouble === undefined) continue;
    const owner = ownerOf(pod);
    const namespace = textAt(pod, 'metadata', 'namespace');
    const failing = { ...trouble, ...owner, pod, namespace, hostedCluster: planes.get(namespace) ?? '' };
    const key = `${owner.kind}/${namespace}/${owner.name}`;
    const known = owners.get(key);
    if (known === undefined) owners.set(key, [failing]);
    else known.push(failing);
  }
  return [...owners.values()].sort((a, b) => b.length - a.length).map(candidateOf);
}

function candidateOf(failing: readonly FailingPod[]): Candidate {
  const [first] = [...failing].sort((a, b) => TROUBLES.indexOf(a.symptom) - TROUBLES.indexOf(b.symptom));
  const { pod, shown, ...facts } = first ?? { pod: {} };
  const item = {
    ...facts,
    pods: failing.length,
    pod: textAt(pod, 'metadata', 'name'),
    node: textAt(pod, 'spec', 'nodeName'),
  };
  return { item, source: pod, ...(shown === undefined ? {} : { places: { symptom: shown } }) };
}

/** HyperShift keeps a control plane in the namespace `<namespace of the HostedCluster>-<its name>`. */
function controlPlanes(clusters: readonly KubeObject[]): ReadonlyMap<string, string> {
  return new Map(
    clusters.map((cluster) => {
      const name = textAt(cluster, 'metadata', 'name');
      return [`${textAt(cluster, 'metadata', 'namespace')}-${name}`, name];
    }),
  );
}

/** What somebody would repair: the Deployment and not its ReplicaSet. A static pod belongs to its node, and is itself. */
function ownerOf(pod: KubeObject): { readonly kind: string; readonly name: string } {
  const [owner] = listAt(pod, 'metadata', 'ownerReferences');
  const [kind, name] = [textAt(owner, 'kind').toLowerCase(), textAt(owner, 'name')];
  if (name === '' || kind === 'node') return { kind: 'pod', name: textAt(pod, 'metadata', 'name') };
  const hash = textAt(pod, 'metadata', 'labels', 'pod-template-hash');
  if (kind !== 'replicaset' || hash === '' || !name.endsWith(`-${hash}`)) return { kind, name };
  return { kind: 'deployment', name: name.slice(0, -hash.length - 1) };
}
