import { describe, expect, it } from 'vitest';
import { aimedAt, focusFor, hostedClusterOf, placesOf, suppliedInputs } from '../../../src/processor/request-places.ts';
import type { TargetSettings } from '../../../src/config/processor-settings.ts';
import type { PlaybookInput } from '../../../src/schema/generated.ts';
import type { Command, Target } from '../../../src/target/port.ts';
import { exampleRequest } from '../../support/example-request.ts';
import { playbookOf, stepOf } from '../playbook/sample-playbook.ts';

function about(namespace?: string): typeof exampleRequest {
  const { namespace: _, ...investigation } = exampleRequest.spec.investigation;
  const spec = {
    ...exampleRequest.spec,
    investigation: { ...investigation, ...(namespace === undefined ? {} : { namespace }) },
  };
  return { ...exampleRequest, spec };
}

const HUB = { name: 'hub-1', type: 'hub' } as const;
const HOSTED = { kind: 'kubernetes', hosted: [{ name: 'prod-1', kubeconfigFile: '/k' }] } as const;

describe('the hosted cluster of a request', () => {
  it.each([
    ['clusters-prod-1', { namespace: 'clusters', name: 'prod-1' }],
    ['shop', undefined],
    ['clusters-', undefined],
    [undefined, undefined],
  ])('is read from the namespace %s', (namespace, expected) => {
    expect(hostedClusterOf(about(namespace))).toEqual(expected);
  });

  it('fills the inputs that no request may set', () => {
    const inputs: Readonly<Record<string, PlaybookInput>> = {
      hostedCluster: { type: 'k8s-name', from: 'target', description: 'x' },
      hcNamespace: { type: 'k8s-name', from: 'target', description: 'x' },
      hcpNamespace: { type: 'k8s-name', required: true, from: 'target', description: 'x' },
      kubeconfig: { type: 'target-kubeconfig', description: 'x' },
      namespace: { type: 'k8s-name', description: 'x' },
    };
    const playbook = playbookOf({ inputs });
    expect(suppliedInputs(playbook, about('clusters-prod-1'), { target: HOSTED })).toEqual({
      hostedCluster: 'prod-1',
      hcNamespace: 'clusters',
      hcpNamespace: 'clusters-prod-1',
      kubeconfig: 'prod-1',
    });
    expect(suppliedInputs(playbook, about('shop'), { target: HOSTED })).toEqual({});
  });

  it('fills the name that the machine has in its metrics', () => {
    const inputs: Readonly<Record<string, PlaybookInput>> = {
      metricsInstance: { type: 'string', from: 'target', description: 'x' },
    };
    const metrics = { url: 'https://prometheus.example.com', instance: 'web-1:9100' };
    const supplied = (target: TargetSettings): unknown => suppliedInputs(playbookOf({ inputs }), about(), { target });
    expect(supplied({ kind: 'local', metrics })).toEqual({ metricsInstance: 'web-1:9100' });
    expect(supplied({ kind: 'local' })).toEqual({});
  });
});

