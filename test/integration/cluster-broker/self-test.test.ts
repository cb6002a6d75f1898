import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { formatRight, type NeededRight } from '../../../src/playbook/needed-rights.ts';
import { startClusterRig, type ClusterRig } from '../../support/cluster-rig.ts';
import { statusBody } from '../../support/scripted-api-server.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
let rig: ClusterRig | undefined;

afterEach(async () => {
  await rig?.close();
  await folder.close();
});

async function start(
  reviews: Parameters<typeof startClusterRig>[1] extends infer Options ? NonNullable<Options> : never,
): Promise<ClusterRig> {
  folder = await createTempFolder();
  rig = await startClusterRig(folder.path, reviews);
  return rig;
}

const signal = new AbortController().signal;

describe('the self test of a credential', () => {
  it('opens a way when nothing but reading is granted, and asks once', async () => {
    const { access, api } = await start({
      reviews: { rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }] },
    });
    await access.openCluster('self', 'run-1', signal);
    const asked = api.requests.length;
    expect(api.requests.filter(({ url }) => url.endsWith('selfsubjectrulesreviews'))).toHaveLength(3);
    expect(
      api.requests.filter(({ method }) => method === 'POST').every(({ url }) => url.includes('/selfsubject')),
    ).toBe(true);
    await access.openCluster('self', 'run-2', signal);
    expect(api.requests).toHaveLength(asked);
  });

  it.each([
    [
      { granted: (one: Readonly<Record<string, unknown>>) => one['resource'] === 'secrets' && one['verb'] === 'list' },
      'RBAC grants list secrets',
    ],
    [
      { granted: (one: Readonly<Record<string, unknown>>) => one['subresource'] === 'exec' },
      'RBAC grants get pods/exec, create pods/exec',
    ],
    [
      { rules: [{ verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['api'] }] },
      'RBAC grants patch deployments.apps',
    ],
    [{ rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }, 'and 3\\d\\d more|and \\d+ more'],
  ])('refuses a credential that may do more: %j', async (reviews, why) => {
    const { access } = await start({ reviews });
    await expect(access.openCluster('self', 'run-1', signal)).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'the credential of the cluster self may do more than read',
      why: expect.stringMatching(why) as string,
      hint: expect.stringContaining('docs/cluster-broker.md') as string,
    });
  });

  it('opens nothing while it cannot ask, and asks again', async () => {
    const { access, api, tokenFile } = await start({});
    api.on('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      status: 500,
      body: statusBody(500, 'InternalError', 'x'),
    });
    await expect(access.openCluster('self', 'run-1', signal)).rejects.toMatchObject({
      code: 'offline',
      message: 'cannot find out what the credential of the cluster may do',
      why: 'the API server answered a SelfSubjectAccessReview with status 500',
    });
    api.on('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { status: 201, body: {} });
    await expect(access.openCluster('self', 'run-1', signal)).rejects.toMatchObject({
      why: 'the API server does not say what it allows',
    });
    api.on('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      status: 201,
      body: { status: { allowed: false } },
    });
    await writeFile(tokenFile, 'wrong');
    await expect(access.openCluster('self', 'run-1', signal)).rejects.toMatchObject({ code: 'authentication' });
    await writeFile(tokenFile, api.token);
    expect((await access.openCluster('self', 'run-1', signal)).token).toMatch(/^warroom-/u);
  });

  it('knows its clusters by name', async () => {
    const { access, kubeconfigFile } = await start({});
    expect(access.clusters).toEqual(['self']);
    await expect(access.openCluster('prod-9', 'run', signal)).rejects.toMatchObject({
      code: 'not-found',
      message: 'no cluster prod-9 is configured here',
      why: 'known are self',
    });
    expect(await access.knownValues()).toEqual([{ name: 'cluster-token', value: 'service-account-token' }]);
    expect(kubeconfigFile).not.toBe('');
  });
});

describe('the review of the rights that playbooks need', () => {
  const LOGS: NeededRight = {
    verb: 'get',
    what: { kind: 'resource', group: '', resource: 'pods/log' },
    playbooks: ['etcd-latency'],
  };
  const NODES: NeededRight = { ...LOGS, verb: 'list', what: { kind: 'resource', group: '', resource: 'nodes' } };
  const HEALTH: NeededRight = { ...LOGS, what: { kind: 'url', url: '/readyz' } };
  const CONTROL_PLANES = ['clusters-a', 'clusters-b'];

  async function review(
    granted: (one: Readonly<Record<string, unknown>>) => boolean,
  ): Promise<readonly [granted: number, ...denied: readonly string[]]> {
    const { access } = await start({ reviews: { granted, namespaces: [...CONTROL_PLANES, 'shop'] } });
    const { denied, granted: count } = await access.reviewRights('self', [LOGS, NODES, HEALTH], signal);
    return [count, ...denied.map(formatRight)];
  }

  it.each([
    ['everything', () => true, [3]],
    ['nothing', () => false, [0, 'get pods/log', 'list nodes', 'get /readyz']],
    ['logs of all control planes', inNamespaces(...CONTROL_PLANES), [1, 'list nodes', 'get /readyz']],
    ['logs of one', inNamespaces('clusters-b'), [0, 'get pods/log in clusters-a', 'list nodes', 'get /readyz']],
    [
      'logs elsewhere',
      inNamespaces('shop'),
      [0, 'get pods/log in clusters-a', 'get pods/log in clusters-b', 'list nodes', 'get /readyz'],
    ],
  ] as const)('counts what is granted where playbooks look: %s', async (_, granted, expected) => {
    expect(await review(granted)).toEqual(expected);
  });

  function inNamespaces(...names: readonly string[]): (one: Readonly<Record<string, unknown>>) => boolean {
    return ({ subresource, namespace }) => subresource === 'log' && names.includes(String(namespace));
  }
});
