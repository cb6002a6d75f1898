import type { Playbook, PlaybookInput } from '../schema/generated.ts';
import { problemOf } from './input-types.ts';

export type Inputs = Readonly<Record<string, string>>;

export type ResolvedInputs =
  | { readonly kind: 'ready'; readonly inputs: Inputs }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

const PLACEHOLDER = /\$\{([a-z][a-zA-Z0-9]{0,30})\}/gu;

/** What a request says about where to look. */
export interface RequestFocus {
  readonly namespace?: string;
  /** `kind/name`, or a unit name. */
  readonly resources?: readonly string[];
}

/**
 * Values of a request for the inputs of a playbook, as `from` says; without it the namespace for `namespace`, `kind/name`
 * for the input named like the kind, a unit name for the first input of type unit, what fits nowhere,
 * or twice, is left out: it still gives focus.
 */
export function inputsOfRequest(playbook: Playbook, request: RequestFocus): Inputs {
  const declared = playbook.spec.inputs ?? {};
  const values = new Map<string, string>();
  const offer = (name: string | undefined, value: string): void => {
    const input = name !== undefined && Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (name === undefined || input === undefined || values.has(name) || isSupplied(input)) return;
    if (problemOf(input, value) === undefined) values.set(name, value);
  };
  const offerFrom = (from: string, value: string): void => {
    for (const [name, input] of Object.entries(declared)) if (input.from === from) offer(name, value);
  };
  if (request.namespace !== undefined) {
    offerFrom('namespace', request.namespace);
    if (declared['namespace']?.from === undefined) offer('namespace', request.namespace);
  }
  const unitInput = Object.keys(declared).find((name) => declared[name]?.type === 'unit');
  for (const resource of request.resources ?? []) {
    const [, kind, name = resource] = /^([A-Za-z]+)\/(.+)$/u.exec(resource) ?? [];
    if (kind !== undefined) offerFrom(`resource:${kind.toLowerCase()}`, name);
    offerFrom('resource', name);
    const named = kind === undefined ? unitInput : kind.toLowerCase();
    if (named !== undefined && declared[named]?.from === undefined) offer(named, name);
  }
  return Object.fromEntries(values);
}

/** Whether only the configuration of the processor may set it. */
export function isSupplied(input: PlaybookInput): boolean {
  return input.from === 'target' || input.type === 'target-kubeconfig';
}

/**
 * Checks given values against their types and adds defaults. `supplied` comes from the configuration of the processor,
 * or from whoever runs the playbook; a request can never set such an input.
 */
export function resolveInputs(playbook: Playbook, given: Inputs, supplied: Inputs = {}): ResolvedInputs {
  const declared = playbook.spec.inputs ?? {};
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => `playbook ${playbook.metadata.id} has no input ${JSON.stringify(name)}`);
  const values = new Map<string, string>();
  for (const [name, input] of Object.entries(declared)) {
    const source = isSupplied(input) ? supplied : given;
    if (isSupplied(input) && Object.hasOwn(given, name)) {
      problems.push(`input ${name} comes from the configuration of the target`);
    }
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    const chosen = value ?? defaultOf(input, values);
    if (chosen === undefined) {
      if (input.required === true) problems.push(`input ${name} is missing: ${input.description}`);
      continue;
    }
    // A default may name a host or a path that a request may not.
    const isTrusted = value === undefined && !isBuilt(input);
    const problem = isTrusted ? undefined : problemOf(input, chosen);
    if (problem !== undefined) problems.push(`input ${name}: ${problem}`);
    values.set(name, chosen);
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ready', inputs: Object.fromEntries(values) };
}

function isBuilt({ default: text }: PlaybookInput): boolean {
  return typeof text === 'string' && placeholderNames(text).length > 0;
}

/** Undefined when there is none, or when an input that it is built from has no value. */
function defaultOf({ default: text }: PlaybookInput, values: ReadonlyMap<string, string>): string | undefined {
  return text === undefined ? undefined : replaceAll(String(text), (name) => values.get(name));
}

/**
 * Replaces `${name}` by values that follow the grammar of their type. No shell reads the list, so a value can never
 * become another argument; one that is the whole element cannot be read as an option. Undefined when one has no value.
 */
export function expandArgv(argv: readonly string[], inputs: Inputs): readonly string[] | undefined {
  const expanded: string[] = [];
  for (const element of argv) {
    const text = replaceAll(element, (name) => valueOf(inputs, name));
    if (text === undefined) return undefined;
    expanded.push(text);
  }
  return expanded;
}

/** Replaces `${name}` in PromQL by values escaped for a quoted string. Undefined when one has no value. */
export function expandQuery(query: string, inputs: Inputs): string | undefined {
  return replaceAll(query, (name) => valueOf(inputs, name)?.replace(/["\\]/gu, String.raw`\$&`));
}

/** Names of the inputs that a text uses. */
export function placeholderNames(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

function valueOf(inputs: Inputs, name: string): string | undefined {
  return Object.hasOwn(inputs, name) ? inputs[name] : undefined;
}

function replaceAll(text: string, valueFor: (name: string) => string | undefined): string | undefined {
  if (placeholderNames(text).some((name) => valueFor(name) === undefined)) return undefined;
  return text.replace(PLACEHOLDER, (_whole, name: string) => valueFor(name) ?? '');
}
