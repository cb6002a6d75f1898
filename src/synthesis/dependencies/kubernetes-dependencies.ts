import { componentDependencies } from '../../playbook/detectors/control-plane-components.ts';
import { listAt, textAt, valueAt, type KubeObject } from '../../playbook/detectors/kube-objects.ts';
import { selectorFits } from '../../playbook/detectors/label-selector.ts';
import { isRecord } from '../../playbook/path.ts';
import type { RunOutput } from '../run-outputs.ts';
import { CONFIDENCE, type Dependency, type ObjectName } from './graph.ts';
import { podDependencies } from './pod-dependencies.ts';
import { seenObjects, type Needed, type SeenObject } from './seen-objects.ts';
import { volumeDependencies } from './volume-dependencies.ts';

type Reader = (seen: SeenObject, all: ReadonlyMap<string, readonly SeenObject[]>) => readonly Needed[];

const { declared, observed } = CONFIDENCE;

const READERS: Readonly<Record<string, Reader>> = {
  pod: (seen, all) => [...podDependencies(seen, all.get('service') ?? []), ...policiesAbout(seen, all)],
  service: serviceDependencies,
  ingress: ({ object }) => [
    ...listAt(object, 'spec', 'rules').flatMap((rule) =>
      listAt(rule, 'http', 'paths').flatMap((path) => service(textAt(path, 'backend', 'service', 'name'))),
    ),
    ...service(textAt(object, 'spec', 'defaultBackend', 'service', 'name')),
  ],
  route: ({ object }) =>
    [valueAt(object, 'spec', 'to'), ...listAt(object, 'spec', 'alternateBackends')].flatMap((backend) =>
      service(textAt(backend, 'name')),
    ),
  persistentvolumeclaim: volumeDependencies,
  persistentvolume: volumeDependencies,
  horizontalpodautoscaler: ({ object }) =>
    need(textAt(object, 'spec', 'scaleTargetRef', 'kind'), textAt(object, 'spec', 'scaleTargetRef', 'name'), 'scales'),
  apiservice: ({ object }) => serviceElsewhere(valueAt(object, 'spec', 'service'), 'is served by'),
  node: ({ name }, all) =>
    (all.get('machine') ?? [])
      .filter(({ object }) => textAt(object, 'status', 'nodeRef', 'name') === name.name)
      .flatMap((machine) => [{ ...target(machine.name), why: 'runs as', confidence: declared }]),
  nodepool: ({ object }) => need('hostedcluster', textAt(object, 'spec', 'clusterName'), 'belongs to'),
  hostedcluster: ({ name }, all) =>
    (all.get('hostedcontrolplane') ?? [])
      .filter((plane) => plane.name.namespace === `${name.namespace ?? ''}-${name.name}`)
      .map((plane) => ({ ...target(plane.name), why: 'is served by', confidence: declared })),
  hostedcontrolplane: ({ name }, all) =>
    (all.get('controlplanecomponent') ?? [])
      .filter((component) => component.name.namespace === name.namespace)
      .map((component) => ({ ...target(component.name), why: 'consists of', confidence: declared })),
  controlplanecomponent: ({ object, name }, all) => [
    ...componentDependencies(object).map(({ name: needed, isDeclared }) => ({
      kind: 'controlplanecomponent',
      name: needed,
      why: isDeclared ? 'waits for' : 'needs',
      confidence: isDeclared ? declared : observed,
    })),
    ...['deployment', 'statefulset']
      .flatMap((kind) => all.get(kind) ?? [])
      .filter((workload) => workload.name.name === name.name && workload.name.namespace === name.namespace)
      .map((workload) => ({ ...target(workload.name), why: 'runs as', confidence: observed })),
    // HyperShift labels the pods of a component with its name.
    ...(all.get('pod') ?? [])
      .filter((pod) => pod.name.namespace === name.namespace)
      .filter((pod) => textAt(pod.object, 'metadata', 'labels', 'app') === name.name)
      .map((pod) => ({ ...target(pod.name), why: 'runs as', confidence: observed })),
  ],
};

/** What Kubernetes objects say of each other: owners, traffic, volumes, machines and control planes (B.6, 1 and 2). */
export function kubernetesDependencies(outputs: readonly RunOutput[]): {
  readonly dependencies: readonly Dependency[];
  readonly objects: readonly ObjectName[];
} {
  const seen = seenObjects(outputs);
  const bySide = new Map<string, Map<string, SeenObject[]>>();
  for (const each of seen) {
    const kinds = bySide.get(each.name.side) ?? new Map<string, SeenObject[]>();
    bySide.set(each.name.side, kinds);
    const kind = kinds.get(each.name.kind) ?? [];
    kinds.set(each.name.kind, kind);
    kind.push(each);
  }
  const dependencies = seen.flatMap((each): readonly Dependency[] => {
    const all = bySide.get(each.name.side) ?? new Map<string, SeenObject[]>();
    const needed = READERS[each.name.kind]?.(each, all) ?? [];
    return [
      ...needed.map((need) => dependencyOf(each, need)),
      ...ownedBy(each),
      ...endpointsOf(each),
      ...hooksOf(each),
    ];
  });
  return { dependencies, objects: seen.map(({ name }) => name) };
}

