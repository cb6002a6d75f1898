import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterAccess } from '../../src/cluster-broker/open-cluster-access.ts';
import { findProgram } from '../../src/lib/find-program.ts';
import { createServerCertificate } from '../../src/cluster-broker/server-certificate.ts';
import { askBroker } from '../support/broker-client.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createKubectl, openAccess, openPlainBroker, serverFacts } from './broker-rig.ts';
import type { ClusterApi } from './cluster-api.ts';
import { grantPrintedRoles, NAMESPACES } from './printed-roles.ts';
import { object } from './scene/objects.ts';
import { bindClusterRole, bindRole, createServiceAccount, createToken, writeKubeconfig } from './service-account.ts';
import { cluster, describeOnCluster, openCluster } from './the-cluster.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const PODS = '/api/v1/namespaces/shop/pods';
const signal = new AbortController().signal;
const kubectl = await findProgram('kubectl', PATH);

describeOnCluster('a processor and the API server', () => {
  let api: ClusterApi;
  let folder: TempFolder;
  let token: string;
  const opened: ClusterAccess[] = [];

  beforeAll(async () => {
    folder = await createTempFolder();
    api = await openCluster(...NAMESPACES);
    ({ token } = await createServiceAccount(api, 'warroom/hub'));
    await grantPrintedRoles(api, 'warroom/hub', []);
    const rules = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['list'] }];
    await api.apply(object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'namespace-lister', { rules }));
  });

  afterAll(async () => {
    for (const access of opened) await access.close();
    api.close();
    await folder.close();
  });

  async function open(name: string, credential: string): ReturnType<typeof openAccess> {
    const all = await openAccess(join(folder.path, name), credential);
    opened.push(all.access);
    return all;
  }

  describe('the self test of the credential', () => {
    it('passes with the roles that playbook rbac prints for all playbooks', async () => {
      const { access, audit } = await open('printed', token);
      const way = await access.openCluster('self', 'run-1', signal);
      expect((await askBroker(way, PODS)).status).toBe(200);
      expect((await access.test('self', signal)).excess).toEqual([]);
      expect(audit.map(({ decision }) => decision)).toEqual(['forwarded']);
    });

    it.each([
      ['list secrets', { apiGroups: [''], resources: ['secrets'], verbs: ['list'] }],
      ['get secrets', { apiGroups: ['*'], resources: ['*'], verbs: ['get'] }],
      ['create pods/exec', { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }],
      ['get pods/exec', { apiGroups: [''], resources: ['*/exec'], verbs: ['get'] }],
      ['get nodes/proxy', { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }],
      ['get services/proxy', { apiGroups: [''], resources: ['*/proxy'], verbs: ['get'] }],
      ['create pods', { apiGroups: [''], resources: ['pods'], verbs: ['create'] }],
      ['create serviceaccounts/token', { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }],
      ['impersonate users', { apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }],
      [
        'escalate clusterroles.rbac.authorization.k8s.io',
        { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['escalate'] },
      ],
      ['patch deployments.apps', { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] }],
      [
        'patch hostedclusters.hypershift.openshift.io',
        { apiGroups: ['hypershift.openshift.io'], resources: ['hostedclusters'], verbs: ['*'] },
      ],
    ])('refuses a credential that may %s', async (permission, rule) => {
      await refuses(permission, { rule });
    });

    it.each([
      // Both are seen only by whoever looks at the rules of a namespace.
      ['get secrets', { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['db'] }],
      ['create pods/exec', { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'], resourceNames: ['etcd-0'] }],
      ['delete pods', { apiGroups: [''], resources: ['pods'], verbs: ['delete'] }],
    ])('refuses a credential that may %s in one namespace', async (permission, rule) => {
      await refuses(permission, { rule, namespace: 'clusters-blue' });
    });

    it.each(['system:aggregate-to-edit', 'cluster-admin'])('refuses the role %s', async (role) => {
      await refuses('create pods', { role });
    });

    let count = 0;

    async function refuses(
      permission: string,
      grant: { readonly rule?: object; readonly namespace?: string; readonly role?: string },
    ): Promise<void> {
      const name = `excess-${++count}`;
      const account = await createServiceAccount(api, `warroom/${name}`);
      const { rule, namespace, role = name } = grant;
      const place = namespace === undefined ? name : `${namespace}/${name}`;
      const kind = namespace === undefined ? 'ClusterRole' : 'Role';
      if (rule !== undefined) await api.apply(object('rbac.authorization.k8s.io/v1', kind, place, { rules: [rule] }));
      if (namespace === undefined) await bindClusterRole(api, account.account, { role });
      else {
        await bindRole(api, account.account, { role, namespace });
        // Rules of namespaces are looked at where the credential may list them.
        await bindClusterRole(api, account.account, { role: 'namespace-lister' });
      }
      const { access } = await open(name, account.token);
      const test = await waitUntil(
        async () => {
          const { excess } = await access.test('self', signal);
          return excess.length === 0 ? undefined : excess;
        },
        { what: `RBAC that grants ${permission}` },
      );
      expect(test).toContain(permission);
      await expect(access.openCluster('self', 'run-1', signal)).rejects.toMatchObject({
        code: 'not-allowed',
        message: 'the credential of the cluster self may do more than read',
      });
    }
  });

  describe('its credential', () => {
    it('is read again when the file of the token changes, and named when the server refuses it', async () => {
      const { access, tokenFile } = await open('rotated', token);
      const way = await access.openCluster('self', 'run-1', signal);
      await createServiceAccount(api, 'warroom/gone');
      const dead = await createToken(api, 'warroom/gone');
      await api.send('DELETE', '/api/v1/namespaces/warroom/serviceaccounts/gone');
      await writeFile(tokenFile, dead);
      const refused = await waitUntil(
        async () => {
          const reply = await askBroker(way, PODS);
          return reply.status === 503 ? reply : undefined;
        },
        { what: 'an API server that knows that the account is gone' },
      );
      expect(refused.body).toContain('refuses the credential of the processor');
      expect(refused.body).not.toContain(dead);
      await writeFile(tokenFile, await createToken(api, 'warroom/hub'));
      expect((await askBroker(way, PODS)).status).toBe(200);
    });

    it('is taken from a kubeconfig that was replaced, within the same request', async () => {
      const file = join(folder.path, 'replaced-kubeconfig');
      const server = await serverFacts();
      await writeKubeconfig(file, server, { token: `${token}x` });
      const broker = await openPlainBroker(file);
      try {
        expect((await askBroker(broker.way, PODS)).status).toBe(503);
        await writeKubeconfig(file, server, { token });
        expect((await askBroker(broker.way, PODS)).status).toBe(200);
      } finally {
        await broker.close();
        await rm(file);
      }
    });

    it('goes to a server alone whose certificate is trusted', async () => {
      const file = join(folder.path, 'other-kubeconfig');
      const server = await serverFacts();
      const { certificate } = createServerCertificate(['127.0.0.1'], new Date());
      await writeKubeconfig(file, { ...server, ca: certificate }, { token });
      const broker = await openPlainBroker(file);
      try {
        const { status, body } = await askBroker(broker.way, PODS);
        expect(status).toBe(502);
        expect(body).toMatch(/the certificate of the API server is not trusted/u);
      } finally {
        await broker.close();
        await rm(file);
      }
    });
  });

  describe('large answers', () => {
    const COUNT = 5000;

    beforeAll(async () => {
      await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'many' } });
      await bindClusterRole(api, 'warroom/hub', { role: 'hub-hub-namespace', namespace: 'many' });
      const names = Array.from({ length: COUNT }, (_, index) => `pod-${index}`).values();
      const createAll = async (): Promise<void> => {
        for (const name of names) {
          const { status, text } = await api.send('POST', '/api/v1/namespaces/many/pods', { body: manyPod(name) });
          if (status !== 201 && status !== 409) throw new Error(text);
        }
      };
      await Promise.all(Array.from({ length: 16 }, createAll));
    }, 300_000);

    // Other files look at the pods of the whole cluster.
    afterAll(async () => {
      const { status } = await api.send('DELETE', '/api/v1/namespaces/many/pods?gracePeriodSeconds=0');
      expect(status).toBe(200);
    }, 300_000);

    it('stream through, one object at a time', async () => {
      const { access, audit } = await open('many', token);
      const way = await access.openCluster('self', 'run-1', signal);
      const { status, body, isWhole } = await askBroker(way, '/api/v1/namespaces/many/pods');
      expect({ status, isWhole }).toEqual({ status: 200, isWhole: true });
      expect((JSON.parse(body) as { items: unknown[] }).items).toHaveLength(COUNT);
      const line = audit.at(-1);
      expect(line?.bytes).toBeGreaterThan(3_000_000);
      // A pod, and what stands around the list.
      expect(line?.peakBytes).toBeLessThan(16 * 1024);
    });

    it.skipIf(kubectl === undefined)('are read by kubectl page by page', async () => {
      const { access, audit } = await open('pages', token);
      const way = await access.openCluster('self', 'run-1', signal);
      const run = await createKubectl(join(folder.path, 'pages-run'), way, PATH);
      const { exit, stdout } = await run('get', 'pods', '-n', 'many', '-o', 'name');
      expect(exit).toBe(0);
      expect(stdout.trim().split('\n')).toHaveLength(COUNT);
      expect(audit.filter(({ path }) => path.startsWith('/api/v1/namespaces/many/pods'))).toHaveLength(10);
    });
  });

  const etcdPid = cluster.kind === 'ready' ? cluster.etcdPid : undefined;

  it.skipIf(etcdPid === undefined || kubectl === undefined)('is told which check of the server fails', async () => {
    const { access } = await open('unready', token);
    const way = await access.openCluster('self', 'run-1', signal);
    const run = await createKubectl(join(folder.path, 'unready-run'), way, PATH);
    expect((await run('get', '--raw', '/readyz?verbose')).stdout).toContain('[+]etcd ok');
    process.kill(etcdPid ?? 0, 'SIGSTOP');
    try {
      // The server asks etcd now and then, and answers from what it heard last.
      const told = async (): Promise<boolean> => {
        const { exit, stderr } = await run('get', '--raw', '/readyz?verbose');
        return exit === 1 && /\[-\]etcd failed/u.test(stderr);
      };
      await waitUntil(told, { what: 'the check that fails' });
    } finally {
      process.kill(etcdPid ?? 0, 'SIGCONT');
    }
    await waitUntil(async () => (await api.send('GET', '/readyz')).status === 200, { what: 'a ready API server' });
  });
});

function manyPod(name: string): object {
  const container = {
    name: 'main',
    image: 'registry.example.com/many:1',
    env: [{ name: 'KEY', value: 'x'.repeat(200) }],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [container] } };
}