describe('the places of a request', () => {
  const ran: (readonly string[])[] = [];
  const target = {
    kind: 'kubernetes',
    metrics: {},
    run: (command: Command) => {
      ran.push(command.argv);
      return Promise.reject(new Error('enough'));
    },
  } as unknown as Target;

  it('are the hub, and the hosted cluster that the processor knows', async () => {
    const places = placesOf(target, about('clusters-prod-1'), { cluster: HUB, target: HOSTED });
    expect(Object.keys(places)).toEqual(['hub', 'hosted']);
    // The metrics of the hub say nothing about a hosted cluster.
    expect([places.hub?.metrics, places.hosted?.metrics]).toEqual([target.metrics, undefined]);
    const command = { argv: ['kubectl', 'get', 'pods'], timeoutMs: 1, maxBytes: 1 };
    await expect(places.hosted?.run(command)).rejects.toThrow('enough');
    expect(ran).toEqual([['kubectl', '--kubeconfig', 'prod-1', 'get', 'pods']]);
  });

  it('are fewer for what it does not know', () => {
    expect(Object.keys(placesOf(target, about('clusters-other'), { cluster: HUB, target: HOSTED }))).toEqual(['hub']);
    expect(placesOf(target, about('clusters-prod-1'), { cluster: HUB, target: { kind: 'local' } })).toEqual({});
  });

  it('are the hub twice when it is asked about itself', () => {
    const settings = { cluster: HUB, target: HOSTED };
    expect(placesOf(target, about(), settings)).toEqual({ hub: target, hosted: target });
    // Which cluster a namespace is of, nobody can tell from its name.
    expect(placesOf(target, about('prod-blue'), settings)).toEqual({ hub: target });
  });

  it('are the cluster itself for a processor inside a hosted cluster', () => {
    const settings = {
      cluster: { name: 'prod-1', type: 'hosted' },
      target: { kind: 'kubernetes', hosted: [] },
    } as const;
    expect(placesOf(target, about('shop'), settings)).toEqual({ hosted: target });
  });
});

describe('a playbook about a request', () => {
  const steps = [stepOf('here'), { ...stepOf('there'), via: 'hub' as const }];
  const places = (looksInside: boolean, namespace?: string): unknown =>
    aimedAt(playbookOf({ steps, looksInside }), about(namespace)).spec.steps.map(({ via }) => via);

  it.each<[string, boolean, string | undefined, unknown]>([
    ['looks inside the hosted cluster that is asked about', true, 'clusters-prod-1', ['hosted', 'hub']],
    ['looks at the hub when no hosted cluster is asked about', true, 'shop', [undefined, 'hub']],
    ['looks where it always looks when it is about one side', false, 'clusters-prod-1', [undefined, 'hub']],
  ])('%s', (_what, looksInside, namespace, expected) => {
    expect(places(looksInside, namespace)).toEqual(expected);
  });

  describe('about one namespace', () => {
    const inputs: Readonly<Record<string, PlaybookInput>> = {
      namespace: { type: 'k8s-name', required: true, from: 'namespace', description: 'x' },
    };
    const playbook = playbookOf({ steps, inputs, targets: ['hub', 'hosted'] });
    const look = (namespace: string | undefined, ...affectedResources: string[]): unknown => {
      const request = about(namespace);
      const asked = { ...request, spec: { ...request.spec, issue: { ...request.spec.issue, affectedResources } } };
      const { via } = aimedAt(playbook, asked).spec.steps[0] ?? {};
      return [via, focusFor(playbook, asked).namespace];
    };

    it.each<[string, string | undefined, readonly string[], unknown]>([
      ['looks at it inside the hosted cluster', 'clusters-prod-1', ['pod/a', 'namespace/shop'], ['hosted', 'shop']],
      [
        'looks at the control plane when none inside is named',
        'clusters-prod-1',
        ['pod/a'],
        [undefined, 'clusters-prod-1'],
      ],
      ['looks at the hub when no hosted cluster is asked about', 'shop', ['namespace/other'], [undefined, 'shop']],
      ['takes no other text for a namespace', 'clusters-prod-1', ['namespace/Shop_1'], [undefined, 'clusters-prod-1']],
      ['is told nothing', undefined, ['namespace/shop'], [undefined, undefined]],
    ])('%s', (_what, namespace, resources, expected) => {
      expect(look(namespace, ...resources)).toEqual(expected);
    });

    it('leaves playbooks of one side where they are', () => {
      const request = about('clusters-prod-1');
      const spec = { ...request.spec, issue: { ...request.spec.issue, affectedResources: ['namespace/shop'] } };
      const ofHub = playbookOf({ steps, inputs, targets: ['hub'] });
      expect(focusFor(ofHub, { ...request, spec }).namespace).toBe('clusters-prod-1');
    });
  });
});
