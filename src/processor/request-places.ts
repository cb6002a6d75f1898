import type { ProcessorSettings } from '../config/processor-settings.ts';
import { isSupplied, type Inputs, type RequestFocus } from '../playbook/expand.ts';
import { isAboutNamespace } from '../playbook/needed-access.ts';
import type { OtherPlace } from '../playbook/run-playbook.ts';
import type { Playbook, TroubleshootingRequest } from '../schema/generated.ts';
import type { Target } from '../target/port.ts';

/** HyperShift keeps the control plane of a hosted cluster in `<namespace of the HostedCluster>-<its name>`. */
const CONTROL_PLANE = /^(clusters)-([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/u;

/** The hosted cluster that a request is about, by the namespace of its control plane; undefined for any other. */
export function hostedClusterOf({ spec }: TroubleshootingRequest): { namespace: string; name: string } | undefined {
  const [, namespace, name] = CONTROL_PLANE.exec(spec.investigation.namespace ?? '') ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** Values of inputs that no request may set, from what the processor knows of the target that it is about. */
export function suppliedInputs(
  playbook: Playbook,
  request: TroubleshootingRequest,
  { target }: Pick<ProcessorSettings, 'target'>,
): Inputs {
  const hosted = hostedClusterOf(request);
  const instance = 'metrics' in target ? target.metrics.instance : undefined;
  const known: Inputs = {
    ...(hosted === undefined
      ? {}
      : {
          hcNamespace: hosted.namespace,
          hostedCluster: hosted.name,
          hcpNamespace: `${hosted.namespace}-${hosted.name}`,
        }),
    ...(instance === undefined ? {} : { metricsInstance: instance }),
  };
  return Object.fromEntries(
    Object.entries(playbook.spec.inputs ?? {}).flatMap(([name, input]) => {
      if (!isSupplied(input) || input.default !== undefined) return [];
      const value = input.type === 'target-kubeconfig' ? hosted?.name : known[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A namespace inside a hosted cluster, as a request names it beside that of the control plane. */
const INNER_NAMESPACE = /^namespace\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/u;

/** What a request says about where to look, as this playbook takes it: `namespace/NAME` is one of the hosted cluster. */
export function focusFor(playbook: Playbook, { spec }: TroubleshootingRequest): RequestFocus {
  const { namespace } = spec.investigation;
  const resources = spec.issue.affectedResources ?? [];
  const mayBeInside = isAboutNamespace(playbook) && CONTROL_PLANE.test(namespace ?? '');
  const inner = resources.flatMap((resource) => INNER_NAMESPACE.exec(resource)?.[1] ?? []).at(0);
  const place = mayBeInside ? (inner ?? namespace) : namespace;
  return { ...(place === undefined ? {} : { namespace: place }), resources };
}

/**
 * The playbook as it looks at what a request is about. A hosted cluster is asked of its hub: what looks inside a cluster, or
 * at a namespace inside it, looks inside that one, and never takes the hub for it.
 */
export function aimedAt(playbook: Playbook, request: TroubleshootingRequest): Playbook {
  const isInside = focusFor(playbook, request).namespace !== request.spec.investigation.namespace;
  if (hostedClusterOf(request) === undefined || !(isInside || playbook.spec.looksInside === true)) return playbook;
  const steps = playbook.spec.steps.map((step) =>
    step.via === undefined ? { ...step, via: 'hosted' as const } : step,
  );
  return { ...playbook, spec: { ...playbook.spec, steps } };
}

/** Where steps run that name a place by `via`; what is not here is unreachable. */
export function placesOf(
  target: Target,
  request: TroubleshootingRequest,
  settings: Pick<ProcessorSettings, 'target' | 'cluster'>,
): Readonly<Partial<Record<OtherPlace, Target>>> {
  if (settings.target.kind !== 'kubernetes') return {};
  // A processor inside a hosted cluster sees nothing of its hub.
  if (settings.cluster.type === 'hosted') return { hosted: target };
  const hosted = hostedClusterOf(request);
  // Asked about nothing in it, a hub is meant itself: it has nodes, operators and a version like any cluster.
  if (hosted === undefined) {
    return { hub: target, ...(request.spec.investigation.namespace === undefined ? { hosted: target } : {}) };
  }
  const isKnown = settings.target.hosted.some(({ name }) => name === hosted.name);
  return { hub: target, ...(isKnown ? { hosted: chosen(target, hosted.name) } : {}) };
}

/**
 * The kubernetes target takes the name of a cluster in the place of a kubeconfig. Metrics are those of the own cluster and
 * say nothing about this one.
 */
function chosen({ metrics: _metrics, ...target }: Target, cluster: string): Target {
  return {
    ...target,
    run: async (command, signal) => {
      const [tool = '', ...rest] = command.argv;
      return await target.run({ ...command, argv: [tool, '--kubeconfig', cluster, ...rest] }, signal);
    },
  };
}
