import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../src/schema/record.ts';
import type { NeededRole } from '../../src/playbook/needed-access.ts';
import { runInProcess } from '../support/cli-context.ts';
import { MemoryWarRoom } from '../support/memory-war-room.ts';
import type { ApiObject, ClusterApi } from './cluster-api.ts';
import { bindClusterRole, bindRole } from './service-account.ts';

/** What the inputs of the playbooks mean on the cluster of the tests. */
export const INPUTS = {
  namespace: 'shop',
  hcNamespace: 'clusters',
  hostedCluster: 'blue',
  hcpNamespace: 'clusters-blue',
};

/** Namespaces that the built-in playbooks and those inputs name. */
export const NAMESPACES = [
  'shop',
  'clusters',
  'clusters-blue',
  'hypershift',
  'kube-node-lease',
  'openshift-dns',
  'openshift-ingress',
  'openshift-ingress-operator',
  'openshift-ovn-kubernetes',
  'warroom',
];

/** Applies exactly what `playbook rbac` prints, and binds it to an account the way its comments say. */
export async function grantPrintedRoles(api: ClusterApi, account: string, ids: readonly string[]): Promise<void> {
  const name = account.split('/')[1] ?? '';
  const argv = ['playbook', 'rbac', ...ids, '--name', name];
  const options = { warRoom: new MemoryWarRoom() };
  const printed = await runInProcess(argv, options);
  const asJson = await runInProcess([...argv, '--json'], options);
  const { roles } = JSON.parse(asJson.stdout) as { roles: readonly NeededRole[] };
  const objects = parseAllDocuments(printed.stdout).map((document) => document.toJS() as unknown);
  for (const [index, object] of objects.entries()) {
    if (!isApiObject(object)) throw new Error(`playbook rbac printed no object: ${JSON.stringify(object)}`);
    await api.apply(object);
    const { name: role, namespace } = object.metadata;
    const input = /^<(\w+)>$/u.exec(roles[index]?.scope ?? '')?.[1];
    if (namespace !== undefined) await bindRole(api, account, { role, namespace });
    else if (input === undefined) await bindClusterRole(api, account, { role });
    else await bindClusterRole(api, account, { role, namespace: namespaceOf(input) });
  }
}

function namespaceOf(input: string): string {
  const found = Object.entries(INPUTS).find(([name]) => name === input);
  if (found === undefined) throw new Error(`the tests do not know what the input ${input} means`);
  return found[1];
}

function isApiObject(value: unknown): value is ApiObject {
  return isRecord(value) && typeof value['kind'] === 'string' && isRecord(value['metadata']);
}