function dependencyOf(
  { name, evidence }: SeenObject,
  { kind, namespace, why, confidence, ...needed }: Needed,
): Dependency {
  const place = namespace ?? name.namespace ?? '';
  const to = { kind, name: needed.name, side: name.side, ...(place === '' ? {} : { namespace: place }) };
  return { from: name, to, why, confidence, ...(evidence === undefined ? {} : { evidence }) };
}

function target({ kind, namespace = '', name }: ObjectName): Pick<Needed, 'kind' | 'namespace' | 'name'> {
  return { kind, namespace, name };
}

/** A workload is well only while what it owns is. A mirror pod is owned by its node, which does not wait for it. */
function ownedBy({ object, name, evidence }: SeenObject): readonly Dependency[] {
  return listAt(object, 'metadata', 'ownerReferences').flatMap((owner): readonly Dependency[] => {
    const kind = textAt(owner, 'kind').toLowerCase();
    const ownerName = textAt(owner, 'name');
    if (kind === '' || kind === 'node' || ownerName === '') return [];
    const from = { ...name, kind, name: ownerName };
    const cited = evidence === undefined ? {} : { evidence };
    return [
      ...deploymentOf(object, from).map((deployment) => ({
        ...{ from: deployment, to: from, why: 'owns', confidence: observed },
        ...cited,
      })),
      { from, to: name, why: 'owns', confidence: declared, ...cited },
    ];
  });
}

/** A pod names its ReplicaSet, and that is named after its Deployment and the hash that the pod bears as a label. */
function deploymentOf(pod: KubeObject, owner: ObjectName): readonly ObjectName[] {
  const hash = textAt(pod, 'metadata', 'labels', 'pod-template-hash');
  if (owner.kind !== 'replicaset' || hash === '' || !owner.name.endsWith(`-${hash}`)) return [];
  return [{ ...owner, kind: 'deployment', name: owner.name.slice(0, -hash.length - 1) }];
}

function serviceDependencies(
  { object, name }: SeenObject,
  all: ReadonlyMap<string, readonly SeenObject[]>,
): readonly Needed[] {
  const selector = valueAt(object, 'spec', 'selector');
  const pairs = isRecord(selector) ? Object.entries(selector) : [];
  if (pairs.length === 0) return [];
  return (all.get('pod') ?? [])
    .filter((pod) => pod.name.namespace === name.namespace)
    .filter((pod) => pairs.every(([key, value]) => valueAt(pod.object, 'metadata', 'labels', key) === value))
    .map((pod) => ({ ...target(pod.name), why: 'routes to', confidence: declared }));
}

/** What a pod reaches, and who reaches it, is up to every policy that is about it. */
function policiesAbout(
  { object, name }: SeenObject,
  all: ReadonlyMap<string, readonly SeenObject[]>,
): readonly Needed[] {
  return (all.get('networkpolicy') ?? [])
    .filter((policy) => policy.name.namespace === name.namespace)
    .filter((policy) =>
      selectorFits(valueAt(policy.object, 'spec', 'podSelector'), valueAt(object, 'metadata', 'labels')),
    )
    .map((policy) => ({ ...target(policy.name), why: 'is limited by', confidence: declared }));
}

/** An EndpointSlice says of its service which pods answer for it. */
function endpointsOf({ object, name, evidence }: SeenObject): readonly Dependency[] {
  if (name.kind !== 'endpointslice') return [];
  const serviceName = textAt(object, 'metadata', 'labels', 'kubernetes.io/service-name');
  if (serviceName === '') return [];
  const from = { ...name, kind: 'service', name: serviceName };
  return listAt(object, 'endpoints').flatMap((endpoint): readonly Dependency[] => {
    const pod = textAt(endpoint, 'targetRef', 'name');
    if (textAt(endpoint, 'targetRef', 'kind') !== 'Pod' || pod === '') return [];
    const to = { ...name, kind: 'pod', name: pod };
    return [{ from, to, why: 'routes to', confidence: declared, ...(evidence === undefined ? {} : { evidence }) }];
  });
}

/** Every webhook of a configuration is a thing of its own: findings name it. */
function hooksOf(seen: SeenObject): readonly Dependency[] {
  if (!seen.name.kind.endsWith('webhookconfiguration')) return [];
  return listAt(seen.object, 'webhooks').flatMap((hook) => {
    const from = { kind: 'webhook', name: textAt(hook, 'name'), side: seen.name.side };
    if (from.name === '') return [];
    return serviceElsewhere(valueAt(hook, 'clientConfig', 'service'), 'calls').map((needed) => ({
      ...dependencyOf(seen, needed),
      from,
    }));
  });
}

function serviceElsewhere(reference: unknown, why: string): readonly Needed[] {
  const name = textAt(reference, 'name');
  return name === ''
    ? []
    : [{ kind: 'service', name, namespace: textAt(reference, 'namespace'), why, confidence: declared }];
}

function service(name: string): readonly Needed[] {
  return need('service', name, 'routes to');
}

function need(kind: string, name: string, why: string): readonly Needed[] {
  return kind === '' || name === '' ? [] : [{ kind: kind.toLowerCase(), name, why, confidence: declared }];
}
