import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { conditionsOf, objectsOf, textAt, type Condition, type KubeObject } from './kube-objects.ts';

/**
 * Components that do not wait for the API server; all others do, also when they do not say so.
 * Fact of support/controlplane-component/status.go of openshift/hypershift.
 */
const NEEDS_NO_API_SERVER =
  /^(?:etcd|router|control-plane-operator|cluster-api|capi-provider|featuregate-generator|karpenter(?:-operator)?)$/u;

/** Reason of the condition, Available or RolloutComplete, whose message names what a component waits for. */
const WAITING = 'WaitingForDependencies';

interface Component {
  readonly name: string;
  readonly object: KubeObject;
  readonly failed: Condition;
  readonly waitsFor: ReadonlySet<string>;
}

/**
 * Control-plane components that are not available or not rolled out and wait for no other one that is: the roots of the
 * graph that ControlPlaneComponent objects describe. With `name`, `reason`, `message`, `since`, `isAvailable`, and
 * `dependants`, the components that wait for it. Of components that wait for each other all are roots.
 */
export function controlPlaneComponentRoots(data: StepData): readonly Candidate[] | undefined {
  const objects = objectsOf(data.root);
  if (objects === undefined) return undefined;
  const down = new Map(objects.flatMap(failedComponent).map((component) => [component.name, component]));
  const all = [...down.values()];
  const roots = all.filter((component) => isRoot(component, down));
  return (roots.length > 0 ? roots : all).map(({ name, object, failed }) => {
    const dependants = all.filter((other) => waitsFor(other, name, down)).map((other) => other.name);
    const item = {
      name,
      namespace: textAt(object, 'metadata', 'namespace'),
      condition: failed.type,
      isAvailable: failed.type !== 'Available',
      reason: failed.reason,
      message: failed.message,
      since: failed.lastTransitionTime,
      dependants: dependants.length === 0 ? 'nothing else' : dependants.join(', '),
    };
    return { item, source: failed.source };
  });
}

/** A component that waits is the root only when what it waits for is not among those that are down. */
function isRoot(component: Component, down: ReadonlyMap<string, Component>): boolean {
  return ![...component.waitsFor].some((name) => down.has(name));
}

function waitsFor(component: Component, root: string, down: ReadonlyMap<string, Component>): boolean {
  const seen = new Set<string>();
  const open = [...component.waitsFor];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === root) return component.name !== root;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(down.get(name)?.waitsFor ?? []));
  }
  return false;
}

function failedComponent(object: KubeObject): readonly Component[] {
  if (object['kind'] !== 'ControlPlaneComponent') return [];
  const conditions = conditionsOf(object);
  const available = conditions.find(({ type, status }) => type === 'Available' && status === 'False');
  const rollout = conditions.find(({ type, status }) => type === 'RolloutComplete' && status === 'False');
  const failed = available ?? rollout;
  if (failed === undefined) return [];
  const name = textAt(object, 'metadata', 'name');
  const waitsFor = new Set(componentDependencies(object).map((each) => each.name));
  return [{ name, object, failed, waitsFor }];
}

/** What a component waits for: as it says itself, and by the rule that most of them need the API server. */
export function componentDependencies(
  object: KubeObject,
): readonly { readonly name: string; readonly isDeclared: boolean }[] {
  const name = textAt(object, 'metadata', 'name');
  const waiting = conditionsOf(object).filter(({ status, reason }) => status === 'False' && reason === WAITING);
  const declared = [...new Set(waiting.flatMap(({ message }) => namesIn(message)))];
  // The readiness of the API server includes etcd.
  const implied = name === 'kube-apiserver' ? ['etcd'] : NEEDS_NO_API_SERVER.test(name) ? [] : ['kube-apiserver'];
  return [
    ...declared.map((each) => ({ name: each, isDeclared: true })),
    ...implied.filter((each) => !declared.includes(each)).map((each) => ({ name: each, isDeclared: false })),
  ];
}

function namesIn(message: string): readonly string[] {
  const list = /Waiting for Dependencies:\s*(?<names>.*)/iu.exec(message)?.groups?.['names'] ?? '';
  return list.split(',').flatMap((name) => name.trim().replace(/\.$/u, '') || []);
}
