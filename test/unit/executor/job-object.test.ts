import { expect, it } from 'vitest';
import { jobObject, labelValue, secretObject } from '../../../src/executor/kubernetes-job/job-object.ts';

const FACTS = {
  ...{ name: 'agent-2026-11-20-1430-api-timeout-k7m2-ab12', requestId: '2026-11-20-1430-api-timeout-k7m2' },
  ...{ run: 'ab12cd34ab12cd34', holder: 'claude-processor-0', image: `example.com/warroom@sha256:${'0'.repeat(64)}` },
  ...{ url: 'https://10.0.0.7:8443', limitSeconds: 600, ttlSeconds: 60 },
  resources: { cpu: '1', memory: '1Gi', storage: '2Gi' },
};

it('confines the agent: no token, no rights, no names, one try, an end', () => {
  const job = jobObject(FACTS);
  expect(job['spec']).toMatchObject({
    ...{ suspend: true, backoffLimit: 0, activeDeadlineSeconds: 660, ttlSecondsAfterFinished: 60 },
    template: {
      spec: {
        ...{
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          dnsPolicy: 'None',
        },
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            image: FACTS.image,
            securityContext: {
              ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      },
    },
  });
  expect(JSON.stringify(job)).not.toContain('serviceAccountName');
  // Policies of the processor's pod, which open its ways out, must not fit the agent's.
  expect(job.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'claude-warroom-agent' });
});

it('may write as much as its folder holds, whatever the limits of the namespace are for others', () => {
  expect(JSON.stringify(jobObject(FACTS))).toContain('"limits":{"cpu":"1","memory":"1Gi","ephemeral-storage":"2Gi"}');
});

it('keeps the token out of the Job, in a Secret that goes with it', () => {
  const secret = secretObject(FACTS, { uid: 'u1', token: 'the-token', certificate: 'PEM' });
  expect(JSON.stringify(jobObject(FACTS))).not.toContain('the-token');
  expect(secret).toMatchObject({
    metadata: { name: FACTS.name, ownerReferences: [{ kind: 'Job', name: FACTS.name, uid: 'u1' }] },
    ...{ immutable: true, stringData: { token: 'the-token', 'ca.crt': 'PEM' } },
  });
});

it.each([
  ['claude-processor-0', 'claude-processor-0'],
  ['a b/c', 'a-b-c'],
  ['-x-', 'x'],
  ['y'.repeat(70), 'y'.repeat(63)],
])('makes of the holder %j the label %j', (holder, label) => {
  expect(labelValue(holder)).toBe(label);
});
