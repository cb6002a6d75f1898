import type { Strip } from './json-filter.ts';

/** Deeper than any object of an API; a deeper one is an attack on whoever reads it. */
const MAX_DEPTH = 150;

/** Fields of a reference to a Secret: what is left of anything that calls itself one. */
const REFERENCE_FIELDS = new Set(['kind', 'apiVersion', 'group', 'name', 'namespace', 'uid']);

/** `env`, `extraEnv`, `environmentVariables`. */
const ENVIRONMENT = /^(?:extra|additional|common)?-?env(?:ironment)?s?(?:vars?|variables?)?$/iu;

/** What people give to a chart, passwords included. */
const CHART_VALUES = ['parameters', 'fileParameters', 'values', 'valuesObject'];

/** Annotations that repeat an object as it was applied, values of its environment included. */
const APPLIED = /(?:last-applied(?:-configuration|-config)?|\/applied|\/original|lastApplied\w*)$/iu;
/** Annotations that are a credential; what only names one (`…-secret-name`) stays. */
const CREDENTIAL =
  /(?:token|password|passwd|secret|credentials?|api-?key|private-?key|kubeconfig)(?:\.value|\.service-account|-data)?$/iu;
/** Text that holds an object of its own. */
const EMBEDDED = /"(?:kind|env|data|stringData|managedFields)\\?"\s*:/u;
const PRIVATE_KEY = 'PRIVATE KEY-----';

export interface StripFacts {
  /** Items are ConfigMaps, which lists do not say. */
  readonly isConfigMap?: boolean;
  readonly isReadableConfigMap?: (name: string) => boolean;
  /** `data` beside `metadata` is part of what is asked for, as in revisions of workloads. */
  readonly keepsData?: boolean;
}

type Fields = Record<string, unknown>;

/**
 * Takes out of an object of the API what no diagnosis needs and what can be a secret: Secrets wholly, data of ConfigMaps,
 * values of environments and charts, private keys, applied configurations, managed fields. Changes the value that it is given, which
 * was parsed for this purpose; undefined when nothing is left of it.
 */
export function createStrip(facts: StripFacts): Strip {
  return (value) => {
    if (isSecret(value) && isFields(value) && 'metadata' in value) return undefined;
    strip(value, 0, facts);
    return value;
  };
}

function strip(value: unknown, depth: number, facts: StripFacts): void {
  if (depth > MAX_DEPTH) throw new RangeError('an object is nested too deeply');
  if (Array.isArray(value)) {
    stripList(value, depth, facts);
    return;
  }
  if (!isFields(value)) return;
  stripFields(value, facts);
  for (const key of Object.keys(value)) {
    const child = value[key];
    if (typeof child === 'string') {
      if (child.includes(PRIVATE_KEY)) Reflect.deleteProperty(value, key);
    } else if (typeof child === 'object') strip(child, depth + 1, facts);
  }
}

function stripList(list: unknown[], depth: number, facts: StripFacts): void {
  for (const [index, item] of list.entries()) {
    if (typeof item === 'string') {
      if (item.includes(PRIVATE_KEY)) list[index] = '';
    } else strip(item, depth + 1, facts);
  }
}

function stripFields(fields: Fields, facts: StripFacts): void {
  if (isSecret(fields)) keepReference(fields);
  Reflect.deleteProperty(fields, 'managedFields');
  if (isFields(fields['metadata']) && !keepsData(fields, facts)) {
    for (const name of ['data', 'binaryData', 'stringData']) Reflect.deleteProperty(fields, name);
  }
  if (isFields(fields['annotations'])) stripAnnotations(fields['annotations']);
  if (isFields(fields['tls'])) Reflect.deleteProperty(fields['tls'], 'key');
  if (isFields(fields['helm'])) {
    for (const name of CHART_VALUES) Reflect.deleteProperty(fields['helm'], name);
  }
  for (const name of Object.keys(fields)) {
    if (ENVIRONMENT.test(name)) stripEnvironment(fields, name);
  }
}

/** Any spelling of the kind counts, and a list of Secrets too. */
function isSecret(value: unknown): boolean {
  const kind = isFields(value) ? value['kind'] : undefined;
  return typeof kind === 'string' && /^secret(?:list)?$/iu.test(kind);
}

function keepReference(secret: Fields): void {
  const { metadata } = secret;
  for (const name of Object.keys(secret)) {
    if (!REFERENCE_FIELDS.has(name) || typeof secret[name] !== 'string') Reflect.deleteProperty(secret, name);
  }
  if (isFields(metadata) && typeof metadata['name'] === 'string') secret['metadata'] = { name: metadata['name'] };
}

function keepsData(
  fields: Fields,
  { isConfigMap = false, isReadableConfigMap, keepsData: keeps = false }: StripFacts,
): boolean {
  if (keeps) return true;
  const kind = fields['kind'];
  if (!isConfigMap || (kind !== undefined && kind !== 'ConfigMap')) return false;
  const name = isFields(fields['metadata']) ? fields['metadata']['name'] : undefined;
  return typeof name === 'string' && isReadableConfigMap?.(name) === true;
}

function stripAnnotations(annotations: Fields): void {
  for (const [name, value] of Object.entries(annotations)) {
    const isObject = typeof value === 'string' && /^\s*[[{]/u.test(value) && EMBEDDED.test(value);
    if (APPLIED.test(name) || CREDENTIAL.test(name) || isObject) Reflect.deleteProperty(annotations, name);
  }
}

/** Names and where values come from stay; a value itself never does. */
function stripEnvironment(fields: Fields, name: string): void {
  const environment = fields[name];
  if (Array.isArray(environment)) {
    for (const [index, entry] of environment.entries()) {
      if (isFields(entry)) Reflect.deleteProperty(entry, 'value');
      // `NAME=value`, as container engines write it.
      else if (typeof entry === 'string') environment[index] = entry.replace(/=[^]*$/u, '');
    }
    return;
  }
  if (!isFields(environment)) return;
  for (const [key, value] of Object.entries(environment)) {
    if (isFields(value)) Reflect.deleteProperty(value, 'value');
    else Reflect.deleteProperty(environment, key);
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
