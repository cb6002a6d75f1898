import { isRecord } from '../schema/record.ts';
import type { YamlObject } from '../schema/yaml-objects.ts';
import { valueAt } from './json-patch.ts';
import { nameOf } from './kubernetes-object.ts';

/** An admission webhook without whose answer no pod of ours is made. */
export interface BlockingWebhook {
  /** Names of the configuration and of the webhook in it. */
  readonly configuration: string;
  readonly webhook: string;
  /** The Service that answers; undefined when it is an address outside of the cluster. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
}

/** Namespaces that processors, agents and sessions have, with their labels. */
export type Namespaces = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * Webhooks of ValidatingWebhookConfigurations and MutatingWebhookConfigurations that are asked before a pod is made in one
 * of these namespaces, and whose silence refuses it (`failurePolicy`, which is `Fail` by default).
 */
export function blockingWebhooks(
  configurations: readonly YamlObject[],
  namespaces: Namespaces,
): readonly BlockingWebhook[] {
  return configurations.flatMap((configuration) =>
    recordsAt(configuration, '/webhooks')
      .filter((webhook) => webhook['failurePolicy'] !== 'Ignore' && recordsAt(webhook, '/rules').some(isAskedAboutPods))
      .filter((webhook) =>
        [...namespaces].some(([name, labels]) => selects(webhook['namespaceSelector'], name, labels)),
      )
      .map((webhook) => ({
        configuration: nameOf(configuration),
        webhook: String(webhook['name']),
        service: serviceOf(webhook),
      })),
  );
}

function recordsAt(value: unknown, pointer: string): readonly Readonly<Record<string, unknown>>[] {
  const found = valueAt(value, pointer);
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

function isAskedAboutPods(rule: Readonly<Record<string, unknown>>): boolean {
  const has = (key: string, wanted: readonly string[]): boolean => {
    const values = rule[key];
    return Array.isArray(values) && values.some((value) => wanted.includes(String(value)));
  };
  return has('apiGroups', ['', '*']) && has('operations', ['CREATE', '*']) && has('resources', ['pods', '*', '*/*']);
}

/** A selector of labels as the API server reads it; an absent one selects everything. */
function selects(selector: unknown, name: string, labels: Readonly<Record<string, unknown>>): boolean {
  const all: Readonly<Record<string, unknown>> = { 'kubernetes.io/metadata.name': name, ...labels };
  const exact = valueAt(selector, '/matchLabels');
  const matchesLabels = !isRecord(exact) || Object.entries(exact).every(([key, value]) => all[key] === value);
  return matchesLabels && recordsAt(selector, '/matchExpressions').every((each) => matchesExpression(each, all));
}

function matchesExpression(
  { key, operator, values }: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, unknown>>,
): boolean {
  const value = labels[String(key)];
  const isAmong = Array.isArray(values) && values.includes(value);
  switch (operator) {
    case 'In':
      return value !== undefined && isAmong;
    case 'NotIn':
      return value === undefined || !isAmong;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}

function serviceOf(webhook: Readonly<Record<string, unknown>>): BlockingWebhook['service'] {
  const service = valueAt(webhook, '/clientConfig/service');
  if (!isRecord(service)) return undefined;
  return { namespace: String(service['namespace']), name: String(service['name']) };
}

/** Whether an EndpointSlice has an address that is ready; `ready` is true when it is not said. */
export function hasReadyEndpoint(slice: YamlObject): boolean {
  return recordsAt(slice, '/endpoints').some((endpoint) => valueAt(endpoint, '/conditions/ready') !== false);
}
