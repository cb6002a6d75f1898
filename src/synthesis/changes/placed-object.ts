import { listAt, objectsOf, textAt, valueAt, type KubeObject } from '../../playbook/detectors/kube-objects.ts';
import type { ObjectName } from '../dependencies/graph.ts';
import type { RunOutput } from '../run-outputs.ts';

/** An object and the output that it stands in. */
export interface Placed {
  readonly object: KubeObject;
  readonly kind: string;
  readonly name: ObjectName;
  readonly output: RunOutput;
}

export function placedObjects(outputs: readonly RunOutput[]): readonly Placed[] {
  return outputs.flatMap((output) => (objectsOf(output.data.root) ?? []).flatMap((each) => place(each, output)));
}

function place(object: KubeObject, output: RunOutput): readonly Placed[] {
  const kind = textAt(object, 'kind').toLowerCase();
  const name = textAt(object, 'metadata', 'name');
  const namespace = textAt(object, 'metadata', 'namespace');
  if (kind === '' || name === '') return [];
  return [
    { object, kind, output, name: { kind, name, side: output.side, ...(namespace === '' ? {} : { namespace }) } },
  ];
}

/** `deployment/shop/api`. */
export function objectText({ kind, namespace, name }: ObjectName): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** Images of a pod template, in the order of its containers. */
export function imagesOf(object: KubeObject): readonly string[] {
  return listAt(valueAt(object, 'spec', 'template'), 'spec', 'containers').map((container) =>
    textAt(container, 'image'),
  );
}
