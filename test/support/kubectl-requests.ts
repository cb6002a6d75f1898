import { apiPath, findKind } from './api-kinds.ts';

/** One request that kubectl makes, as RBAC judges it. */
export type KubectlRequest =
  | {
      readonly kind: 'resource';
      readonly verb: 'get' | 'list' | 'create';
      readonly group: string;
      /** `pods/log` names a subresource. */
      readonly resource: string;
      readonly namespace?: string;
      readonly name?: string;
      readonly path: string;
    }
  | { readonly kind: 'url'; readonly path: string };

/** Kinds whose pods `kubectl logs` looks for, by the selector of the object. */
const GROUPS: Readonly<Record<string, string>> = {
  deployment: 'apps',
  daemonset: 'apps',
  statefulset: 'apps',
  replicaset: 'apps',
  job: 'batch',
};

/** Flags of the steps whose value is an argument of its own. */
const WITH_VALUE = ['-n', '--namespace', '-o', '--output', '-l', '--selector', '-c', '--container'];

/**
 * What kubectl asks of the API for the argument list of a step, discovery left out. Looked up in the requests of kubectl
 * 1.32: `logs` gets its pod before it asks for the log; a workload is got, then its pods are listed.
 */
export function kubectlRequests(argv: readonly string[]): readonly KubectlRequest[] {
  const { words, namespace, isEverywhere, selector, raw } = readArguments(argv);
  const [verb = '', what = '', name] = words;
  const place = isEverywhere ? undefined : (namespace ?? 'default');
  const resource = (
    request: Pick<Extract<KubectlRequest, { kind: 'resource' }>, 'verb' | 'group' | 'resource'> & {
      readonly name?: string | undefined;
    },
  ): KubectlRequest => {
    const [plural = '', subresource] = request.resource.split('/');
    const kind = findKind(request.group, plural);
    const where = kind.isNamespaced ? place : undefined;
    const path = `${apiPath(kind, { namespace: where, name: request.name })}${subresource === undefined ? '' : `/${subresource}`}`;
    const { name: object, ...rest } = request;
    return {
      kind: 'resource',
      ...rest,
      path,
      ...(where === undefined ? {} : { namespace: where }),
      ...(object === undefined ? {} : { name: object }),
    };
  };
  const logOf = (pod: string): KubectlRequest => resource({ verb: 'get', group: '', resource: 'pods/log', name: pod });
  const pods = resource({ verb: 'list', group: '', resource: 'pods' });

  if (raw !== undefined) return [{ kind: 'url', path: raw }];
  if (verb === 'get') {
    return what.split(',').map((each) => {
      const [plural = '', ...group] = each.split('.');
      return resource({ verb: name === undefined ? 'list' : 'get', group: group.join('.'), resource: plural, name });
    });
  }
  if (verb === 'exec') return [resource({ verb: 'create', group: '', resource: 'pods/exec', name: what })];
  if (verb !== 'logs') throw new Error(`test/support/kubectl-requests.ts does not know kubectl ${verb}`);
  if (selector !== undefined) return [pods, logOf('some-pod')];
  const [type = '', workload] = what.split('/');
  if (workload === undefined) {
    return [resource({ verb: 'get', group: '', resource: 'pods', name: what }), logOf(what)];
  }
  const group = GROUPS[type] ?? '';
  return [resource({ verb: 'get', group, resource: `${type}s`, name: workload }), pods, logOf('some-pod')];
}

function readArguments(argv: readonly string[]): {
  readonly words: readonly string[];
  readonly namespace: string | undefined;
  readonly isEverywhere: boolean;
  readonly selector: string | undefined;
  readonly raw: string | undefined;
} {
  const flags = new Map<string, string>();
  const words: string[] = [];
  const rest = argv.slice(1);
  for (let index = 0; index < rest.length && rest[index] !== '--'; index++) {
    const arg = rest[index] ?? '';
    if (arg === '--raw') flags.set(arg, rest[++index] ?? '');
    else if (WITH_VALUE.includes(arg)) flags.set(arg, rest[++index] ?? '');
    else if (arg === '-A') flags.set(arg, '');
    else if (!arg.startsWith('-')) words.push(arg);
  }
  return {
    words,
    namespace: flags.get('-n'),
    isEverywhere: flags.has('-A'),
    selector: flags.get('-l'),
    raw: flags.get('--raw'),
  };
}
