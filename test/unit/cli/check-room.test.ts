import { expect, it } from 'vitest';
import { checkRoom } from '../../../src/cli/install/check-room.ts';
import type { Kubectl } from '../../../src/cli/install/kubectl.ts';
import { WarroomError } from '../../../src/domain/errors.ts';

const IMAGE = `registry.example.com/claude-warroom@sha256:${'a1'.repeat(32)}`;
const CONFIG = `
apiVersion: warroom.intility.io/v1
kind: ProcessorConfig
cluster: { type: hub, name: production-hub }
repository: { url: https://git.example.com/acme/warroom.git }
trust: required
trustDir: /trust
stateDir: /state
target: { kind: kubernetes }
`;
const AGENTS = `executor: { kind: kubernetes-job, image: '${IMAGE}', credentialDir: /jobs, maxJobs: 4, resources: { memory: 8Gi } }`;
const SESSIONS = `sessions: { kubeconfigFile: /k, image: '${IMAGE}', maxSessions: 3 }`;

/** A cluster with this configuration, where the quotas of both namespaces allow two pods. */
function kubectl(config: string | undefined): Kubectl {
  return {
    text: () => Promise.resolve(''),
    close: () => Promise.resolve(),
    json: (args) => {
      const what = args[1] ?? '';
      if (what === 'configmap') {
        return Promise.resolve(config === undefined ? undefined : { data: { 'processor.yaml': config } });
      }
      if (what.startsWith('resourcequotas')) {
        const limits = [{ type: 'Container', max: { memory: '6Gi' } }];
        const hard = { pods: '2' };
        return Promise.resolve({
          items: [
            { kind: 'ResourceQuota', metadata: { name: 'small' }, spec: { hard } },
            { kind: 'LimitRange', metadata: { name: 'tight' }, spec: { limits } },
          ],
        });
      }
      const processor = { template: { spec: { containers: [] } } };
      return Promise.resolve({
        items: [{ kind: 'StatefulSet', metadata: { name: 'claude-processor' }, spec: processor }],
      });
    },
  };
}

it('is content when everything that is configured has room', async () => {
  expect(await checkRoom(kubectl(CONFIG))).toEqual([
    { name: 'quota', state: 'ok', text: 'room for claude-processor at the same time' },
  ]);
});

it('warns of quotas and limits that cannot hold what is configured, and says what to do', async () => {
  const checks = await checkRoom(kubectl(`${CONFIG}${AGENTS}\n${SESSIONS}\n`));
  expect(checks.map(({ state, text }) => [state, text])).toEqual([
    ['warn', 'claude-warroom: quota small has no room for claude-processor and 4 agents: pods 2 where 5 may be needed'],
    ['warn', 'claude-warroom: limit range tight refuses 4 agents: at most memory 6Gi where 8Gi is asked for'],
    ['warn', 'claude-warroom-sessions: quota small has no room for 3 sessions: pods 2 where 3 may be needed'],
  ]);
  expect(checks[0]?.fix).toMatch(/^render again with the --max-jobs, --agent-/u);
});

it.each([['no configuration', undefined] as const, ['one that no processor takes', 'engine: nonsense'] as const])(
  'warns where there is %s',
  async (_what, config) => {
    expect(await checkRoom(kubectl(config))).toMatchObject([
      {
        state: 'warn',
        text: expect.stringContaining('cannot be read from ConfigMap claude-processor-config') as string,
      },
    ]);
  },
);

it('warns when it may not look', async () => {
  const refused: Kubectl = {
    text: () => Promise.resolve(''),
    close: () => Promise.resolve(),
    json: () => Promise.reject(new WarroomError('not-allowed', 'kubectl get configmap failed', { why: 'no right' })),
  };
  expect(await checkRoom(refused)).toEqual([
    { name: 'quota', state: 'warn', text: 'kubectl get configmap failed: no right' },
  ]);
});
