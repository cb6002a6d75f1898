import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../src/processor/abilities.ts';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import type { TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { exampleRequest } from '../../support/example-request.ts';
import { playbookOf } from '../playbook/sample-playbook.ts';

const playbook = playbookOf({
  strategies: ['workload'],
  inputs: { namespace: { type: 'k8s-name', required: true, from: 'namespace', description: 'Namespace to look at' } },
});
const loaded = { playbook, ownRules: [], sha256: '', file: 'workload.yaml', origin: 'builtin' as const };

function ask(namespace?: string): ReturnType<typeof refusalOf> {
  const { spec } = exampleRequest;
  const investigation = {
    ...spec.investigation,
    strategy: 'workload',
    ...(namespace === undefined ? {} : { namespace }),
  };
  const request: TroubleshootingRequest = { ...exampleRequest, spec: { ...spec, investigation } };
  const settings = {
    cluster: { type: 'host', name: 'this-host' },
    target: { kind: 'local' },
  } satisfies Pick<ProcessorSettings, 'cluster' | 'target'>;
  return refusalOf({ playbooks: [loaded], settings, claude: undefined, noClaude: 'none' }, request);
}

describe('a request that a playbook cannot look at', () => {
  it('is refused in words when it names no namespace, and taken when it does', () => {
    expect(ask('shop')).toBeUndefined();
    expect(ask()).toEqual({
      code: 'missing-input',
      message: 'strategy workload: input namespace is missing: Namespace to look at',
      hint: 'ask again with  --namespace NAME  or  --resource KIND/NAME , or with  --strategy general',
    });
  });
});
