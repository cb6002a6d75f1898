import { objectsOf, textAt, type KubeObject } from '../../playbook/detectors/kube-objects.ts';
import type { RunOutput } from '../run-outputs.ts';
import type { ObjectName } from './graph.ts';

/** A Kubernetes object together with where it was seen. */
export interface SeenObject {
  readonly object: KubeObject;
  readonly name: ObjectName;
  readonly evidence?: string;
}

/** What one object depends on; `to` is in the namespace of the object unless it says otherwise. */
export interface Needed {
  readonly kind: string;
  readonly name: string;
  /** Another namespace; empty for what has none. */
  readonly namespace?: string;
  readonly why: string;
  readonly confidence: number;
}

/** All objects of Kubernetes answers that say what they are. */
export function seenObjects(outputs: readonly RunOutput[]): readonly SeenObject[] {
  return outputs.flatMap(({ data, side, evidence }) =>
    (objectsOf(data.root) ?? []).flatMap((object): readonly SeenObject[] => {
      const kind = textAt(object, 'kind').toLowerCase();
      const name = textAt(object, 'metadata', 'name');
      if (kind === '' || name === '') return [];
      const namespace = textAt(object, 'metadata', 'namespace');
      return [
        {
          object,
          name: { kind, name, side, ...(namespace === '' ? {} : { namespace }) },
          ...(evidence === undefined ? {} : { evidence: evidence.id }),
        },
      ];
    }),
  );
}
