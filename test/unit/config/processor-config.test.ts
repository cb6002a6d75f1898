import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultHolder, loadProcessorConfig } from '../../../src/config/processor-config.ts';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;

beforeEach(async () => {
  folder = await createTempFolder();
});

afterEach(async () => {
  await folder.close();
});

interface Parts {
  readonly trust?: string;
  /** null: none. */
  readonly trustDir?: string | null;
  readonly repository?: string;
  readonly more?: string;
  readonly env?: Record<string, string>;
}

async function load(parts: Parts = {}): Promise<ProcessorSettings> {
  const file = join(folder.path, 'processor.yaml');
  const lines = [
    'apiVersion: warroom.intility.io/v1',
    'kind: ProcessorConfig',
    'cluster: {type: hub, name: production-hub}',
    `trust: ${parts.trust ?? 'required'}`,
    `repository: ${parts.repository ?? '{url: https://github.com/acme/warroom.git}'}`,
    'stateDir: state',
    parts.more ?? '',
    ...(parts.trustDir === null ? [] : [`trustDir: ${parts.trustDir ?? 'zone'}`]),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return loadProcessorConfig(file, { env: parts.env ?? {} });
}

it('fills in every default and makes paths absolute', async () => {
  const { readKnownValues, readToken, holder, ...rest } = await load({ more: 'playbookDir: ../playbooks' });
  expect(holder).toMatch(/^[A-Za-z0-9-]+-processor$/u);
  expect(rest).toStrictEqual({
    file: join(folder.path, 'processor.yaml'),
    cluster: { type: 'hub', name: 'production-hub' },
    trust: 'required',
    trustDir: join(folder.path, 'zone'),
    repository: { url: 'https://github.com/acme/warroom.git', branch: 'main', refNamespace: 'refs/warroom' },
    stateDir: join(folder.path, 'state'),
    pauseFile: join(folder.path, 'state', 'PAUSE'),
    disclosure: { publish: 'full', hold: false, allowPublicRemote: false },
    audit: { file: join(folder.path, 'state', 'audit.jsonl') },
    obfuscate: {},
    playbookDir: join(folder.path, '../playbooks'),
    target: { kind: 'local' },
    engine: 'auto',
    claude: {},
    concurrency: 2,
    maxTimeout: 1800,
    polling: { minSeconds: 10, maxSeconds: 60 },
    lease: { seconds: 120, renewSeconds: 40 },
    progressSeconds: 15,
    announceSeconds: 600,
    indexSeconds: 120,
    stopSeconds: 280,
    predecessorSeconds: 300,
    pushesPerMinute: 6,
    retention: { days: 30, megabytes: 256 },
  });
  expect(await readKnownValues()).toStrictEqual([]);
  expect(await readToken()).toBeUndefined();
});

it('has the defaults that its schema, and with it docs/configuration.md, says', async () => {
  const text = await readFile(new URL('../../../schemas/processor-config.schema.json', import.meta.url), 'utf8');
  const { properties } = JSON.parse(text) as { properties: Record<string, SchemaNode> };
  const said = defaultsOf(properties);
  expect(Object.keys(said).length).toBeGreaterThan(10);
  expect(await load()).toMatchObject(said);
});

interface SchemaNode {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

function defaultsOf(properties: Readonly<Record<string, SchemaNode>>): Record<string, unknown> {
  const entries = Object.entries(properties).flatMap(([name, node]): [string, unknown][] => {
    if (node.default !== undefined) return [[name, node.default]];
    const inner = node.properties === undefined ? {} : defaultsOf(node.properties);
    return Object.keys(inner).length === 0 ? [] : [[name, inner]];
  });
  return Object.fromEntries(entries);
}

it('takes the paths of what the administrator holds from the folder of the file', async () => {
  const more = [
    'pauseFile: brake/PAUSE',
    'disclosure: {publish: report, hold: true}',
    'audit: {file: log/audit.jsonl, syslog: {address: "unix:/dev/log"}}',
  ].join('\n');
  expect(await load({ more })).toMatchObject({
    trustDir: join(folder.path, 'zone'),
    pauseFile: join(folder.path, 'brake/PAUSE'),
    disclosure: { publish: 'report', hold: true, allowPublicRemote: false },
    audit: { file: join(folder.path, 'log/audit.jsonl'), syslog: 'unix:/dev/log' },
  });
});

it('keeps what the file says', async () => {
  const settings = await load({
    repository:
      '{url: ./wr.git, branch: ops, refNamespace: refs/heads/warroom, credential: {sshKeyFile: key, caFile: /ca.pem}}',
    trustDir: '/etc/trust',
    more: 'holder: p0\nsigningKeyFile: keys/signing\nengine: diagnostics\nconcurrency: 1\npolling: {minSeconds: 0.1, maxSeconds: 1}',
  });
  expect(settings).toMatchObject({
    holder: 'p0',
    trustDir: '/etc/trust',
    signingKeyFile: join(folder.path, 'keys/signing'),
    engine: 'diagnostics',
    concurrency: 1,
    polling: { minSeconds: 0.1, maxSeconds: 1 },
    repository: {
      url: join(folder.path, 'wr.git'),
      branch: 'ops',
      refNamespace: 'refs/heads/warroom',
      credential: { sshKeyFile: join(folder.path, 'key'), caFile: '/ca.pem' },
    },
  });
});

it('knows clusters as targets, with every path absolute', async () => {
  const settings = await load({
    more: [
      'target: {kind: kubernetes, kubeconfigFile: hub, context: prod, hosted: [{name: prod-1, kubeconfigFile: ../h1}]}',
      'broker:',
      '  allow: [{group: monitoring.coreos.com, resources: [prometheusrules]}]',
      '  prometheus: {url: "https://thanos.example.com", tokenFile: token, caFile: /ca.pem}',
      '  docker: {socket: /var/run/docker.sock}',
    ].join('\n'),
  });
  expect(settings.target).toStrictEqual({
    kind: 'kubernetes',
    kubeconfigFile: join(folder.path, 'hub'),
    context: 'prod',
    hosted: [{ name: 'prod-1', kubeconfigFile: join(folder.path, '../h1') }],
  });
  expect(settings.broker).toStrictEqual({
    allow: [{ group: 'monitoring.coreos.com', resources: ['prometheusrules'] }],
    prometheus: { url: 'https://thanos.example.com', tokenFile: join(folder.path, 'token'), caFile: '/ca.pem' },
    docker: { socket: '/var/run/docker.sock' },
  });
  const inCluster = await load({ more: 'target: {kind: kubernetes}\nbroker: {configMaps: [app]}' });
  expect(inCluster.target).toStrictEqual({ kind: 'kubernetes', hosted: [] });
  expect(inCluster.broker).toStrictEqual({ configMaps: ['app'] });
});

it('reads where the metrics of a machine are, and keeps their token out of results', async () => {
  await writeFile(join(folder.path, 'metrics-token'), 'metrics-secret\n');
  const more =
    'target: {kind: local, metrics: {url: "https://p.example.com", tokenFile: metrics-token, instance: "w:9100"}}';
  const settings = await load({ more });
  expect(settings.target).toStrictEqual({
    kind: 'local',
    metrics: { url: 'https://p.example.com', tokenFile: join(folder.path, 'metrics-token'), instance: 'w:9100' },
  });
  expect(await settings.readKnownValues()).toContainEqual({ name: 'metrics-token', value: 'metrics-secret' });
  const loopback = await load({ more: 'target: {kind: local, metrics: {url: "http://127.0.0.1:9090", tokenFile: t}}' });
  expect(await loopback.readKnownValues()).not.toContainEqual(expect.objectContaining({ name: 'metrics-token' }));
});

it.each([
  ['target: {kind: inventory, inventoryFile: a, metrics: {url: "https://p"}}', 'has no meaning for kind inventory'],
  ['target: {kind: local, metrics: {url: "http://p", tokenFile: t}}', 'send the token of tokenFile without encryption'],
  ['broker: {prometheus: {url: "http://p", tokenFile: t}}', 'broker.prometheus.url: would send the token'],
  ['target: {kind: local, kubeconfigFile: a}', 'target.kubeconfigFile: has no meaning for kind local'],
  ['target: {kind: kubernetes, hosted: [{name: self, kubeconfigFile: a}]}', 'self is the name of the cluster itself'],
  [
    'target: {kind: kubernetes, hosted: [{name: a, kubeconfigFile: a}, {name: a, kubeconfigFile: b}]}',
    'target.hosted[1].name: is given twice',
  ],
  ['broker: {allow: [{group: "", resources: [secrets]}]}', 'secrets cannot be allowed'],
  ['broker: {allow: [{group: "", resources: [pods, secrets/status]}]}', 'secrets/status cannot be allowed'],
  [
    'broker: {allow: [{group: oauth.openshift.io, resources: [oauthaccesstokens]}]}',
    'oauthaccesstokens cannot be allowed',
  ],
  ['broker: {allow: [{group: "", resources: [pods/exec]}]}', 'broker.allow[0].resources[0]'],
  ['broker: {allow: [{group: "", resources: ["*"]}]}', 'broker.allow[0].resources[0]'],
  ['broker: {prometheus: {url: "https://a:b@thanos"}}', 'broker.prometheus.url'],
])('refuses %s', async (more, problem) => {
  await expect(load({ more })).rejects.toMatchObject({ message: expect.stringContaining(problem) as string });
});

it('takes pause and failpoint from the environment, when they say something', async () => {
  expect(await load({ env: { WARROOM_PAUSE: 'maintenance', WARROOM_FAILPOINT: 'after-claim' } })).toMatchObject({
    pauseReason: 'maintenance',
    failpoint: 'after-claim',
  });
  const quiet = await load({ env: { WARROOM_PAUSE: '', WARROOM_FAILPOINT: '' } });
  expect(quiet).not.toHaveProperty('pauseReason');
  expect(quiet).not.toHaveProperty('failpoint');
});

it.each([
  ['node1.example.com', 'node1-example-com-processor'],
  ['..', 'host-processor'],
  ['', 'host-processor'],
  [`${'a'.repeat(52)}.b.c`, `${'a'.repeat(52)}-processor`],
  ['æøå_1', '1-processor'],
])('names the processor of the host "%s" %s', (host, holder) => {
  expect(defaultHolder(host)).toBe(holder);
});

describe('the model of sessions', () => {
  const sessions = (model: string): string =>
    `sessions: {kubeconfigFile: k, image: "r/x@sha256:${'a1'.repeat(32)}", model: ${model}}`;

  it.each<[string, Record<string, string>, object]>([
    [
      '{kind: broker}',
      { POD_IP: '10.0.0.7' },
      { kind: 'broker', maxUsd: 5, listen: { host: '10.0.0.7', port: 8444, address: '10.0.0.7' } },
    ],
    [
      '{kind: broker, maxUsd: 2, listen: {host: 0.0.0.0, address: model.example.svc}}',
      {},
      { kind: 'broker', maxUsd: 2, listen: { host: '0.0.0.0', port: 8444, address: 'model.example.svc' } },
    ],
    [
      '{kind: broker, listen: {host: 0.0.0.0, port: 9000}}',
      { POD_IP: '10.0.0.7' },
      { kind: 'broker', maxUsd: 5, listen: { host: '0.0.0.0', port: 9000, address: '10.0.0.7' } },
    ],
    [
      '{baseUrl: "http://gateway:8080", tokenSecret: t}',
      {},
      { kind: 'gateway', baseUrl: 'http://gateway:8080', tokenSecret: 't' },
    ],
  ])('is %s', async (model, env, expected) => {
    expect((await load({ more: sessions(model), env })).sessions?.model).toEqual(expected);
  });

  it.each([
    ['{kind: gateway}', 'sessions.model: needs baseUrl and tokenSecret of the gateway'],
    ['{baseUrl: "http://g", tokenSecret: t, maxUsd: 2}', 'maxUsd and listen belong to kind: broker'],
    ['{kind: broker, tokenSecret: t}', 'baseUrl and tokenSecret belong to kind: gateway'],
  ])('is not %s', async (model, message) => {
    await expect(load({ more: sessions(model) })).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('an open war room', () => {
  it.each(['/srv/wr.git', './wr.git', 'file:///srv/wr.git', 'http://127.0.0.1:8080/wr.git', 'git@localhost:wr.git'])(
    'may be %s',
    async (url) => {
      expect((await load({ trust: 'open', repository: `{url: "${url}"}` })).trust).toBe('open');
    },
  );

  it.each([
    'https://github.com/acme/warroom.git',
    'git@github.com:acme/warroom.git',
    'http://localhost@example.com/wr.git',
  ])('may not be %s', async (url) => {
    await expect(load({ trust: 'open', repository: `{url: "${url}"}` })).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'trust: open is refused for this repository',
      hint: 'set trust: required, or serve a local repository',
    });
  });
});

describe('the token', () => {
  it('is read from its file each time', async () => {
    const file = join(folder.path, 'token');
    const { readToken, readKnownValues } = await load({
      repository: '{url: https://example.com/wr.git, credential: {tokenFile: token}}',
    });
    await writeFile(file, 'first\n');
    expect(await readToken()).toBe('first');
    await writeFile(file, 'second');
    expect(await readToken()).toBe('second');
    expect(await readKnownValues()).toStrictEqual([{ name: 'git-token', value: 'second' }]);
  });

  it('is read from its variable', async () => {
    const repository = '{url: https://example.com/wr.git, credential: {tokenEnv: MY_TOKEN}}';
    expect(await (await load({ repository, env: { MY_TOKEN: 'abc' } })).readToken()).toBe('abc');
  });

  it.each(['', 'two\nlines', 'tab\there'])('is refused when its file holds %j', async (content) => {
    await writeFile(join(folder.path, 'token'), content);
    const { readToken } = await load({
      repository: '{url: https://example.com/wr.git, credential: {tokenFile: token}}',
    });
    await expect(readToken()).rejects.toMatchObject({
      code: 'authentication',
      message: 'cannot read the token for git',
      why: `the file ${join(folder.path, 'token')} does not hold one line of text`,
    });
  });
});

describe('known secret values', () => {
  it('come from well-known variables, from configured ones and from files', async () => {
    await writeFile(join(folder.path, 'password'), 's3cret\n');
    const { readKnownValues } = await load({
      more: 'redaction: {knownValues: [{name: registry, env: REGISTRY}, {name: database, file: password}]}',
      env: {
        ANTHROPIC_API_KEY: 'k1',
        ANTHROPIC_AUTH_TOKEN: 'k2',
        WARROOM_GIT_TOKEN: 'k3',
        GITHUB_TOKEN: 'k4',
        GH_TOKEN: '',
        REGISTRY: 'r',
      },
    });
    expect(await readKnownValues()).toStrictEqual([
      { name: 'anthropic-api-key', value: 'k1' },
      { name: 'anthropic-auth-token', value: 'k2' },
      { name: 'warroom-git-token', value: 'k3' },
      { name: 'github-token', value: 'k4' },
      { name: 'registry', value: 'r' },
      { name: 'database', value: 's3cret' },
    ]);
  });

  it.each([
    ['{name: registry, env: REGISTRY}', 'the environment variable REGISTRY is not set'],
    ['{name: registry, file: /nowhere/password}', 'the file /nowhere/password cannot be read or is empty'],
  ])('stop the work when one cannot be read: %s', async (source, why) => {
    const { readKnownValues } = await load({ more: `redaction: {knownValues: [${source}]}` });
    await expect(readKnownValues()).rejects.toMatchObject({
      code: 'redaction',
      message: 'cannot read the secret value registry',
      why,
    });
  });
});

it('takes publishers with their files from beside the file, and keeps their secrets out of results', async () => {
  await writeFile(join(folder.path, 'secret'), 'a-secret-of-the-store\n');
  const { publishers, readKnownValues } = await load({
    more: `publishers: [{kind: git}, {kind: s3, s3: {bucket: b-1, accessKeyIdFile: id, secretAccessKeyFile: secret, caFile: ca.crt}}, {kind: configmap, configmap: {accountDir: writer}}]`,
  });
  const inFolder = (name: string): string => join(folder.path, name);
  expect(publishers).toEqual([
    {
      kind: 's3',
      s3: {
        bucket: 'b-1',
        accessKeyIdFile: inFolder('id'),
        secretAccessKeyFile: inFolder('secret'),
        caFile: inFolder('ca.crt'),
      },
    },
    { kind: 'configmap', configmap: { accountDir: inFolder('writer') } },
  ]);
  // The token of the writer is not there yet: its publisher says so when it needs it.
  expect(await readKnownValues()).toEqual([{ name: 'store-key', value: 'a-secret-of-the-store' }]);
});

it('takes metrics and a canary, with defaults for what it does and the key from beside the file', async () => {
  const { metrics, canary } = await load({
    more: 'metrics: {listen: {host: 127.0.0.1, port: 9464}}\ncanary: {keyFile: canary}',
  });
  expect(metrics).toEqual({ listen: { host: '127.0.0.1', port: 9464 } });
  expect(canary).toEqual({
    everyMinutes: 60,
    deadlineSeconds: 900,
    strategy: 'general',
    principal: 'canary@production-hub.invalid',
    keyFile: join(folder.path, 'canary'),
  });
});

describe('says what is wrong', () => {
  it.each([
    [
      'canary: {everyMinutes: 30}',
      "7:9: canary: needs keyFile with trust: required (make one with  ssh-keygen -t ed25519 -N '' -f FILE   and enrol it)",
    ],
    ['holder: a..b', '7:9: holder: cannot be part of a git ref (avoid .. and the ending .lock)'],
    ['polling: {minSeconds: 5, maxSeconds: 1}', '7:23: polling.minSeconds: is more than polling.maxSeconds'],
    [
      'lease: {seconds: 40, renewSeconds: 40}',
      '7:36: lease.renewSeconds: must be less than lease.seconds (a third of the lease leaves room for two failures)',
    ],
    ['redaction: {knownValues: [{name: a}]}', '7:27: redaction.knownValues[0]: needs env or file, and not both'],
    [
      'redaction: {knownValues: [{name: a, env: B, file: c}]}',
      '7:27: redaction.knownValues[0]: needs env or file, and not both',
    ],
    ['publishers: [{kind: s3}]', '7:14: publishers[0]: kind s3 needs s3'],
    [
      'publishers: [{kind: git, configmap: {accountDir: a}}]',
      '7:37: publishers[0].configmap: has no meaning for kind git',
    ],
    ['publishers: [{kind: git}, {kind: git}]', '7:34: publishers[1].kind: git is given twice'],
    [
      'publishers: [{kind: configmap, configmap: {}}]',
      '7:43: publishers[0].configmap: needs accountDir or kubeconfigFile, and not both',
    ],
    [
      'publishers: [{kind: configmap, configmap: {kubeconfigFile: k}}]',
      '7:43: publishers[0].configmap: needs namespace beside kubeconfigFile',
    ],
    [
      'publishers: [{kind: s3, s3: {bucket: b-1, accessKeyIdFile: a, secretAccessKeyFile: s, endpoint: "http://s3.example.com"}}]',
      '7:97: publishers[0].s3.endpoint: would send evidence without encryption (use https with caFile)',
    ],
    ['concurency: 3', '7:1: concurency: is not a known field (did you mean "concurrency"?)'],
  ])('%s', async (more, problem) => {
    await expect(load({ more })).rejects.toMatchObject({
      code: 'invalid-file',
      message: `${join(folder.path, 'processor.yaml')}:${problem}`,
    });
  });

  it('signatures that are required of nobody', async () => {
    await expect(load({ trustDir: null })).rejects.toMatchObject({
      message: `${join(folder.path, 'processor.yaml')}:4:8: trust: is required, but trustDir does not say whose signatures count (add  trustDir: FOLDER  with the file allowed_signers; only administrators may write there)`,
    });
  });

  it('two places for one token', async () => {
    const repository = '{url: https://example.com/wr.git, credential: {tokenFile: a, tokenEnv: B}}';
    await expect(load({ repository })).rejects.toThrow(
      'processor.yaml:5:59: repository.credential: needs tokenFile or tokenEnv, not both',
    );
  });

  it('no file at all', async () => {
    const file = join(folder.path, 'none.yaml');
    await expect(loadProcessorConfig(file, { env: {} })).rejects.toMatchObject({
      code: 'usage',
      message: `the configuration file ${file} does not exist`,
      hint: 'name it with  claude-warroom processor run -c FILE',
    });
  });
});
