import { unreachable } from '../../lib/unreachable.ts';
import type { JoinedItem } from '../deciding-place.ts';
import type { StepData } from '../parse-output.ts';
import { backendReferences, type BackendReference } from './backend-references.ts';
import type { Candidate } from './detector.ts';
import { listAt, objectsOf, textAt, valueAt, type KubeObject } from './kube-objects.ts';

/** What is wrong with a service that a route or an ingress sends requests to; the first link that is broken. */
type Problem = 'service-missing' | 'port-missing' | 'no-pods' | 'target-port-missing' | 'no-ready-endpoints';

interface Around {
  readonly services: ReadonlyMap<string, KubeObject>;
  readonly pods: readonly KubeObject[];
  readonly slices: readonly KubeObject[];
}

/**
 * Services that routes or ingresses of one namespace name and that cannot answer (steps `services`, `pods`,
 * `endpoint-slices`). Undefined while one of these is not known or was cut: half a list shows services as missing.
 */
export function brokenBackends(
  data: StepData,
  other: (step: string) => StepData | undefined,
): readonly Candidate[] | undefined {
  const objects = objectsOf(data.root);
  const services = complete(other('services'));
  const pods = complete(other('pods'));
  const slices = complete(other('endpoint-slices'));
  if (objects === undefined || services === undefined || pods === undefined || slices === undefined) return undefined;
  const around: Around = {
    services: new Map(services.map((service) => [textAt(service, 'metadata', 'name'), service])),
    pods: pods.filter((pod) => !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'))),
    slices,
  };
  return objects.flatMap((object) =>
    backendReferences(object).flatMap((reference) => {
      const problem = problemOf(reference, around);
      if (problem === undefined) return [];
      const { service, port } = reference;
      return [
        {
          item: {
            problem,
            kind: textAt(object, 'kind').toLowerCase(),
            name: textAt(object, 'metadata', 'name'),
            namespace: textAt(object, 'metadata', 'namespace'),
            service,
            ...(port === undefined ? {} : { port }),
          },
          source: reference.source,
          beside: besideOf(problem, around.services.get(service), around.slices),
        },
      ];
    }),
  );
}

/** What shows it in the service, or in its endpoints. */
function besideOf(
  problem: Problem,
  service: KubeObject | undefined,
  slices: readonly KubeObject[],
): readonly JoinedItem[] {
  switch (problem) {
    case 'service-missing':
      return [];
    case 'no-pods':
      return [{ step: 'services', item: valueAt(service, 'spec', 'selector') }];
    case 'port-missing':
    case 'target-port-missing':
      return [{ step: 'services', item: valueAt(service, 'spec', 'ports') }];
    case 'no-ready-endpoints':
      return slicesOf(textAt(service, 'metadata', 'name'), slices).map((slice) => ({
        step: 'endpoint-slices',
        item: valueAt(slice, 'endpoints'),
      }));
    default:
      return unreachable(problem);
  }
}

function slicesOf(service: string, slices: readonly KubeObject[]): readonly KubeObject[] {
  return slices.filter((slice) => textAt(slice, 'metadata', 'labels', 'kubernetes.io/service-name') === service);
}

function complete(data: StepData | undefined): readonly KubeObject[] | undefined {
  return data === undefined || data.isPartial ? undefined : objectsOf(data.root);
}

function problemOf({ service: name, port, ...reference }: BackendReference, around: Around): Problem | undefined {
  const service = around.services.get(name);
  if (service === undefined) return 'service-missing';
  if (textAt(service, 'spec', 'type') === 'ExternalName') return undefined;
  const ports = listAt(service, 'spec', 'ports');
  const chosen = port === undefined ? ports : ports.filter((each) => reference.fits(each, port));
  if (port !== undefined && chosen.length === 0) return 'port-missing';
  const selector = Object.entries(valueAt(service, 'spec', 'selector') ?? {});
  // Without a selector somebody keeps the endpoints by hand.
  const selected = around.pods.filter((pod) =>
    selector.every(([key, value]) => textAt(pod, 'metadata', 'labels', key) === value),
  );
  if (selector.length > 0 && selected.length === 0) return 'no-pods';
  if (selector.length > 0 && !chosen.some((each) => isNamedPortKnown(each, selected))) return 'target-port-missing';
  return hasReadyEndpoint(name, around.slices) ? undefined : 'no-ready-endpoints';
}

/** A number needs no declaration in the pod; a name that no container has leads nowhere. */
function isNamedPortKnown(port: unknown, pods: readonly KubeObject[]): boolean {
  const target = valueAt(port, 'targetPort');
  if (typeof target !== 'string' || /^\d+$/u.test(target)) return true;
  return pods.some((pod) =>
    ['containers', 'initContainers']
      .flatMap((key) => listAt(pod, 'spec', key))
      .some((container) => listAt(container, 'ports').some((each) => textAt(each, 'name') === target)),
  );
}

function hasReadyEndpoint(service: string, slices: readonly KubeObject[]): boolean {
  return slicesOf(service, slices)
    .flatMap((slice) => listAt(slice, 'endpoints'))
    .some((endpoint) => valueAt(endpoint, 'conditions', 'ready') !== false && listAt(endpoint, 'addresses').length > 0);
}
