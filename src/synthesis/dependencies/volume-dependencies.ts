import { textAt } from '../../playbook/detectors/kube-objects.ts';
import { CONFIDENCE } from './graph.ts';
import type { Needed, SeenObject } from './seen-objects.ts';

const { declared } = CONFIDENCE;

/** A claim needs its volume and its class; a volume its class and what attaches it to a node. */
export function volumeDependencies(
  { object, name }: SeenObject,
  all: ReadonlyMap<string, readonly SeenObject[]>,
): readonly Needed[] {
  const storageClass = textAt(object, 'spec', 'storageClassName');
  const volume = textAt(object, 'spec', 'volumeName');
  const attachments = (all.get('volumeattachment') ?? []).filter(
    (attachment) =>
      name.kind === 'persistentvolume' &&
      textAt(attachment.object, 'spec', 'source', 'persistentVolumeName') === name.name,
  );
  return [
    ...(volume === '' ? [] : [clusterWide('persistentvolume', volume, 'is bound to')]),
    ...(storageClass === '' ? [] : [clusterWide('storageclass', storageClass, 'is of class')]),
    ...attachments.map((attachment) => clusterWide('volumeattachment', attachment.name.name, 'is attached by')),
  ];
}

function clusterWide(kind: string, name: string, why: string): Needed {
  return { kind, name, namespace: '', why, confidence: declared };
}
