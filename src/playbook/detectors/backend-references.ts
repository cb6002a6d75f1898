import { listAt, textAt, valueAt, type KubeObject } from './kube-objects.ts';

/** A service, and which of its ports, that a route or an ingress names. */
export interface BackendReference {
  readonly service: string;
  /** Name or number; absent when any port will do. */
  readonly port?: string;
  /** The part of the object that names the service. */
  readonly source: unknown;
  /** Whether a port of the service is the one that is meant. */
  readonly fits: (servicePort: unknown, port: string) => boolean;
}

/** Services that a Route or an Ingress sends requests to, each once. */
export function backendReferences(object: KubeObject): readonly BackendReference[] {
  const references = textAt(object, 'kind') === 'Ingress' ? ofIngress(object) : ofRoute(object);
  return [...new Map(references.map((each) => [`${each.service}:${each.port ?? ''}`, each])).values()];
}

function ofRoute(route: KubeObject): readonly BackendReference[] {
  const port = portText(valueAt(route, 'spec', 'port', 'targetPort'));
  return [valueAt(route, 'spec', 'to'), ...listAt(route, 'spec', 'alternateBackends')]
    .filter((target) => ['', 'Service'].includes(textAt(target, 'kind')) && valueAt(target, 'weight') !== 0)
    .flatMap((target) => referenceTo(target, textAt(target, 'name'), { port, fits: isRoutePort }));
}

function ofIngress(ingress: KubeObject): readonly BackendReference[] {
  const paths = listAt(ingress, 'spec', 'rules').flatMap((rule) => listAt(rule, 'http', 'paths'));
  const backends = [valueAt(ingress, 'spec', 'defaultBackend'), ...paths.map((path) => valueAt(path, 'backend'))];
  return backends.flatMap((backend) => {
    const port = valueAt(backend, 'service', 'port', 'name') ?? valueAt(backend, 'service', 'port', 'number');
    return referenceTo(backend, textAt(backend, 'service', 'name'), { port: portText(port), fits: isServicePort });
  });
}

function referenceTo(
  source: unknown,
  service: string,
  { port, fits }: { readonly port: string | undefined; readonly fits: BackendReference['fits'] },
): readonly BackendReference[] {
  return service === '' ? [] : [{ service, ...(port === undefined ? {} : { port }), source, fits }];
}

function portText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** An ingress names the port of the service. */
function isServicePort(servicePort: unknown, port: string): boolean {
  return ['name', 'port'].some((key) => portText(valueAt(servicePort, key)) === port);
}

/** A route names the port of the endpoints: its number, or the name that the port has in the service. */
function isRoutePort(servicePort: unknown, port: string): boolean {
  const target = valueAt(servicePort, 'targetPort');
  // The number behind a named target stands in the pods; the port of the service is the target when none is named.
  const isBehindName = typeof target === 'string' && /^\d+$/u.test(port);
  return isBehindName || portText(target) === port || isServicePort(servicePort, port);
}
