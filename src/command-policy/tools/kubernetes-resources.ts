import { operands } from '../operand-checks.ts';
import type { ArgumentCheck } from '../tool.ts';
import { matching } from '../value-checks.ts';

/**
 * Kinds that hold credentials, by every name that a client resolves: plural, singular and short. Without RBAC that
 * refuses them too this is only a list of names; it is the second fence and not the first.
 */
const SECRET_KINDS = new Set([
  'secrets',
  'secret',
  'machineconfigs',
  'machineconfig',
  'mc',
  ...['oauthaccesstoken', 'oauthauthorizetoken', 'useroauthaccesstoken'].flatMap((kind) => [kind, `${kind}s`]),
]);
const CONFIG_MAPS = new Set(['configmaps', 'configmap', 'cm']);
/** Configuration of the cluster's own DNS and proxies, and certificates of authorities. */
const READABLE_CONFIG_MAPS = new Set([
  'coredns',
  'dns-default',
  'kube-proxy',
  'kube-root-ca.crt',
  'openshift-service-ca.crt',
]);

/** Resource words: ASCII only, so that no letter folds into another one. */
const resourceWord = matching(/^[A-Za-z0-9][A-Za-z0-9_.,:/-]*$/u, 'kinds and names such as pods, pod/api-0 or nodes');

/** Refuses kinds that hold secrets, however they are spelled, among operands such as `pods,svc`, `pod/a` or `deployments.v1.apps`. */
export const safeResources: ArgumentCheck = (args, options) => {
  const problem = operands(resourceWord)(args, options);
  if (problem !== undefined) return problem;
  const { subject } = options;
  const pieces = args.operands.flatMap((operand) => operand.split(','));
  for (const piece of pieces) {
    // A name that looks like such a kind is refused too: clients differ in where they expect kinds.
    if (SECRET_KINDS.has(kindOf(piece)) || /^serviceaccounts?\/token$/iu.test(piece)) {
      return `${subject} of ${kindOf(piece)} is not allowed: they hold credentials; look at events, conditions and logs of what uses them`;
    }
  }
  if (!pieces.some((piece) => CONFIG_MAPS.has(kindOf(piece)))) return undefined;
  const names = namesOf(args.operands);
  const isListed = names.length > 0 && names.every((name) => READABLE_CONFIG_MAPS.has(name));
  // Describe takes a name for a prefix when nothing has exactly this name.
  if (isListed && subject.endsWith(' get')) return undefined;
  return `${subject} of configmaps is not allowed; only get of one of these by name: ${[...READABLE_CONFIG_MAPS].join(', ')}`;
};

/** The word by which a client finds the kind: `secrets.v1.` and `Secret/x` are `secrets` and `secret`. */
function kindOf(piece: string): string {
  const [kind = ''] = piece.split('/');
  return (kind.split('.')[0] ?? '').toLowerCase();
}

function namesOf(words: readonly string[]): readonly string[] {
  const [first = '', ...others] = words;
  if (!words.some((word) => word.includes('/'))) return others.flatMap((word) => word.split(','));
  return [first, ...others].flatMap((word) => word.split(',')).map((piece) => piece.split('/')[1] ?? '');
}
