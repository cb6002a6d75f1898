import { isRecord } from '../schema/record.ts';
import type { YamlObject } from '../schema/yaml-objects.ts';
import { valueAt } from './json-patch.ts';
import { nameOf } from './kubernetes-object.ts';

/** What is wrong with the policies of a namespace; none when they fence it in. */
export function networkPolicyFaults(policies: readonly YamlObject[]): readonly string[] {
  const denies = policies.some((policy) => isDefaultDeny(policy));
  return [
    ...(denies ? [] : ['no policy denies what is not allowed: pods without another policy reach everything']),
    ...policies.flatMap((policy) => [
      ...rulesOf(policy, 'egress', 'to').map((fault) => `${nameOf(policy)}: ${fault}`),
      ...rulesOf(policy, 'ingress', 'from').map((fault) => `${nameOf(policy)}: ${fault}`),
    ]),
  ];
}

function isDefaultDeny(policy: YamlObject): boolean {
  const selector = valueAt(policy, '/spec/podSelector');
  const types = listAt(policy, '/spec/policyTypes');
  return (
    isRecord(selector) &&
    Object.keys(selector).length === 0 &&
    types.includes('Egress') &&
    types.includes('Ingress') &&
    listAt(policy, '/spec/egress').length === 0 &&
    listAt(policy, '/spec/ingress').length === 0
  );
}

function rulesOf(policy: YamlObject, direction: 'egress' | 'ingress', peers: 'to' | 'from'): readonly string[] {
  const way = direction === 'egress' ? 'goes anywhere' : 'comes from anywhere';
  return listAt(policy, `/spec/${direction}`).flatMap((rule) => {
    const listed = listAt(rule, `/${peers}`);
    if (listed.length === 0) return [`a rule of ${direction} without ${peers} ${way}`];
    return [
      ...(listAt(rule, '/ports').length === 0 ? [`a rule of ${direction} names no ports`] : []),
      ...listed.flatMap((peer) => peerFaults(peer)),
    ];
  });
}

/** A range of everything is in order where an EgressFirewall decides by name, and then it has exceptions. */
function peerFaults(peer: unknown): readonly string[] {
  const cidr = valueAt(peer, '/ipBlock/cidr');
  if (typeof cidr === 'string' && /\/0$/u.test(cidr) && listAt(peer, '/ipBlock/except').length === 0) {
    return [`${cidr} is every address`];
  }
  const namespaces = valueAt(peer, '/namespaceSelector');
  if (isRecord(namespaces) && Object.keys(namespaces).length === 0)
    return ['an empty namespaceSelector is every namespace'];
  return [];
}

function listAt(value: unknown, path: string): readonly unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? (list as unknown[]) : [];
}
