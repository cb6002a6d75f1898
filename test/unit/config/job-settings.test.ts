import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadProcessorConfig } from '../../../src/config/processor-config.ts';
import type { JobSettings } from '../../../src/config/processor-settings.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const IMAGE = `registry.example.com/claude-warroom@sha256:${'0'.repeat(64)}`;
const WELL = `kind: kubernetes-job, image: "${IMAGE}"`;

async function load(
  executor: string,
  more = '',
  env: Readonly<Record<string, string>> = {},
): Promise<JobSettings | undefined> {
  return await withTempFolder(async (folder) => {
    const file = join(folder, 'processor.yaml');
    const lines = [
      'apiVersion: warroom.intility.io/v1',
      'kind: ProcessorConfig',
      'cluster: {type: hub, name: production-hub}',
      'trust: open',
      'repository: {url: ./warroom.git}',
      'stateDir: state',
      `executor: {${executor}}`,
      more,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    const { jobs } = await loadProcessorConfig(file, { env });
    return jobs;
  });
}

it('needs nothing for agents that are children', async () => {
  expect(await load('kind: local-process')).toBeUndefined();
});

it('fills in what one agent may use, and listens at the address of its pod', async () => {
  expect(await load(`${WELL}, credentialDir: /etc/jobs`, '', { POD_IP: '10.0.0.7' })).toEqual({
    ...{ image: IMAGE, credentialDir: '/etc/jobs', maxJobs: 2, startSeconds: 180, ttlSeconds: 3600 },
    listen: { host: '10.0.0.7', port: 8443, address: '10.0.0.7' },
    resources: { cpu: '1', memory: '1Gi', storage: '1Gi' },
  });
});

it('keeps what is said, and takes an address beside the one that it listens on', async () => {
  const listen = 'listen: {host: 0.0.0.0, port: 9000, address: 10.0.0.8}';
  const rest = 'namespace: agents, maxJobs: 5, startSeconds: 20, ttlSeconds: 0, resources: {memory: 2Gi}';
  const jobs = await load(`${WELL}, kubeconfigFile: /etc/jobs.kubeconfig, ${listen}, ${rest}`);
  expect(jobs).toMatchObject({
    ...{ kubeconfigFile: '/etc/jobs.kubeconfig', namespace: 'agents', maxJobs: 5, startSeconds: 20, ttlSeconds: 0 },
    listen: { host: '0.0.0.0', port: 9000, address: '10.0.0.8' },
    resources: { cpu: '1', memory: '2Gi', storage: '1Gi' },
  });
});

const GIVEN = 'credentialDir: /etc/jobs';
it.each([
  ['no image', `kind: kubernetes-job, ${GIVEN}`, '', 'needs the image of the agent, by its digest'],
  ['an image by a tag', `kind: kubernetes-job, image: "example.com/w:1", ${GIVEN}`, '', 'executor.image'],
  ['no credential', WELL, '', 'needs credentialDir or kubeconfigFile, and not both'],
  [
    'two credentials',
    `${WELL}, ${GIVEN}, kubeconfigFile: a`,
    '',
    'needs credentialDir or kubeconfigFile, and not both',
  ],
  ['a user for claude', `${WELL}, ${GIVEN}`, 'claude: {user: {uid: 1, gid: 1}}', 'no meaning for an agent in a pod'],
  ['another kind', 'kind: docker', '', 'executor.kind'],
  ['no agent at all', `${WELL}, ${GIVEN}, maxJobs: 0`, '', 'executor.maxJobs'],
  ['memory in bytes', `${WELL}, ${GIVEN}, resources: {memory: "1000000"}`, '', 'executor.resources.memory'],
])('refuses %s', async (_, executor, more, problem) => {
  await expect(load(executor, more)).rejects.toMatchObject({
    message: expect.stringContaining(problem) as string,
  });
});
