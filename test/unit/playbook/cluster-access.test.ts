import { describe, expect, it } from 'vitest';
import { createResourcePolicy } from '../../../src/cluster-broker/allowed-resources.ts';
import { admitKubernetesCall } from '../../../src/cluster-broker/kubernetes-call.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { isGranted, kubernetesSteps } from '../../support/playbook-access.ts';

const playbooks = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).map(({ playbook }) => playbook);
const policy = createResourcePolicy();

describe.each(playbooks.map((playbook) => ({ id: playbook.metadata.id, playbook })))('steps of $id', ({ playbook }) => {
  const steps = kubernetesSteps(playbook);

  it('name every right that kubectl uses for them', () => {
    const missing = steps.flatMap(({ step, scopeOf, requests }) =>
      requests
        .filter((request) => !isGranted(step.rbac ?? [], request, scopeOf))
        .map((request) => `${step.id}: ${JSON.stringify(request)}`),
    );
    expect(missing).toEqual([]);
  });

  it('ask for nothing that the cluster broker refuses', () => {
    // What runs inside a container never passes the broker.
    const asked = steps.filter(({ step }) => step.access === 'read').flatMap(({ requests }) => requests);
    const refusals = asked.flatMap(({ path: target }) => {
      const [path = '', query = ''] = target.split('?');
      const admission = admitKubernetesCall({ path, query, accept: 'application/json' }, policy);
      return admission.kind === 'refused' ? [admission.refusal.message] : [];
    });
    expect(refusals).toEqual([]);
  });
});
