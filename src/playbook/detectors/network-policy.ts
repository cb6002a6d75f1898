import { isRecord } from '../path.ts';
import { listAt, textAt, valueAt, type KubeObject } from './kube-objects.ts';
import { selectorFits } from './label-selector.ts';

export type Direction = 'Ingress' | 'Egress';

/** The other end of a connection: a pod, and the Namespace that it lies in. */
export interface Peer {
  readonly pod: KubeObject;
  readonly namespace: KubeObject;
}

/** A port of the pod that is connected to; with its name where its container gives it one. */
export interface TrafficPort {
  readonly protocol: string;
  readonly number: number;
  readonly name?: string;
}

export interface Traffic {
  readonly direction: Direction;
  readonly peers: readonly Peer[];
  /** One of them is enough. */
  readonly ports: readonly TrafficPort[];
}

/**
 * Policies of the namespace of a pod that leave open only what they name, for one direction. None means that everything
 * is open. Facts of the API: networking.k8s.io/v1 NetworkPolicySpec.
 */
export function policiesOf(
  pod: KubeObject,
  policies: readonly KubeObject[],
  direction: Direction,
): readonly KubeObject[] {
  const namespace = textAt(pod, 'metadata', 'namespace');
  return policies.filter(
    (policy) =>
      textAt(policy, 'metadata', 'namespace') === namespace &&
      isAbout(policy, direction) &&
      selectorFits(valueAt(policy, 'spec', 'podSelector'), valueAt(pod, 'metadata', 'labels')),
  );
}

/** Policies add up: it is enough when one rule of one of them lets the traffic pass. */
export function isAdmitted(traffic: Traffic, policies: readonly KubeObject[]): boolean {
  return policies.some((policy) =>
    rulesOf(policy, traffic.direction).some((rule) => ruleAdmits(rule, policy, traffic)),
  );
}

/** Without types a policy is about what comes in, and about what goes out when it has rules for that. */
function isAbout(policy: KubeObject, direction: Direction): boolean {
  const types = listAt(policy, 'spec', 'policyTypes');
  if (types.length > 0) return types.includes(direction);
  return direction === 'Ingress' || valueAt(policy, 'spec', 'egress') !== undefined;
}

function rulesOf(policy: KubeObject, direction: Direction): readonly unknown[] {
  return listAt(policy, 'spec', direction.toLowerCase());
}

function ruleAdmits(rule: unknown, policy: KubeObject, { direction, peers, ports }: Traffic): boolean {
  const wantedPeers = listAt(rule, direction === 'Ingress' ? 'from' : 'to');
  const wantedPorts = listAt(rule, 'ports');
  const home = textAt(policy, 'metadata', 'namespace');
  return (
    (wantedPeers.length === 0 || wantedPeers.some((wanted) => peers.some((peer) => peerFits(wanted, peer, home)))) &&
    (wantedPorts.length === 0 || wantedPorts.some((wanted) => ports.some((port) => portFits(wanted, port))))
  );
}

function peerFits(wanted: unknown, { pod, namespace }: Peer, home: string): boolean {
  // Whether a block of addresses means pods too differs between networks, so it is never held against a policy.
  if (valueAt(wanted, 'ipBlock') !== undefined) return true;
  const namespaces = valueAt(wanted, 'namespaceSelector');
  const isThere = isRecord(namespaces)
    ? selectorFits(namespaces, labelsOf(namespace))
    : textAt(namespace, 'metadata', 'name') === home;
  return isThere && selectorFits(valueAt(wanted, 'podSelector'), valueAt(pod, 'metadata', 'labels'));
}

/** The API server gives every namespace a label with its name. */
function labelsOf(namespace: KubeObject): unknown {
  const labels = valueAt(namespace, 'metadata', 'labels');
  const own = { 'kubernetes.io/metadata.name': textAt(namespace, 'metadata', 'name') };
  return isRecord(labels) ? { ...own, ...labels } : own;
}

function portFits(wanted: unknown, port: TrafficPort): boolean {
  if ((textAt(wanted, 'protocol') || 'TCP') !== port.protocol) return false;
  const first = valueAt(wanted, 'port');
  if (first === undefined) return true;
  if (typeof first === 'string') return first === port.name || first === String(port.number);
  const last = valueAt(wanted, 'endPort');
  const end = typeof last === 'number' ? last : first;
  return typeof first === 'number' && typeof end === 'number' && first <= port.number && port.number <= end;
}
