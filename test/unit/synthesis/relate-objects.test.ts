import { describe, expect, it } from 'vitest';
import { objectFinder } from '../../../src/synthesis/dependencies/find-object.ts';
import { createGraph } from '../../../src/synthesis/dependencies/graph.ts';
import { kubernetesDependencies } from '../../../src/synthesis/dependencies/kubernetes-dependencies.ts';
import { objectRelater, type ObjectRelation } from '../../../src/synthesis/dependencies/relate-objects.ts';
import { objectOf, outputOf, ownedBy } from './sample-outputs.ts';

const pod = (path: string, node: string, parts: { owner?: string; claim?: string; args?: readonly string[] } = {}) =>
  objectOf(`Pod/${path}`, {
    ...(parts.owner === undefined ? {} : { metadata: ownedBy('ReplicaSet', parts.owner) }),
    spec: {
      nodeName: node,
      volumes: parts.claim === undefined ? [] : [{ persistentVolumeClaim: { claimName: parts.claim } }],
      containers: [{ args: parts.args ?? [] }],
    },
  });

/** Two nodes, a shop, a hosted control plane, and pods of the platform. */
const HUB = [
  objectOf('Node/n1'),
  objectOf('Node/n2'),
  pod('shop/web-1', 'n1', { owner: 'web', args: ['--db=db:5432'] }),
  pod('shop/web-2', 'n2', { owner: 'web' }),
  pod('shop/db-0', 'n2', { claim: 'data-0' }),
  pod('shop/mail-0', 'n2'),
  objectOf('Service/shop/db', { spec: { selector: { app: 'db' } } }),
  objectOf('PersistentVolumeClaim/shop/data-0'),
  objectOf('PersistentVolumeClaim/shop/data-9'),
  objectOf('HostedCluster/clusters/demo'),
  pod('clusters-demo/etcd-0', 'n1', { claim: 'data-etcd-0' }),
  pod('clusters-demo/kube-apiserver-1', 'n2'),
  objectOf('PersistentVolumeClaim/clusters-demo/data-etcd-1'),
  pod('openshift-dns/dns-default-1', 'n1'),
  pod('openshift-dns/other', 'n1'),
];
const HOSTED = [objectOf('Node/worker-1'), pod('app/a-1', 'worker-1'), pod('app/b-1', 'worker-1')];

async function relating(isOneHost = false) {
  const outputs = [await outputOf({ items: HUB }), await outputOf({ items: HOSTED }, { side: 'hosted' })];
  const { dependencies, objects } = kubernetesDependencies(isOneHost ? [] : outputs);
  const graph = createGraph(dependencies, objects);
  return objectRelater(graph, { find: objectFinder(graph), isOneHost });
}

describe('the relation of two objects', () => {
  it.each<[string, string, string, ObjectRelation]>([
    ['a node and a pod on it', 'node/n1', 'pod/shop/web-1', 'near'],
    ['a node and a pod on another one', 'node/n1', 'pod/shop/db-0', 'apart'],
    ['two nodes', 'node/n1', 'node/n2', 'apart'],
    ['a thing and itself', 'pod/shop/web-1', 'pod/shop/web-1', 'near'],
    ['a thing and a part of it', 'hostedcluster/clusters/demo', 'HostedCluster/clusters/demo/tunnel', 'near'],
    ['pods of one owner', 'pod/shop/web-1', 'pod/shop/web-2', 'near'],
    ['an owner and its pod', 'replicaset/shop/web', 'pod/shop/web-2', 'near'],
    ['an owner and the pod of another one', 'pod/shop/db-0', 'replicaset/shop/web', 'apart'],
    ['pods of one namespace that do not need each other', 'pod/shop/mail-0', 'pod/shop/db-0', 'apart'],
    ['a service and a pod that names it', 'service/shop/db', 'pod/shop/web-1', 'near'],
    ['a volume and the pod that mounts it', 'pvc/shop/data-0', 'pod/shop/db-0', 'near'],
    ['a volume and a pod with another one', 'pvc/shop/data-9', 'pod/shop/db-0', 'apart'],
    ['a volume and a pod without any', 'pvc/shop/data-0', 'pod/shop/mail-0', 'apart'],
    ['things of different kinds in one namespace', 'resourcequota/shop/all', 'pod/shop/web-1', 'near'],
    ['a namespace and what is in it', 'namespace/shop', 'pod/shop/web-1', 'near'],
    ['things of different namespaces', 'service/shop/db', 'pod/openshift-dns/other', 'unknown'],
    ['pods of the platform', 'pod/openshift-dns/dns-default-1', 'pod/openshift-dns/other', 'unknown'],
    ['an operator and what it operates', 'clusteroperator/dns', 'pod/openshift-dns/other', 'near'],
    ['what it operates and it', 'ingresscontroller/openshift-dns-operator/x', 'clusteroperator/dns', 'near'],
    ['operators', 'clusteroperator/dns', 'clusteroperator/network', 'unknown'],
    ['what is about everything and one thing', 'cluster', 'pod/shop/web-1', 'near'],
    ['what was not seen', 'pod/elsewhere/x', 'node/n7', 'unknown'],
    ['parts of a hosted control plane', 'pod/clusters-demo/etcd-0', 'pod/clusters-demo/kube-apiserver-1', 'near'],
    ['a part of it and the hosted cluster', 'pod/clusters-demo/etcd-0', 'hostedcluster/clusters/demo', 'near'],
    ['a part of it and a node that it serves', 'pod/clusters-demo/kube-apiserver-1', 'node/worker-1', 'near'],
    ['a part of it and a member by its address', 'pod/clusters-demo/etcd-0', 'etcd/https://etcd-0:2379', 'near'],
    ['its volumes', 'pvc/clusters-demo/data-etcd-1', 'pvc/clusters-demo/data-etcd-0', 'apart'],
    ['pods of the cluster that it serves', 'pod/app/a-1', 'pod/app/b-1', 'apart'],
  ])('is known or not: %s', async (_what, cause, effect, expected) => {
    const relate = await relating();
    expect(relate(cause, effect)).toBe(expected);
  });

  it.each<[string, string, ObjectRelation]>([
    ['/var', 'web.service', 'near'],
    ['process/java', 'container/api', 'near'],
    ['container/hog', 'container/api', 'unknown'],
    ['memory', 'process/java', 'near'],
  ])('is, on one machine, of %s and %s: %s', async (cause, effect, expected) => {
    const relate = await relating(true);
    expect(relate(cause, effect)).toBe(expected);
  });
});
