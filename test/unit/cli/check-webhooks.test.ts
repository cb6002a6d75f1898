import { describe, expect, it } from 'vitest';
import { checkWebhooks } from '../../../src/cli/install/check-webhooks.ts';
import type { Kubectl } from '../../../src/cli/install/kubectl.ts';
import { WarroomError } from '../../../src/domain/errors.ts';

const PODS = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const SERVICE = { service: { namespace: 'policy', name: 'guard' } };

function webhook(change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { name: 'pods.guard.example.com', rules: [PODS], clientConfig: SERVICE, ...change };
}

/** A cluster with this webhook, whose service has one endpoint. */
function kubectl(one: Readonly<Record<string, unknown>>, { ready = true }: { readonly ready?: boolean } = {}): Kubectl {
  return {
    text: () => Promise.resolve(''),
    close: () => Promise.resolve(),
    json: ([, what = '', name]) => {
      if (what === 'namespace') {
        const labels = { team: 'platform' };
        return Promise.resolve(name === 'claude-warroom' ? { metadata: { name, labels } } : undefined);
      }
      if (what.startsWith('endpointslices')) {
        return Promise.resolve({ items: [{ endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }] }] });
      }
      return Promise.resolve({ items: [{ metadata: { name: 'guard' }, webhooks: [one] }] });
    },
  };
}

it('is content when somebody answers', async () => {
  expect(await checkWebhooks(kubectl(webhook()))).toEqual([
    { name: 'webhooks', state: 'ok', text: 'each of 1 that can refuse our pods is answered' },
  ]);
});

it('fails for one that nobody answers, and says which and what to do', async () => {
  expect(await checkWebhooks(kubectl(webhook(), { ready: false }))).toEqual([
    {
      name: 'webhooks',
      state: 'fail',
      text: 'nobody answers guard: pods.guard.example.com (service policy/guard), which refuses our pods',
      fix: 'have its service repaired, or its failurePolicy and namespaceSelector changed; until then no new pod starts',
    },
  ]);
});

it('names one outside of the cluster, which it cannot try', async () => {
  const [check] = await checkWebhooks(kubectl(webhook({ clientConfig: { url: 'https://guard.example.com' } })));
  expect(check?.text).toContain('outside of the cluster, not tried: guard: pods.guard.example.com');
});

describe('leaves alone a webhook that refuses none of our pods:', () => {
  const expression = (
    operator: string,
    key: string,
    values?: readonly string[],
  ): Readonly<Record<string, unknown>> => ({
    namespaceSelector: { matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }] },
  });

  it.each([
    ['its silence is ignored', { failurePolicy: 'Ignore' }],
    ['it is asked about other things', { rules: [{ ...PODS, resources: ['configmaps'] }] }],
    ['it is asked about another group', { rules: [{ ...PODS, apiGroups: ['apps'] }] }],
    ['it is asked about changes', { rules: [{ ...PODS, operations: ['UPDATE'] }] }],
    ['other labels', { namespaceSelector: { matchLabels: { team: 'web' } } }],
    ['not in', expression('NotIn', 'kubernetes.io/metadata.name', ['claude-warroom'])],
    ['in', expression('In', 'team', ['web', 'data'])],
    ['exists', expression('Exists', 'guarded')],
    ['does not exist', expression('DoesNotExist', 'team')],
  ])('%s', async (_, change) => {
    expect(await checkWebhooks(kubectl(webhook(change), { ready: false }))).toMatchObject([
      { state: 'ok', text: 'none can refuse our pods' },
    ]);
  });

  it.each([
    ['everything of every group', { rules: [{ ...PODS, apiGroups: ['*'], operations: ['*'], resources: ['*/*'] }] }],
    ['our label', { namespaceSelector: { matchLabels: { team: 'platform' } } }],
    ['in', expression('In', 'kubernetes.io/metadata.name', ['claude-warroom'])],
    ['not in', expression('NotIn', 'team', ['web'])],
    ['exists', expression('Exists', 'team')],
    ['does not exist', expression('DoesNotExist', 'guarded')],
  ])('but not: %s', async (_, change) => {
    expect(await checkWebhooks(kubectl(webhook(change), { ready: false }))).toMatchObject([{ state: 'fail' }]);
  });
});

it('warns when it may not look', async () => {
  const refused: Kubectl = {
    ...kubectl(webhook()),
    json: () => Promise.reject(new WarroomError('not-allowed', 'kubectl get namespace failed', { why: 'no right' })),
  };
  expect(await checkWebhooks(refused)).toEqual([
    { name: 'webhooks', state: 'warn', text: 'kubectl get namespace failed: no right' },
  ]);
});
