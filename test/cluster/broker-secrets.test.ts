import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram } from '../../src/lib/find-program.ts';
import { askBroker, sendRaw } from '../support/broker-client.ts';
import { CANARY, holdsCanary } from '../support/leaky-objects.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { createKubectl, openPlainBroker, type PlainBroker } from './broker-rig.ts';
import type { ClusterApi } from './cluster-api.ts';
import { object } from './scene/objects.ts';
import { describeOnCluster, kubeconfigFile, openCluster } from './the-cluster.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const kubectl = await findProgram('kubectl', PATH);

const VAULT = '/api/v1/namespaces/vault';
const PODS = `${VAULT}/pods`;

/** Ways to ask for secrets and for what is like them. */
const FORBIDDEN = [
  '/api/v1/secrets',
  `${VAULT}/secrets`,
  `${VAULT}/secrets/db`,
  `${VAULT}/secrets?watch=1&timeoutSeconds=2`,
  `${VAULT}/secrets?watch=true&timeoutSeconds=2&fieldSelector=metadata.name%3Ddb`,
  `${VAULT}/secrets?limit=1`,
  `${VAULT}/secrets/db?pretty=true`,
  `${VAULT}/secrets/db/status`,
  '/api/v1/watch/secrets?timeoutSeconds=2',
  '/api/v1/watch/namespaces/vault/secrets?timeoutSeconds=2',
  '/api/v1/watch/namespaces/vault/secrets/db?timeoutSeconds=2',
  '/apis/v1/namespaces/vault/secrets',
  '/api/v1//namespaces/vault/secrets',
  '//api/v1/namespaces/vault/secrets',
  '/api/v1/./namespaces/vault/secrets',
  `${PODS}/../secrets`,
  `${PODS}/%2e%2e/secrets`,
  `${PODS}%2f..%2fsecrets`,
  `${VAULT}/%73ecrets`,
  `${VAULT}/secrets/`,
  `${VAULT}/secrets;a=b`,
  `${VAULT}/Secrets`,
  `${VAULT}/secrets%00`,
  `${VAULT}/secrets%3fwatch=1`,
  `${VAULT}/secrets#`,
  `${VAULT}/configmaps`,
  `${VAULT}/configmaps/settings`,
  `${VAULT}/serviceaccounts/default/token`,
  `${VAULT}/pods/leaky/exec?command=env&stdout=true`,
  `${VAULT}/pods/leaky/attach?stdout=true`,
  `${VAULT}/pods/leaky/portforward?ports=80`,
  `${VAULT}/pods/leaky/proxy/`,
  `${VAULT}/services/https:kubernetes:443/proxy/api/v1/secrets`,
  '/api/v1/nodes/hub-1/proxy/pods',
  '/api/v1/nodes/hub-1/proxy/containerLogs/vault/leaky/main',
  '/apis/example.com/v1/secrets',
  '/metrics',
  '/logs/kube-apiserver.log',
  '/debug/pprof/heap',
  '/configz',
];

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
const FORMS = ['application/json', TABLE, METADATA, 'application/yaml', 'application/vnd.kubernetes.protobuf', '*/*'];

/** Ways to ask for pods, which may be read. */
const ALLOWED = [
  PODS,
  `${PODS}?limit=1`,
  `${PODS}/leaky`,
  `${PODS}?watch=1&timeoutSeconds=1`,
  `${PODS}?includeObject=Object`,
  '/api/v1/pods?fieldSelector=metadata.namespace%3Dvault',
];

