import type { StepData } from '../parse-output.ts';
import { backendReferences, type BackendReference } from './backend-references.ts';
import type { Candidate } from './detector.ts';
import { conditionsOf, listAt, objectsOf, textAt, valueAt, type KubeObject } from './kube-objects.ts';
import { isAdmitted, policiesOf, type Peer, type TrafficPort } from './network-policy.ts';

type Other = (step: string) => StepData | undefined;

/** The port of the Service of DNS in every cluster; its pods may listen on another one. */
const DNS_PORT = 53;

/**
 * Pods of one namespace that may not ask the DNS of their cluster, with the newest NetworkPolicy that is about them
 * (steps `pods`, `dns-pods`, `dns-namespace`). `problem` is `port-of-service` when the policies let port 53 pass, which
 * is that of the Service, and the pods of DNS listen on another one: policies are judged by the pod that is reached.
 */
export function podsWithoutDns(data: StepData, other: Other): readonly Candidate[] | undefined {
  const policies = complete(data);
  const pods = complete(other('pods'));
  if (policies === undefined || pods === undefined) return undefined;
  const isolated = pods.filter(asksDns).flatMap((pod) => {
    const about = policiesOf(pod, policies, 'Egress');
    return about.length === 0 ? [] : [{ pod, about }];
  });
  if (isolated.length === 0) return [];
  const peers = peersOf(other('dns-pods'), other('dns-namespace'));
  if (peers === undefined) return undefined;
  const admits = (ports: readonly TrafficPort[], about: readonly KubeObject[]): boolean =>
    isAdmitted({ direction: 'Egress', peers, ports }, about);
  return isolated.flatMap(({ pod, about }) => {
    if (admits(dnsPorts(peers), about)) return [];
    const isPortOfService = admits([{ protocol: 'UDP', number: DNS_PORT }], about);
    const policy = newest(about);
    const item = {
      ...named(pod, 'pod'),
      ...policyFacts(policy, about),
      problem: isPortOfService ? 'port-of-service' : 'no-rule',
      isReady: isReady(pod),
    };
    return [{ item, source: policy }];
  });
}

/**
 * Services behind routes and ingresses of one namespace none of whose pods lets the routers in (steps `services`, `pods`,
 * `policies`, `router-pods`, `router-namespace`). Routers on the network of their node have its address, and what
 * policies say about that differs between networks: then nothing can be said.
 */
export function backendsClosedToRouter(data: StepData, other: Other): readonly Candidate[] | undefined {
  const objects = objectsOf(data.root);
  const services = complete(other('services'));
  const pods = complete(other('pods'))?.filter(isRunning);
  const policies = complete(other('policies'));
  if (objects === undefined || services === undefined || pods === undefined || policies === undefined) return undefined;
  const isolated = objects.flatMap((object) =>
    backendReferences(object).flatMap((reference) => {
      const service = services.find((each) => textAt(each, 'metadata', 'name') === reference.service);
      const behind = service === undefined ? [] : podsBehind(service, pods);
      const about = behind.map((pod) => policiesOf(pod, policies, 'Ingress'));
      return service === undefined || behind.length === 0 || about.some(({ length }) => length === 0)
        ? []
        : [{ object, reference, service, behind }];
    }),
  );
  if (isolated.length === 0) return [];
  const peers = peersOf(other('router-pods'), other('router-namespace'));
  if (peers === undefined) return undefined;
  const isOpen = (pod: KubeObject, ports: readonly TrafficPort[]): boolean =>
    isAdmitted({ direction: 'Ingress', peers, ports }, policiesOf(pod, policies, 'Ingress'));
  const closed = isolated.filter(
    ({ reference, service, behind }) => !behind.some((pod) => isOpen(pod, targetPorts(service, reference, pod))),
  );
  if (closed.length > 0 && peers.some(({ pod }) => valueAt(pod, 'spec', 'hostNetwork') === true)) return undefined;
  return closed.map(({ object, reference, behind }) => {
    const about = behind.flatMap((pod) => policiesOf(pod, policies, 'Ingress'));
    const policy = newest(about);
    const item = {
      kind: textAt(object, 'kind').toLowerCase(),
      ...named(object, 'name'),
      service: reference.service,
      pods: behind.length,
      ...policyFacts(policy, about),
    };
    const spec = valueAt(policy, 'spec');
    const fields = ['ingress', 'podSelector'].map((key) => ({ parent: spec, key, value: valueAt(spec, key) }));
    return { item, source: reference.source, beside: [{ step: 'policies', item: spec, fields }] };
  });
}

