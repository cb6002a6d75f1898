/** A resource with its API group; empty for the core and for names without one. */
export interface Resource {
  readonly name: string;
  readonly group: string;
}

/** What a `kubectl` argument list asks for, as far as a recording can answer it. */
export type KubectlQuestion =
  | {
      readonly kind: 'get';
      readonly resources: readonly Resource[];
      /** Objects that are asked for by name; all of them when there is none. One alone is answered without a list. */
      readonly names: readonly string[];
      /** Undefined for `-A` and for resources of the cluster. */
      readonly namespace?: string;
      readonly selects: (object: unknown) => boolean;
      readonly isMissingAllowed: boolean;
    }
  | {
      readonly kind: 'logs';
      readonly namespace: string;
      readonly pod: string;
      readonly container?: string;
      readonly isPrevious: boolean;
      readonly tail?: number;
    }
  | { readonly kind: 'other' };

/** Flags whose value is the next argument. */
const WITH_VALUE = new Set([
  '-n',
  '--namespace',
  '-l',
  '--selector',
  '--field-selector',
  '-o',
  '--output',
  '-c',
  '--container',
  '--kubeconfig',
  '--request-timeout',
  '--tail',
  '--since',
  '--limit-bytes',
  '--chunk-size',
  '--cache-dir',
  '--max-log-requests',
  '--context',
]);

/** Reads `kubectl get … -o json` and `kubectl logs POD`. */
export function readKubectlQuestion(argv: readonly string[]): KubectlQuestion {
  const { words, flags } = split(argv.slice(1));
  const [verb, ...rest] = words;
  const namespace = flags.get('-n') ?? flags.get('--namespace');
  if (verb === 'logs') return readLogs(rest, flags, namespace);
  const output = flags.get('-o') ?? flags.get('--output');
  if (verb !== 'get' || output !== 'json' || flags.has('--raw')) return { kind: 'other' };
  const [kinds = '', ...others] = rest;
  const [resources = '', ...inline] = kinds.split('/');
  const names = inline.length > 0 ? inline : others;
  if (resources === '' || (inline.length > 0 && others.length > 0)) return { kind: 'other' };
  const fields = readSelector(flags.get('--field-selector'), fieldAt);
  const labels = readSelector(flags.get('-l') ?? flags.get('--selector'), labelAt);
  if (fields === undefined || labels === undefined) return { kind: 'other' };
  return {
    kind: 'get',
    resources: resources.split(',').map(resourceOf),
    names,
    ...(namespace === undefined ? {} : { namespace }),
    selects: (object) => fields(object) && labels(object),
    isMissingAllowed: flags.has('--ignore-not-found'),
  };
}

function readLogs(
  rest: readonly string[],
  flags: ReadonlyMap<string, string>,
  namespace: string | undefined,
): KubectlQuestion {
  const [pod] = rest;
  // A recording keeps logs by pod; which pods a workload or a selector means is not in the argument list.
  if (pod === undefined || namespace === undefined || pod.includes('/')) return { kind: 'other' };
  const container = flags.get('-c') ?? flags.get('--container') ?? rest[1];
  const tail = Number(flags.get('--tail') ?? Number.NaN);
  return {
    ...{ kind: 'logs', namespace, pod, isPrevious: flags.has('--previous') || flags.has('-p') },
    ...(container === undefined ? {} : { container }),
    ...(Number.isInteger(tail) ? { tail } : {}),
  };
}

function split(argv: readonly string[]): {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
} {
  const words: string[] = [];
  const flags = new Map<string, string>();
  for (let index = 0; index < argv.length; index++) {
    const element = argv[index] ?? '';
    const at = element.indexOf('=');
    if (!element.startsWith('-')) words.push(element);
    else if (element.startsWith('--') && at > 0) flags.set(element.slice(0, at), element.slice(at + 1));
    else if (WITH_VALUE.has(element)) flags.set(element, argv[++index] ?? '');
    else flags.set(element, '');
  }
  return { words, flags };
}

function resourceOf(text: string): Resource {
  const at = text.indexOf('.');
  return at === -1 ? { name: text, group: '' } : { name: text.slice(0, at), group: text.slice(at + 1) };
}

type ReadField = (object: unknown, key: string) => string | undefined;

/** Undefined for a selector of another form than `a=b,c!=d,e,f in (g,h)`. */
function readSelector(text: string | undefined, read: ReadField): ((object: unknown) => boolean) | undefined {
  if (text === undefined || text === '') return () => true;
  const tests: ((object: unknown) => boolean)[] = [];
  for (const term of text.split(/,(?![^(]*\))/u)) {
    const set = /^([\w./-]+) in \(([\w.,-]+)\)$/u.exec(term);
    if (set !== null) {
      const [, of = '', values = ''] = set;
      tests.push((object) => values.split(',').includes(read(object, of) ?? ''));
      continue;
    }
    const match = /^([\w./-]+)(?:(!=|==?)([\w.:@-]*))?$/u.exec(term);
    if (match === null) return undefined;
    const [, key = '', operator, value = ''] = match;
    if (operator === undefined) tests.push((object) => read(object, key) !== undefined);
    else if (operator === '!=') tests.push((object) => (read(object, key) ?? '') !== value);
    else tests.push((object) => (read(object, key) ?? '') === value);
  }
  return (object) => tests.every((test) => test(object));
}

const fieldAt: ReadField = (object, key) => textAt(object, key.split('.'));

const labelAt: ReadField = (object, key) => textAt(object, ['metadata', 'labels', key]);

function textAt(object: unknown, keys: readonly string[]): string | undefined {
  let value: unknown = object;
  for (const key of keys) value = fieldOf(value, key);
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Own field of an object. */
export function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}