// The credential behind this broker may do everything, so nothing but the broker keeps anything back.
describeOnCluster('a cluster broker that asks a real API server with every right', () => {
  let api: ClusterApi;
  let broker: PlainBroker;
  let folder: TempFolder;

  beforeAll(async () => {
    folder = await createTempFolder();
    api = await openCluster('vault');
    await api.applyAll([
      object('v1', 'Secret', 'vault/db', { stringData: { password: CANARY } }),
      object('v1', 'ConfigMap', 'vault/settings', { data: { 'app.conf': `password=${CANARY}` } }),
      object('v1', 'Pod', 'vault/leaky', {
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration': `{"kind":"Pod","env":[{"value":"${CANARY}"}]}`,
            'example.com/copy': `{"kind":"Secret","data":{"a":"${CANARY}"}}`,
            'example.com/auth-token': CANARY,
          },
        },
        spec: {
          containers: [{ name: 'main', image: 'registry.example.com/a:1', env: [{ name: 'PASSWORD', value: CANARY }] }],
          initContainers: [{ name: 'init', image: 'registry.example.com/a:1', env: [{ name: 'KEY', value: CANARY }] }],
        },
      }),
      object('cert-manager.io/v1', 'Certificate', 'vault/web', {
        spec: { secretName: 'db', template: { kind: 'Secret', stringData: { password: CANARY } } },
      }),
      object('route.openshift.io/v1', 'Route', 'vault/web', {
        spec: { host: 'a.example.com', tls: { key: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n` } },
      }),
    ]);
    broker = await openPlainBroker(kubeconfigFile());
  });

  afterAll(async () => {
    await broker.close();
    api.close();
    await folder.close();
  });

  it('has something to keep back', async () => {
    for (const path of [`${VAULT}/secrets/db`, `${PODS}/leaky`, '/apis/cert-manager.io/v1/certificates']) {
      const { text } = await api.send('GET', path);
      expect(holdsCanary(text)).toBe(true);
    }
  });

  it.each(FORBIDDEN)('refuses %s', async (path) => {
    const before = broker.audit.length;
    for (const accept of FORMS) {
      const { status, body } = await askBroker(broker.way, path, { headers: { accept } });
      expect({ path, accept, isRefused: status >= 400, holdsCanary: holdsCanary(body) }).toEqual({
        ...{ path, accept, isRefused: true, holdsCanary: false },
      });
    }
    const lines = broker.audit.slice(before);
    expect(lines.map(({ decision }) => decision)).toEqual(FORMS.map(() => 'refused'));
  });

  it.each(ALLOWED)('gives %s without what can be a secret, in every form', async (path) => {
    let seen = 0;
    for (const accept of FORMS) {
      const { status, body } = await askBroker(broker.way, path, { headers: { accept } });
      expect(holdsCanary(body)).toBe(false);
      if (status === 200 && body.includes('leaky')) seen += 1;
    }
    expect(seen).toBeGreaterThan(0);
  });

  it.each(['/apis/cert-manager.io/v1/namespaces/vault/certificates', '/apis/route.openshift.io/v1/routes'])(
    'takes secrets out of custom resources too: %s',
    async (path) => {
      const { status, body } = await askBroker(broker.way, path);
      expect(status).toBe(200);
      expect(body).toContain('"web"');
      expect(holdsCanary(body)).toBe(false);
    },
  );

  it.each([
    ['exec over a WebSocket', `${PODS}/leaky/exec?command=id&stdout=true`, 'websocket'],
    ['exec over SPDY', `${PODS}/leaky/exec?command=id&stdout=true`, 'SPDY/3.1'],
    ['attach', `${PODS}/leaky/attach?stdout=true`, 'websocket'],
    ['port-forward', `${PODS}/leaky/portforward?ports=80`, 'websocket'],
    ['a watch over a WebSocket', `${PODS}?watch=1&timeoutSeconds=2`, 'websocket'],
    ['a list with an upgrade', PODS, 'h2c'],
  ])('refuses an upgrade for %s', async (_, path, protocol) => {
    for (const method of ['GET', 'POST']) {
      const head = `${method} ${path} HTTP/1.1\r\nhost: broker\r\nauthorization: Bearer ${broker.way.token}\r\n`;
      const upgrade = `connection: Upgrade\r\nupgrade: ${protocol}\r\nsec-websocket-version: 13\r\n`;
      const key = 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: v5.channel.k8s.io\r\n';
      const answer = await sendRaw(broker.way, `${head}${upgrade}${key}content-length: 0\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /u);
      expect(answer).not.toContain('101 Switching');
    }
  });

  it.each([
    { 'impersonate-user': 'system:admin' },
    { 'impersonate-group': 'system:masters' },
    { 'impersonate-uid': '1' },
    { 'impersonate-extra-scopes': 'x' },
    { 'x-remote-user': 'system:admin' },
    { 'x-forwarded-client-cert': 'x' },
  ])('refuses or drops what says that somebody else asks: %j', async (headers) => {
    const { status, body } = await askBroker(broker.way, PODS, { headers });
    const isImpersonation = Object.keys(headers).some((name) => /^(?:impersonate|x-remote)-/u.test(name));
    expect(status).toBe(isImpersonation ? 403 : 200);
    expect(holdsCanary(body)).toBe(false);
  });

  it.skipIf(kubectl === undefined).each([
    ['exec', '-n', 'vault', 'leaky', '--', 'env'],
    ['attach', '-n', 'vault', 'leaky'],
    ['port-forward', '-n', 'vault', 'leaky', ':80'],
    ['cp', 'vault/leaky:/etc/passwd', '/dev/null'],
    ['debug', '-n', 'vault', 'leaky', '--image=busybox'],
    ['get', 'secrets', '-A', '-o', 'yaml'],
    ['get', 'all,secrets', '-n', 'vault', '-o', 'json'],
    ['get', 'pods', '-n', 'vault', '--as=system:admin', '--as-group=system:masters'],
    ['create', 'token', 'default', '-n', 'vault'],
    ['annotate', 'pod', 'leaky', '-n', 'vault', 'a=b'],
    ['delete', 'pod', 'leaky', '-n', 'vault', '--wait=false'],
  ])('stands between kubectl and the cluster: %s', async (...args) => {
    const run = await createKubectl(folder.path, broker.way, PATH);
    const { exit, stdout, stderr } = await run(...args);
    expect(exit).not.toBe(0);
    expect(holdsCanary(stdout + stderr)).toBe(false);
    expect((await api.send('GET', `${PODS}/leaky`)).text).not.toContain('"a":"b"');
  });

  it('writes an audit line for everything that was asked', async () => {
    const before = broker.audit.length;
    await askBroker(broker.way, `${PODS}/leaky`);
    await askBroker(broker.way, `${VAULT}/secrets`);
    expect(broker.audit.slice(before)).toEqual([
      expect.objectContaining({
        run: 'run-1',
        method: 'GET',
        path: `${PODS}/leaky`,
        status: 200,
        decision: 'forwarded',
      }),
      expect.objectContaining({ path: `${VAULT}/secrets`, status: 403, bytes: 0, decision: 'refused' }),
    ]);
    expect(JSON.stringify(broker.audit)).not.toContain(CANARY);
  });
});
