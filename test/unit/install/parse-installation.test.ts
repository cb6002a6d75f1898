import { describe, expect, it } from 'vitest';
import { isWarroomError } from '../../../src/domain/errors.ts';
import { networkPolicyFaults } from '../../../src/install/check-network-policies.ts';
import { neededQuestions, formatQuestion } from '../../../src/install/needed-questions.ts';
import { parseInstallation, type InstallationWords } from '../../../src/install/parse-installation.ts';
import type { NeededRole } from '../../../src/playbook/needed-access.ts';

const IMAGE = `registry.example.com/claude-warroom@sha256:${'0f'.repeat(32)}`;

function words(change: Partial<InstallationWords> = {}): InstallationWords {
  return {
    type: 'hub',
    cluster: 'production-hub',
    platform: 'openshift',
    image: IMAGE,
    repository: 'https://git.example.com/acme/warroom.git',
    apiServer: ['192.0.2.10'],
    apiPort: '6443',
    proxy: 'http://192.0.2.30:3128',
    allowAddress: [],
    allowName: [],
    hosted: ['prod-1'],
    logNamespace: [],
    engine: 'auto',
    with: [],
    storage: '5Gi',
    ...change,
  };
}

const STORE = { s3Bucket: 'warroom-evidence', s3Address: ['192.0.2.40'] };

function refusal(change: Partial<InstallationWords>): string {
  try {
    parseInstallation(words(change));
  } catch (error) {
    if (isWarroomError(error, 'usage')) return `${error.message}: ${error.why ?? ''}`;
    throw error;
  }
  return 'accepted';
}