function complete(data: StepData | undefined): readonly KubeObject[] | undefined {
  return data === undefined || data.isPartial ? undefined : objectsOf(data.root);
}

/** Undefined while they are not known, and when there are none: then it is another program that answers here. */
function peersOf(podData: StepData | undefined, namespaceData: StepData | undefined): readonly Peer[] | undefined {
  const pods = complete(podData)?.filter(isRunning);
  const namespace = objectsOf(namespaceData?.root)?.[0];
  if (pods === undefined || pods.length === 0 || namespace === undefined) return undefined;
  return pods.map((pod) => ({ pod, namespace }));
}

function isRunning(pod: KubeObject): boolean {
  return !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'));
}

/** A pod on the network of its node is no matter of policies, and one with another DNS does not ask that of the cluster. */
function asksDns(pod: KubeObject): boolean {
  return (
    isRunning(pod) &&
    valueAt(pod, 'spec', 'hostNetwork') !== true &&
    ['', 'ClusterFirst'].includes(textAt(pod, 'spec', 'dnsPolicy'))
  );
}

/** Where the pods of DNS listen; the usual two where they do not declare it. */
function dnsPorts(peers: readonly Peer[]): readonly TrafficPort[] {
  const declared = peers
    .flatMap(({ pod }) => containerPorts(pod))
    .filter(({ protocol, name, number }) => protocol === 'UDP' && (name?.startsWith('dns') ?? number === DNS_PORT));
  return declared.length > 0 ? declared : [DNS_PORT, 5353].map((number) => ({ protocol: 'UDP', number }));
}

function podsBehind(service: KubeObject, pods: readonly KubeObject[]): readonly KubeObject[] {
  const selector = Object.entries(valueAt(service, 'spec', 'selector') ?? {});
  if (selector.length === 0) return [];
  const namespace = textAt(service, 'metadata', 'namespace');
  return pods.filter(
    (pod) =>
      textAt(pod, 'metadata', 'namespace') === namespace &&
      valueAt(pod, 'spec', 'hostNetwork') !== true &&
      selector.every(([key, value]) => textAt(pod, 'metadata', 'labels', key) === value),
  );
}

/** Ports of a pod that the chosen ports of its Service lead to. */
function targetPorts(service: KubeObject, { port, fits }: BackendReference, pod: KubeObject): readonly TrafficPort[] {
  const declared = containerPorts(pod);
  return listAt(service, 'spec', 'ports')
    .filter((each) => port === undefined || fits(each, port))
    .flatMap((each) => {
      const target = valueAt(each, 'targetPort') ?? valueAt(each, 'port');
      const number = Number(target);
      const byName = declared.filter(({ name }) => name === target);
      if (Number.isNaN(number)) return byName;
      const protocol = textAt(each, 'protocol') || 'TCP';
      return [declared.find((known) => known.number === number && known.protocol === protocol) ?? { protocol, number }];
    });
}

function containerPorts(pod: KubeObject): readonly TrafficPort[] {
  return listAt(pod, 'spec', 'containers')
    .flatMap((container) => listAt(container, 'ports'))
    .map((port) => {
      const name = textAt(port, 'name');
      return {
        protocol: textAt(port, 'protocol') || 'TCP',
        number: Number(valueAt(port, 'containerPort')),
        ...(name === '' ? {} : { name }),
      };
    });
}

/** Policies add up, so no single one is to blame; the newest is what changed last. */
function newest(policies: readonly KubeObject[]): KubeObject | undefined {
  const createdAt = (policy: KubeObject): string => textAt(policy, 'metadata', 'creationTimestamp');
  return [...policies].sort((a, b) => createdAt(b).localeCompare(createdAt(a)))[0];
}

function policyFacts(policy: KubeObject | undefined, all: readonly KubeObject[]): Readonly<Record<string, string>> {
  const names = [...new Set(all.map((each) => textAt(each, 'metadata', 'name')))].sort();
  return {
    policy: textAt(policy, 'metadata', 'name'),
    policyCreated: textAt(policy, 'metadata', 'creationTimestamp'),
    policies: names.join(', '),
  };
}

function named(object: KubeObject, key: string): Readonly<Record<string, string>> {
  return { [key]: textAt(object, 'metadata', 'name'), namespace: textAt(object, 'metadata', 'namespace') };
}

function isReady(pod: KubeObject): boolean {
  return conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True');
}
