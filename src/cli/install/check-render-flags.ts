import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import type { Installation } from '../../install/installation.ts';
import { parseInstallation, type InstallationWords } from '../../install/parse-installation.ts';

/** As they were given: what is absent was not. */
export interface RenderFlags extends Partial<InstallationWords> {
  readonly trustDir?: string;
}

const DEFAULTS = {
  ...{ type: 'hub', cluster: '', platform: 'openshift', image: '', repository: '', apiServer: [], apiPort: '6443' },
  ...{ allowAddress: [], allowName: [], hosted: [], logNamespace: [], engine: 'auto', executor: 'local-process' },
  ...{ with: [], storage: '5Gi' },
} as const satisfies InstallationWords;

/** An installation with nothing wrong in it: whatever is refused with some flags in their place is about these flags. */
const SAMPLE = {
  ...DEFAULTS,
  ...{ cluster: 'sample', image: `sample@sha256:${'0'.repeat(64)}`, repository: 'https://git.example.com/sample.git' },
  ...{ apiServer: ['192.0.2.10'], allowAddress: ['192.0.2.20'] },
} as const satisfies InstallationWords;

type Flag = keyof RenderFlags;

/** Flags that can be judged without the others; those of one row are about the same thing. */
const ROWS: readonly (readonly Flag[])[] = [
  ...[['type', 'hosted'], ['cluster'], ['platform'], ['image'], ['repository', 'branch'], ['apiServer'], ['apiPort']],
  ...[
    ['proxy', 'allowAddress', 'allowName'],
    ['logNamespace'],
    ['engine'],
    ['storage'],
    ['storageClass'],
    ['runbooks'],
  ],
  ['with', 'executor', 'maxJobs', 's3Bucket', 's3Endpoint', 's3Region', 's3Prefix', 's3Secret', 's3Ca', 's3Address'],
] as const;

const WAYS_OUT: readonly Flag[] = ['proxy', 'allowAddress', 'allowName'];

/** What a processor cannot do without, in words. */
const NEEDED: readonly (readonly [Flag, string])[] = [
  ['repository', 'address of the war room, as the cluster reaches it'],
  ['image', 'image of this program, by its digest'],
  ['apiServer', 'each address of  oc get endpointslices -n default -l kubernetes.io/service-name=kubernetes'],
];

/** An account that a hub reads with: there is no processor that the other flags could be about. */
const OF_HOSTED: readonly Flag[] = ['type', 'cluster', 'logNamespace'];

/** The installation that the flags describe; throws `usage` with everything that is wrong with them, a line each. */
export function checkRenderFlags(flags: RenderFlags): Omit<Installation, 'trust'> {
  const given = ROWS.flat().filter((flag) => flags[flag] !== undefined);
  const all: readonly Flag[] = flags.trustDir === undefined ? given : [...given, 'trustDir'];
  const isHosted = flags.type === 'hosted';
  const needless = isHosted ? all.filter((flag) => !OF_HOSTED.includes(flag)) : [];
  const problems = [
    ...missing(flags, isHosted),
    ...needless.map((flag) => `${name(flag)} does not apply: --type hosted makes an account, and no processor`),
    ...ROWS.map((row) => row.filter((flag) => !needless.includes(flag))).flatMap((row) => refusalOf(row, flags)),
  ];
  if (problems.length === 0) return parseInstallation({ ...DEFAULTS, ...present(flags, given) });
  const [first = ''] = problems;
  const hint = 'see  claude-warroom install render --help  and docs/install.md';
  if (problems.length === 1) throw new WarroomError('usage', first, { hint });
  throw new WarroomError('usage', `${problems.length} problems with these flags`, {
    why: problems.join('\n'),
    hint,
  });
}

function missing(flags: RenderFlags, isHosted: boolean): readonly string[] {
  const cluster = flags.cluster === undefined ? ['--cluster is missing: name under which people ask'] : [];
  if (isHosted) return cluster;
  const hasWay = WAYS_OUT.some((flag) => flags[flag] !== undefined);
  return [
    ...cluster,
    ...NEEDED.flatMap(([flag, what]) => (flags[flag] === undefined ? [`${name(flag)} is missing: ${what}`] : [])),
    ...(hasWay ? [] : ['--proxy, --allow-address or --allow-name is missing: how git and the model are reached']),
  ];
}

/** What the given flags of a row are refused for, in the words of whoever parses them. */
function refusalOf(row: readonly Flag[], flags: RenderFlags): readonly string[] {
  const given = row.filter((flag) => flags[flag] !== undefined);
  if (given.length === 0) return [];
  const isWay = given.some((flag) => WAYS_OUT.includes(flag));
  // A firewall of names does not fence addresses, on which the flags of the store depend.
  const isByName = flags.allowName !== undefined && flags.proxy === undefined && flags.allowAddress === undefined;
  const way = isWay ? { allowAddress: [] } : isByName ? { allowAddress: [], allowName: ['api.example.com'] } : {};
  try {
    parseInstallation({ ...SAMPLE, ...way, ...present(flags, given) });
    return [];
  } catch (error) {
    if (!isWarroomError(error, 'usage')) throw error;
    return [error.why === undefined ? error.message : `${error.message}: ${error.why}`];
  }
}

function present(flags: RenderFlags, names: readonly Flag[]): Partial<InstallationWords> {
  return Object.fromEntries(names.map((flag) => [flag, flags[flag]]));
}

/** As it is written: `apiServer` is `--api-server`. */
function name(flag: Flag): string {
  return `--${flag.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
}
