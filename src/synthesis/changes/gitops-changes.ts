import { listAt, textAt, valueAt } from '../../playbook/detectors/kube-objects.ts';
import { parseMoment } from '../../playbook/duration.ts';
import type { Placed } from './placed-object.ts';
import { field, isInside, type SeenChange, type Window } from './seen-change.ts';

const MAX_RESOURCES = 10;

/** What Argo CD says of an Application: revisions that it rolled out, and what differs from Git now. */
export function applicationChanges({ object, name, output }: Placed, window: Window): readonly SeenChange[] {
  const resources = listAt(object, 'status', 'resources').map((resource) => ({
    status: textAt(resource, 'status'),
    source: resource,
    named: {
      kind: textAt(resource, 'kind').toLowerCase(),
      name: textAt(resource, 'name'),
      side: output.side,
      ...(textAt(resource, 'namespace') === '' ? {} : { namespace: textAt(resource, 'namespace') }),
    },
  }));
  const own = `application/${name.namespace ?? ''}/${name.name}`;
  const revisions = listAt(object, 'status', 'history').flatMap((entry): readonly SeenChange[] => {
    const text = textAt(entry, 'deployedAt');
    const at = parseMoment(text);
    if (!isInside(at, window)) return [];
    const revision = textAt(entry, 'revision').slice(0, 12);
    return [
      {
        ...{
          at,
          kind: 'gitops',
          object: own,
          text: `Argo CD application ${name.name} was synchronised to ${revision}`,
        },
        touches: resources.map(({ named }) => named),
        ...{ output, item: entry, fields: [field('deployedAt', text)] },
      },
    ];
  });
  if (textAt(object, 'status', 'sync', 'status') !== 'OutOfSync') return revisions;
  const differing = resources.filter(({ status }) => status === 'OutOfSync').slice(0, MAX_RESOURCES);
  return [
    ...revisions,
    ...differing.map(({ named, source }): SeenChange => ({
      kind: 'gitops',
      object: [named.kind, named.namespace, named.name].filter((part) => part !== undefined).join('/'),
      text: `${named.kind} ${named.name} differs from Git (Argo CD application ${name.name} is OutOfSync)`,
      ...{ touches: [named], output, item: source, fields: [field('status', 'OutOfSync'), field('name', named.name)] },
    })),
    ...(differing.length > 0
      ? []
      : [
          {
            ...{ kind: 'gitops' as const, object: own, touches: [name], output },
            text: `Argo CD application ${name.name} differs from Git (OutOfSync)`,
            item: valueAt(object, 'status', 'sync'),
            fields: [field('status', 'OutOfSync')],
          },
        ]),
  ];
}
