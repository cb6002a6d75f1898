import { asText } from '../../playbook/compare-values.ts';
import { listAt, textAt, type KubeObject } from '../../playbook/detectors/kube-objects.ts';
import { CONFIDENCE } from './graph.ts';
import type { Needed, SeenObject } from './seen-objects.ts';

const { declared, nameMatch } = CONFIDENCE;

/** `postgres.shop.svc.cluster.local:5432`, as far as a program writes it out. */
const SERVICE_ADDRESS =
  /(?<![\w.-])(?<name>[a-z0-9-]{1,63})(?:\.(?<namespace>[a-z0-9-]{1,63}))?(?:\.svc(?:\.cluster\.local)?)?:\d{1,5}(?!\d)/gu;
const MAX_ARGUMENT_CHARACTERS = 4096;

/** What a pod needs: its node, what it mounts and reads, and services that its arguments name. */
export function podDependencies({ object, name }: SeenObject, services: readonly SeenObject[]): readonly Needed[] {
  const node = textAt(object, 'spec', 'nodeName');
  const account = textAt(object, 'spec', 'serviceAccountName');
  return [
    ...(node === '' ? [] : [{ kind: 'node', name: node, namespace: '', why: RUNS_ON, confidence: declared }]),
    ...(account === '' || account === 'default' ? [] : [mounted('serviceaccount', account, 'runs as')]),
    ...listAt(object, 'spec', 'volumes').flatMap(sourcesOf),
    ...containersOf(object).flatMap(readBy),
    ...servicesNamedBy(object, name.namespace ?? '', services),
  ];
}

/** A node carries everything on it: only a rule that knows what its trouble does may blame it for a pod. */
export const RUNS_ON = 'runs on';

function containersOf(object: KubeObject): readonly unknown[] {
  return [...listAt(object, 'spec', 'initContainers'), ...listAt(object, 'spec', 'containers')];
}

function sourcesOf(volume: unknown): readonly Needed[] {
  const names: readonly (readonly [string, string])[] = [
    ['persistentvolumeclaim', textAt(volume, 'persistentVolumeClaim', 'claimName')],
    ['configmap', textAt(volume, 'configMap', 'name')],
    ['secret', textAt(volume, 'secret', 'secretName')],
    ...listAt(volume, 'projected', 'sources').flatMap((source) => [
      ['configmap', textAt(source, 'configMap', 'name')] as const,
      ['secret', textAt(source, 'secret', 'name')] as const,
    ]),
  ];
  return names.flatMap(([kind, name]) => (name === '' ? [] : [mounted(kind, name, 'mounts')]));
}

function readBy(container: unknown): readonly Needed[] {
  const names = [
    ...listAt(container, 'envFrom').flatMap((source) => [
      ['configmap', textAt(source, 'configMapRef', 'name')] as const,
      ['secret', textAt(source, 'secretRef', 'name')] as const,
    ]),
    ...listAt(container, 'env').flatMap((variable) => [
      ['configmap', textAt(variable, 'valueFrom', 'configMapKeyRef', 'name')] as const,
      ['secret', textAt(variable, 'valueFrom', 'secretKeyRef', 'name')] as const,
    ]),
  ];
  return names.flatMap(([kind, name]) => (name === '' ? [] : [mounted(kind, name, 'reads')]));
}

function mounted(kind: string, name: string, why: string): Needed {
  return { kind, name, why, confidence: declared };
}

/** Words are compared with services that exist and then forgotten: an argument can hold anything. */
function servicesNamedBy(object: KubeObject, namespace: string, services: readonly SeenObject[]): readonly Needed[] {
  const known = new Set(services.map(({ name }) => `${name.namespace ?? ''}/${name.name}`));
  if (known.size === 0) return [];
  const words = containersOf(object).flatMap((container) => [
    ...listAt(container, 'command'),
    ...listAt(container, 'args'),
  ]);
  const found = new Map<string, Needed>();
  for (const word of words) {
    for (const { groups = {} } of asText(word).slice(0, MAX_ARGUMENT_CHARACTERS).matchAll(SERVICE_ADDRESS)) {
      const [place = namespace, name = ''] = [groups['namespace'], groups['name']];
      if (!known.has(`${place}/${name}`)) continue;
      const needed = { kind: 'service', name, namespace: place, why: 'names in its arguments', confidence: nameMatch };
      found.set(`${place}/${name}`, needed);
    }
  }
  return [...found.values()];
}
