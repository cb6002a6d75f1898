import type { Playbook, PlaybookInput } from '../schema/generated.ts';
import { parseDurationMs } from './duration.ts';

export type Inputs = Readonly<Record<string, string>>;

export type ResolvedInputs =
  | { readonly kind: 'ready'; readonly inputs: Inputs }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const KUBERNETES_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/u;
const UNIT = /^[A-Za-z0-9:_.@\\-]{1,200}\.(?:service|socket|timer|target|mount)$/u;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/u;
const PATH = /^(?:\/[\w@%+=:,.-]+)+$/u;
/** A name that the target replaces by a kubeconfig of its own: a request chooses a cluster, never a file. */
const CLUSTER_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
/** HyperShift keeps the control plane of a hosted cluster in a namespace that is named for it. */
const HOSTED_NAMESPACE = /^clusters-(.+)$/u;
const PLACEHOLDER = /^\$\{([a-z][a-zA-Z0-9]{0,30})\}$/u;

/** What a request says about where to look. */
export interface RequestFocus {
  readonly namespace?: string;
  /** `kind/name`, or a unit name. */
  readonly resources?: readonly string[];
}

/**
 * Values of a request for the inputs of a playbook: the namespace for `namespace`, `kind/name` for the input named like
 * the kind, a unit name for the first input of type unit, the hosted cluster of a control plane's namespace for the first
 * input of type target-kubeconfig without a default. What fits nowhere, or twice, is left out: it still gives focus.
 */
export function inputsOfRequest(playbook: Playbook, request: RequestFocus): Inputs {
  const declared = playbook.spec.inputs ?? {};
  const values = new Map<string, string>();
  const offer = (name: string | undefined, value: string): void => {
    const input = name !== undefined && Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (name === undefined || input === undefined || values.has(name)) return;
    if (problemOf(input, value) === undefined) values.set(name, value);
  };
  if (request.namespace !== undefined) offer('namespace', request.namespace);
  const hosted = HOSTED_NAMESPACE.exec(request.namespace ?? '')?.[1];
  const clusterInput = Object.keys(declared).find((name) => {
    return declared[name]?.type === 'target-kubeconfig' && declared[name].default === undefined;
  });
  if (hosted !== undefined) offer(clusterInput, hosted);
  const unitInput = Object.keys(declared).find((name) => declared[name]?.type === 'unit');
  for (const resource of request.resources ?? []) {
    const parts = /^([A-Za-z]+)\/(.+)$/u.exec(resource);
    if (parts === null) offer(unitInput, resource);
    else offer(parts[1]?.toLowerCase(), parts[2] ?? '');
  }
  return Object.fromEntries(values);
}

/** Checks given values against their types and adds defaults. */
export function resolveInputs(playbook: Playbook, given: Inputs): ResolvedInputs {
  const declared = playbook.spec.inputs ?? {};
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => `playbook ${playbook.metadata.id} has no input ${JSON.stringify(name)}`);
  const values = new Map<string, string>();
  for (const [name, input] of Object.entries(declared)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const chosen = value ?? input.default;
    if (chosen === undefined) {
      if (input.required === true) problems.push(`input ${name} is missing: ${input.description}`);
      continue;
    }
    const problem = value === undefined ? undefined : problemOf(input, value);
    if (problem !== undefined) problems.push(`input ${name}: ${problem}`);
    values.set(name, chosen);
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ready', inputs: Object.fromEntries(values) };
}

/** Replaces elements that are exactly `${name}`; nothing inside an element is ever touched. Undefined when one has no value. */
export function expandArgv(argv: readonly string[], inputs: Inputs): readonly string[] | undefined {
  const expanded: string[] = [];
  for (const element of argv) {
    const name = placeholderName(element);
    const value = name === undefined ? element : Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (value === undefined) return undefined;
    expanded.push(value);
  }
  return expanded;
}

/** Name of the input that an argument stands for. */
export function placeholderName(element: string): string | undefined {
  return PLACEHOLDER.exec(element)?.[1];
}

/** What is wrong with a value from a request; undefined when it may be used. */
export function problemOf(input: PlaybookInput, value: string): string | undefined {
  // Whatever the type: an argument must never be read as an option.
  if (value.startsWith('-')) return `${JSON.stringify(value)} begins with a dash`;
  return hasType(input, value) ? undefined : `${JSON.stringify(value)} is not ${EXPECTED[input.type]}`;
}

const EXPECTED: Readonly<Record<PlaybookInput['type'], string>> = {
  'k8s-name': 'a Kubernetes name',
  unit: 'the name of a systemd unit',
  host: 'a host that the playbook allows',
  port: 'a port from 1 to 65535',
  duration: 'a duration like 30m',
  path: 'a path below a folder that the playbook allows',
  'target-kubeconfig': 'the name of a cluster that the target knows',
};

function hasType(input: PlaybookInput, value: string): boolean {
  switch (input.type) {
    case 'k8s-name':
      return KUBERNETES_NAME.test(value);
    case 'unit':
      return UNIT.test(value);
    case 'host':
      return HOST.test(value) && (input.allow ?? []).includes(value);
    case 'port':
      return /^[1-9]\d{0,4}$/u.test(value) && Number(value) <= 65_535;
    case 'duration':
      return parseDurationMs(value) !== undefined;
    case 'path':
      return isPathBelow(value, input.allow ?? []);
    case 'target-kubeconfig':
      return CLUSTER_NAME.test(value);
  }
}

function isPathBelow(path: string, folders: readonly string[]): boolean {
  if (!PATH.test(path) || path.split('/').some((part) => part === '.' || part === '..')) return false;
  return folders.some((folder) => path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
}
