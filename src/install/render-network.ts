import type { YamlObject } from '../schema/yaml-objects.ts';
import type { Installation } from './installation.ts';
import type { PatchOperation } from './json-patch.ts';
import { storeNames, storePort, type EvidenceStore } from './parse-store.ts';

/** What the values of an installation change in the objects that say where pods may go. */

/** Where HyperShift puts the control plane of a hosted cluster. */
export function controlPlaneNamespace(name: string): string {
  return `clusters-${name}`;
}

/** The API server of the own cluster, and those of hosted clusters, whose pods run beside the processor. */
export function apiServerChanges({ apiServer, apiPort, hosted }: Installation): readonly PatchOperation[] {
  const peers = hosted.map((name) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': controlPlaneNamespace(name) } },
    podSelector: { matchLabels: { app: 'kube-apiserver' } },
  }));
  const rules = [
    { to: apiServer.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: 'TCP', port: apiPort }] },
    ...(peers.length === 0 ? [] : [{ to: peers, ports: [{ protocol: 'TCP', port: 6443 }] }]),
  ];
  return [{ op: 'replace', path: '/spec/egress', value: rules }];
}

export function egressChanges({ egress, repository, store }: Installation): readonly PatchOperation[] {
  const gitPort = portOf(repository.url);
  switch (egress.kind) {
    case 'proxy': {
      const rule = {
        to: [{ ipBlock: { cidr: `${egress.host}/32` } }],
        ports: [{ protocol: 'TCP', port: egress.port }],
      };
      return [{ op: 'replace', path: '/spec/egress', value: [rule] }];
    }
    case 'addresses': {
      const ports = [...new Set([443, gitPort])].map((port) => ({ protocol: 'TCP', port }));
      const rule = { to: egress.cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports };
      return [{ op: 'replace', path: '/spec/egress', value: [rule] }];
    }
    case 'firewall': {
      const ports = new Set([gitPort, ...(store === undefined ? [] : [storePort(store)])]);
      return [...ports]
        .filter((port) => port !== 443)
        .map((port) => ({ op: 'add', path: '/spec/egress/0/ports/-', value: { protocol: 'TCP', port } }));
    }
  }
}

export function storePolicyChanges({ store }: Installation): readonly PatchOperation[] {
  if (store === undefined) return [];
  const rule = {
    to: store.cidrs.map((cidr) => ({ ipBlock: { cidr } })),
    ports: [{ protocol: 'TCP', port: storePort(store) }],
  };
  return [{ op: 'replace', path: '/spec/egress', value: [rule] }];
}

export function firewallChanges({
  egress,
  apiServer,
  apiPort,
  repository,
  store,
}: Installation): readonly PatchOperation[] {
  if (egress.kind !== 'firewall') return [];
  const git = new URL(repository.url).hostname;
  const rules = [
    ...apiServer.map((cidrSelector) => allow({ cidrSelector }, apiPort)),
    ...egress.names.map((dnsName) => allow({ dnsName }, dnsName === git ? portOf(repository.url) : 443)),
    ...(store === undefined ? [] : storeRules(store)),
    { type: 'Deny', to: { cidrSelector: '0.0.0.0/0' } },
  ];
  return [{ op: 'replace', path: '/spec/egress', value: rules }];
}

function storeRules(store: EvidenceStore): readonly YamlObject[] {
  const port = storePort(store);
  return [
    ...storeNames(store).map((dnsName) => allow({ dnsName }, port)),
    ...store.cidrs.map((cidrSelector) => allow({ cidrSelector }, port)),
  ];
}

function allow(to: YamlObject, port: number): YamlObject {
  return { type: 'Allow', to, ports: [{ protocol: 'TCP', port }] };
}

export function proxyUrl({ host, port }: { readonly host: string; readonly port: number }): string {
  return `http://${host}:${port}`;
}

function portOf(url: string): number {
  const { protocol, port } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'ssh:' ? 22 : 443;
}