describe('the flags of an installation', () => {
  it('become values that manifests can hold', () => {
    expect(parseInstallation(words({ with: ['thanos'], storageClass: 'gp3-csi', branch: 'main' }))).toMatchObject({
      apiServer: ['192.0.2.10/32'],
      egress: { kind: 'proxy', host: '192.0.2.30', port: 3128 },
      parts: ['thanos'],
      storage: { size: '5Gi', className: 'gp3-csi' },
    });
    const { proxy: _proxy, ...others } = words();
    expect(parseInstallation({ ...others, allowName: ['api.anthropic.com'] }).egress).toEqual({
      kind: 'firewall',
      names: ['git.example.com', 'api.anthropic.com'],
    });
    expect(parseInstallation({ ...others, allowAddress: ['2001:db8::1', '198.51.100.0/28'] }).egress).toEqual({
      kind: 'addresses',
      cidrs: ['2001:db8::1/128', '198.51.100.0/28'],
    });
  });

  it.each<readonly [string, Partial<InstallationWords>, readonly string[], number]>([
    ['as a child when nothing is said', {}, [], 2],
    ['as a child when that is said', { executor: 'local-process' }, [], 2],
    ['as a Job', { executor: 'kubernetes-job' }, ['job-executor'], 2],
    ['as so many Jobs', { executor: 'kubernetes-job', maxJobs: '7' }, ['job-executor'], 7],
    ['as a Job, said twice', { executor: 'kubernetes-job', with: ['job-executor'] }, ['job-executor'], 2],
    ['as a Job by its part', { with: ['job-executor'], maxJobs: '3' }, ['job-executor'], 3],
  ])('run agents %s', (_, change, parts, maxJobs) => {
    expect(parseInstallation(words(change))).toMatchObject({ parts, maxJobs });
  });

  it('say how large an agent may be, and how many sessions there may be', () => {
    const agents = { executor: 'kubernetes-job', agentCpu: '1500m', agentMemory: '2Gi', agentStorage: '64Mi' };
    expect(parseInstallation(words({ ...agents, with: ['sessions'], maxSessions: '5' }))).toMatchObject({
      ...{ agent: { cpu: '1500m', memory: '2Gi', storage: '64Mi' }, maxSessions: 5 },
    });
    expect(parseInstallation(words())).toMatchObject({
      ...{ agent: { cpu: '1', memory: '1Gi', storage: '1Gi' }, maxJobs: 2, maxSessions: 2 },
    });
  });

  it('name a store for large evidence, and its addresses where a policy knows only addresses', () => {
    const store = { s3Bucket: 'warroom-evidence', s3Endpoint: 'https://s3.example.com', s3Ca: true };
    expect(parseInstallation(words({ ...store, s3Address: ['192.0.2.40'], s3Prefix: 'hub/' }))).toMatchObject({
      parts: ['s3-publisher'],
      store: {
        ...{ bucket: 'warroom-evidence', endpoint: 'https://s3.example.com', prefix: 'hub/', hasAuthority: true },
        ...{ secret: 'claude-evidence-store', cidrs: ['192.0.2.40/32'] },
      },
    });
    const { proxy: _proxy, ...others } = words(store);
    expect(parseInstallation({ ...others, allowName: ['api.anthropic.com'] }).store?.cidrs).toEqual([]);
    expect(parseInstallation(words({ runbooks: 'https://docs.example.com/warroom/' })).runbooks).toBe(
      'https://docs.example.com/warroom',
    );
  });

  it('need no image and no way out for an account alone', () => {
    const change = { type: 'hosted', hosted: [], image: '', repository: '', apiServer: [] };
    expect(refusal(change)).toBe('accepted');
  });

  it.each<readonly [Partial<InstallationWords>, RegExp]>([
    [{ executor: 'docker' }, /--executor: "docker" cannot be used: .*local-process, kubernetes-job/u],
    [{ maxJobs: '3' }, /--max-jobs: "3" .*belongs to --executor kubernetes-job/u],
    [{ executor: 'kubernetes-job', maxJobs: '51' }, /--max-jobs: "51" .*number from 1 to 50/u],
    [{ executor: 'kubernetes-job', maxJobs: '-1' }, /--max-jobs/u],
    [{ agentMemory: '2Gi' }, /--agent-memory: "2Gi" .*belongs to --executor kubernetes-job/u],
    [{ executor: 'kubernetes-job', agentCpu: '50m' }, /--agent-cpu: "50m" .*asks for 100m in any case/u],
    [{ executor: 'kubernetes-job', agentCpu: 'two' }, /--agent-cpu: "two" .*must look like 1500m/u],
    [{ executor: 'kubernetes-job', agentMemory: '2G' }, /--agent-memory: "2G" .*must look like 2Gi/u],
    [{ executor: 'kubernetes-job', agentStorage: '8Mi' }, /--agent-storage: "8Mi" .*asks for 64Mi in any case/u],
    [{ maxSessions: '3' }, /--max-sessions: "3" .*belongs to --with sessions/u],
    [{ with: ['sessions'], maxSessions: '0' }, /--max-sessions: "0" .*number from 1 to 50/u],
    [{ s3Bucket: 'warroom-evidence' }, /no address of the object store is given/u],
    [{ with: ['s3-publisher'] }, /the bucket for large evidence is not named/u],
    [{ s3Address: ['192.0.2.40'] }, /the bucket for large evidence is not named/u],
    [{ s3Bucket: 'UPPER', s3Address: ['192.0.2.40'] }, /--s3-bucket: "UPPER" .*must look like warroom-evidence/u],
    [{ ...STORE, s3Prefix: 'hub' }, /--s3-prefix: "hub" .*must look like production-hub\//u],
    [{ ...STORE, s3Region: 'EU' }, /--s3-region: "EU" .*must look like eu-north-1/u],
    [{ ...STORE, s3Endpoint: 'http://s3.example.com' }, /--s3-endpoint: .*must be https:/u],
    [{ ...STORE, s3Endpoint: 'https://key@s3.example.com' }, /--s3-endpoint: .*must be https:/u],
    [{ ...STORE, s3Secret: 'A b' }, /--s3-secret: "A b" .*must look like claude-evidence-store/u],
    [{ ...STORE, s3Address: ['0.0.0.0/0'] }, /--s3-address: .*so wide a range is no fence/u],
    [{ runbooks: 'docs/operations.md' }, /--runbooks: .*must be an http\(s\) address/u],
    [{ runbooks: 'https://user@docs.example.com' }, /--runbooks: .*must be an http\(s\) address/u],
    [{ type: 'hubb' }, /--type: "hubb" cannot be used: .*did you mean hub\?/u],
    [{ cluster: 'Production' }, /--cluster: "Production" .*must look like production-hub/u],
    [
      { image: 'registry.example.com/x:latest' },
      /does not name an image by its digest: what a tag means can be changed/u,
    ],
    [{ repository: 'http://git.example.com/x' }, /--repository: .*https:\/\/ or ssh:\/\//u],
    [{ repository: 'https://bob:secret@git.example.com/x' }, /without a password/u],
    [{ apiServer: [] }, /no address of the API server is given/u],
    [{ apiServer: ['api.example.com'] }, /--api-server: "api.example.com" .*must be an address/u],
    [{ apiServer: ['192.0.2.0/33'] }, /--api-server/u],
    [{ apiServer: ['0.0.0.0/0'] }, /so wide a range is no fence/u],
    [{ apiPort: '0' }, /--api-port: "0" .*port from 1 to 65535/u],
    [{ proxy: 'http://proxy.example.com:3128' }, /--proxy: .*literal address: a policy knows no names/u],
    [{ allowAddress: ['192.0.2.1'] }, /say in one way how git and the model are reached: several ways are given/u],
    [{ type: 'hosted-processor' }, /--hosted: "prod-1" .*the processor of a hub reads hosted clusters/u],
    [{ with: ['grafana'] }, /--with: "grafana" .*thanos, signing-key, brake-configmap, metrics, canary/u],
    [{ storage: '5' }, /--storage: "5" .*must look like 5Gi/u],
    [{ logNamespace: ['a b'] }, /--log-namespace/u],
  ])('are refused in words: %j', (change, message) => {
    expect(refusal(change)).toMatch(message);
  });

  it('must name a way out', () => {
    const { proxy: _proxy, ...others } = words();
    expect(() => parseInstallation(others)).toThrow('say in one way how git and the model are reached');
  });
});

describe('network policies', () => {
  const deny = { metadata: { name: 'deny' }, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };
  const egress = (rule: unknown): readonly string[] =>
    networkPolicyFaults([deny, { metadata: { name: 'x' }, spec: { podSelector: {}, egress: [rule] } }]);
  const ports = [{ protocol: 'TCP', port: 443 }];

  it.each([
    [{ ports }, 'x: a rule of egress without to goes anywhere'],
    [{ to: [{ ipBlock: { cidr: '192.0.2.1/32' } }] }, 'x: a rule of egress names no ports'],
    [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports }, 'x: 0.0.0.0/0 is every address'],
    [{ to: [{ namespaceSelector: {} }], ports }, 'x: an empty namespaceSelector is every namespace'],
  ])('have a fault: %j', (rule, fault) => {
    expect(egress(rule)).toEqual([fault]);
  });

  it('must deny first', () => {
    expect(networkPolicyFaults([])).toEqual([expect.stringContaining('no policy denies what is not allowed')]);
    expect(networkPolicyFaults([deny])).toEqual([]);
  });
});

describe('what is asked of a cluster', () => {
  const roles: readonly NeededRole[] = [
    { side: 'hub', scope: 'cluster', rules: [{ nonResourceURLs: ['/readyz'], verbs: ['get'] }] },
    {
      side: 'hub',
      scope: '<hcpNamespace>',
      rules: [
        { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods/exec'], resourceNames: ['etcd-0'], verbs: ['create'] },
      ],
    },
    {
      side: 'hub',
      scope: '<namespace>',
      rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] }],
    },
    { side: 'hosted', scope: 'kube-system', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] },
  ];

  it('is what playbooks need on that side, in the control planes that are named, and never exec', () => {
    const hub = neededQuestions(roles, { side: 'hub', controlPlanes: ['clusters-a', 'clusters-b'] });
    expect(hub.map(formatQuestion)).toEqual([
      'get /readyz',
      'get pods/log in clusters-a',
      'get pods/log in clusters-b',
    ]);
    const hosted = neededQuestions(roles, { side: 'hosted', controlPlanes: [] });
    expect(hosted.map(formatQuestion)).toEqual(['list pods in kube-system']);
  });
});
