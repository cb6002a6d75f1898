import { operands } from '../operand-checks.ts';
import type { ArgumentCheck, Objection } from '../tool.ts';
import { matching } from '../value-checks.ts';

/**
 * Kinds that hold credentials, by every name that a client resolves: plural, singular and short. Without RBAC that
 * refuses them too this is only a list of names; it is the second fence and not the first.
 */
const SECRET_KINDS = new Set([
  ...['secret', 'machineconfig', 'controllerconfig', 'kubeadmconfig', 'kubeadmconfigtemplate'],
  ...['oauthaccesstoken', 'oauthauthorizetoken', 'useroauthaccesstoken', 'oauthclient', 'oauthclientauthorization'],
]);
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['mc', 'machineconfig'],
  ['cm', 'configmap'],
]);
/** Kinds that are worth a look but have a private key or a password somewhere in their spec; `all` includes routes. */
const TABLE_KINDS = new Set(['route', 'all', 'oauth', 'proxy', 'proxie']);
const CONFIG_MAP = 'configmap';
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
  const pieces = args.operands.flatMap((operand) => operand.split(','));
  for (const word of pieces) {
    // A name that looks like such a kind is refused too: clients differ in where they expect kinds.
    if (SECRET_KINDS.has(kindOf(word)) || /^serviceaccounts?\/token$/iu.test(word)) {
      const instead = 'look at events, conditions and logs of what uses them';
      return {
        reason: `${options.subject} of ${kindWord(word)} is not allowed: they hold credentials; ${instead}`,
        word,
      };
    }
  }
  return configMapProblem(args.operands, options.subject) ?? tableProblem(args, pieces, options.subject);
};

function configMapProblem(words: readonly string[], subject: string): Objection | undefined {
  const word = words.flatMap((each) => each.split(',')).find((piece) => kindOf(piece) === CONFIG_MAP);
  if (word === undefined) return undefined;
  const names = namesOf(words);
  const isListed = names.length > 0 && names.every((name) => READABLE_CONFIG_MAPS.has(name));
  // Describe takes a name for a prefix when nothing has exactly this name.
  if (isListed && subject.endsWith(' get')) return undefined;
  const listed = [...READABLE_CONFIG_MAPS].join(', ');
  return { reason: `${subject} of configmaps is not allowed; only get of one of these by name: ${listed}`, word };
}

/** Of a few kinds only the columns of the table may be seen, and never a field of somebody's choice. */
function tableProblem(
  { flags }: Parameters<ArgumentCheck>[0],
  pieces: readonly string[],
  subject: string,
): Objection | undefined {
  const word = pieces.find((piece) => TABLE_KINDS.has(kindOf(piece)));
  const output = flags.get('-o')?.find((value) => value !== 'wide' && value !== 'name');
  if (word === undefined || output === undefined) return undefined;
  const reason = `${subject} -o ${output.split('=')[0] ?? ''} of ${kindWord(word)} is not allowed: it may hold private keys or passwords; use -o wide`;
  return { reason, word };
}

/** The word by which a client finds the kind: `secrets.v1.` and `Secret/x` are `secrets` and `secret`. */
function kindWord(piece: string): string {
  const [kind = ''] = piece.split('/');
  return (kind.split('.')[0] ?? '').toLowerCase();
}

/** The kind in one spelling: singular, and no short name. */
function kindOf(piece: string): string {
  const word = kindWord(piece);
  return SHORT_NAMES.get(word) ?? word.replace(/s$/u, '');
}

function namesOf(words: readonly string[]): readonly string[] {
  const [first = '', ...others] = words;
  if (!words.some((word) => word.includes('/'))) return others.flatMap((word) => word.split(','));
  return [first, ...others].flatMap((word) => word.split(',')).map((piece) => piece.split('/')[1] ?? '');
}
