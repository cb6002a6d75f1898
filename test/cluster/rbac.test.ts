import { afterAll, beforeAll, expect, it } from 'vitest';
import { findExcess, type ResourceRule } from '../../src/cluster-broker/access-rules.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../src/playbook/load-playbooks.ts';
import type { Playbook } from '../../src/schema/generated.ts';
import { kubernetesSteps } from '../support/playbook-access.ts';
import type { ClusterApi, SendOptions } from './cluster-api.ts';
import { grantPrintedRoles, INPUTS, NAMESPACES } from './printed-roles.ts';
import { createServiceAccount } from './service-account.ts';
import { describeOnCluster, openCluster } from './the-cluster.ts';

const playbooks = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() }))
  .map(({ playbook }) => playbook)
  .filter((playbook) => kubernetesSteps(playbook).length > 0);
const cases = playbooks.map((playbook) => ({ id: playbook.metadata.id, playbook }));

const accountOf = (id: string): string => `warroom/${id}`;

/** What no account of a processor may do, as requests of the API. */
const FORBIDDEN: readonly (readonly [string, string, SendOptions?])[] = [
  ['GET', '/api/v1/secrets'],
  ['GET', '/api/v1/namespaces/shop/secrets'],
  ['GET', '/api/v1/namespaces/shop/secrets/db'],
  ['GET', '/api/v1/namespaces/shop/secrets?watch=1&timeoutSeconds=1'],
  ['GET', '/api/v1/namespaces/clusters-blue/secrets/admin-kubeconfig'],
  ['GET', '/api/v1/namespaces/shop/configmaps'],
  ['GET', '/api/v1/namespaces/shop/serviceaccounts'],
  ['POST', '/api/v1/namespaces/warroom/serviceaccounts/default/token', { body: {} }],
  ['POST', '/api/v1/namespaces/shop/pods', { body: {} }],
  ['POST', '/api/v1/namespaces/clusters-blue/pods/etcd-0/exec?command=id'],
  // Over a WebSocket a way into a container is asked for by GET.
  ['GET', '/api/v1/namespaces/clusters-blue/pods/etcd-0/exec?command=id'],
  ['GET', '/api/v1/namespaces/clusters-blue/pods/etcd-0/attach'],
  ['GET', '/api/v1/namespaces/clusters-blue/pods/etcd-0/portforward?ports=2379'],
  ['GET', '/api/v1/namespaces/clusters-blue/pods/etcd-0/proxy/'],
  ['GET', '/api/v1/namespaces/shop/services/web/proxy/'],
  ['GET', '/api/v1/nodes/n1/proxy/logs/'],
  ['PATCH', '/api/v1/namespaces/shop/pods/web/ephemeralcontainers', { body: {} }],
  ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/web', { body: {} }],
  ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/web/scale', { body: {} }],
  ['PATCH', '/apis/hypershift.openshift.io/v1beta1/namespaces/clusters/hostedclusters/blue', { body: {} }],
  ['PUT', '/apis/certificates.k8s.io/v1/certificatesigningrequests/csr-1/approval', { body: {} }],
  ['DELETE', '/api/v1/namespaces/shop/pods/web'],
  ['DELETE', '/api/v1/nodes/n1'],
  ['POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', { body: {} }],
  ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles'],
  ['GET', '/metrics'],
  ['GET', '/logs/'],
];

describeOnCluster('the roles that playbook rbac prints, on a real API server', () => {
  let api: ClusterApi;

  beforeAll(async () => {
    api = await openCluster(...NAMESPACES);
    for (const { id } of cases) {
      await createServiceAccount(api, accountOf(id));
      await grantPrintedRoles(api, accountOf(id), [id]);
    }
  });

  afterAll(() => {
    api.close();
  });

  it.each(cases)('let $id read everything that its steps ask for', async ({ id, playbook }) => {
    const refused: string[] = [];
    for (const path of pathsOf(playbook)) {
      const { status } = await api.send('GET', path, { as: accountOf(id) });
      // What is not there is no refusal: RBAC is asked first.
      if (![200, 404].includes(status)) refused.push(`${status} ${path}`);
    }
    expect(refused).toEqual([]);
  });

  it.each(cases)('let $id do nothing that a processor must not', async ({ id }) => {
    const passed: string[] = [];
    for (const [method, path, options = {}] of FORBIDDEN) {
      const { status } = await api.send(method, path, { ...options, as: accountOf(id) });
      if (status !== 403) passed.push(`${status} ${method} ${path}`);
    }
    expect(passed).toEqual([]);
  });

  it.each(cases)('let $id read nowhere else', async ({ id }) => {
    const elsewhere = ['/api/v1/namespaces/default/pods', '/apis/apps/v1/namespaces/default/deployments'];
    const everywhere = new Set(pathsOf(playbooks.find(({ metadata }) => metadata.id === id)).filter(isEverywhere));
    for (const path of elsewhere) {
      const resource = path.split('/').at(-1) ?? '';
      const isGranted = [...everywhere].some((each) => each.endsWith(`/${resource}`));
      const { status } = await api.send('GET', path, { as: accountOf(id) });
      expect({ path, status }).toEqual({ path, status: isGranted ? 200 : 403 });
    }
  });

  it.each(cases)('give $id no right that the self test of a processor refuses', async ({ id }) => {
    for (const namespace of NAMESPACES) {
      const { text } = await api.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
        as: accountOf(id),
        body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } },
      });
      const { status } = JSON.parse(text) as { status: { resourceRules: readonly ResourceRule[] } };
      expect({ namespace, excess: findExcess(status.resourceRules) }).toEqual({ namespace, excess: [] });
    }
  });

  it('let nobody become somebody else', async () => {
    for (const { id } of cases) {
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: `system:serviceaccount:warroom:${id}`,
          groups: ['system:serviceaccounts', 'system:serviceaccounts:warroom', 'system:authenticated'],
          resourceAttributes: { verb: 'impersonate', resource: 'users', name: 'system:admin' },
        },
      };
      const { text } = await api.send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body: review });
      expect({ id, ...(JSON.parse(text) as { status: object }) }).toMatchObject({ id, status: { allowed: false } });
    }
  });
});

/** Paths that kubectl reads for the steps; the readers that run inside a container are not granted. */
function pathsOf(playbook: Playbook | undefined): readonly string[] {
  const steps = playbook === undefined ? [] : kubernetesSteps(playbook, INPUTS);
  return steps.filter(({ step }) => step.access === 'read').flatMap(({ requests }) => requests.map(({ path }) => path));
}

function isEverywhere(path: string): boolean {
  return /^\/(?:api|apis\/[^/]+)\/v1\/[a-z]+$/u.test(path);
}
