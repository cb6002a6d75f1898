import { isIPv4 } from 'node:net';
import { AGENT_DEFAULTS, SESSION_DEFAULTS } from '../config/pod-defaults.ts';
import { WarroomError } from '../domain/errors.ts';
import { parseQuantity } from '../playbook/detectors/quantity.ts';
import { bad, matching, oneOf, parseCidr, parsePort } from './flag-words.ts';
import { PARTS, type Egress, type Installation, type Part } from './installation.ts';
import { parseStore, type StoreWords } from './parse-store.ts';

/** What a person writes on the command line. */
export interface InstallationWords extends StoreWords {
  readonly type: string;
  readonly cluster: string;
  readonly platform: string;
  readonly image: string;
  readonly repository: string;
  readonly branch?: string;
  readonly apiServer: readonly string[];
  readonly apiPort: string;
  readonly proxy?: string;
  readonly allowAddress: readonly string[];
  readonly allowName: readonly string[];
  readonly hosted: readonly string[];
  readonly logNamespace: readonly string[];
  readonly engine: string;
  readonly with: readonly string[];
  readonly executor?: string;
  readonly maxJobs?: string;
  readonly agentCpu?: string;
  readonly agentMemory?: string;
  readonly agentStorage?: string;
  readonly maxSessions?: string;
  readonly storage: string;
  readonly storageClass?: string;
  readonly runbooks?: string;
}

const TYPES = ['hub', 'hosted', 'hosted-processor'] as const;
const PLATFORMS = ['openshift', 'kubernetes'] as const;
const ENGINES = ['auto', 'diagnostics', 'claude'] as const;

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/u;
/** `registry.example.com/team/claude-warroom@sha256:…`: a tag can be moved to other bytes. */
const IMAGE = /^[a-z0-9][a-z0-9.:/_-]{0,300}@sha256:[0-9a-f]{64}$/u;
const SIZE = /^[1-9][0-9]{0,4}(?:Mi|Gi)$/u;

const EXECUTORS = ['local-process', 'kubernetes-job'] as const;

/** The executor and the store are parts like others; they have flags because their configuration has fields. */
function partsOf({ with: named, executor = 'local-process', s3Bucket }: InstallationWords): readonly Part[] {
  const parts = named.map((name): Part => oneOf('--with', name, PARTS));
  const isJob = oneOf('--executor', executor, EXECUTORS) === 'kubernetes-job';
  const implied: readonly Part[] = [
    ...(isJob ? ['job-executor' as const] : []),
    ...(s3Bucket === undefined ? [] : ['s3-publisher' as const]),
  ];
  return [...parts, ...implied.filter((part) => !parts.includes(part))];
}

/** An address under which the pages of docs/ are served, without a slash at its end. */
function parseRunbooks(text: string): string {
  const isAddress = /^https?:\/\/[^\s@"'<>#?]{1,300}$/u.test(text) && URL.canParse(text);
  if (!isAddress) throw bad('--runbooks', text, 'it must be an http(s) address of the folder docs/');
  return text.replace(/\/+$/u, '');
}

/** As in the schema of the configuration. */
const MOST_PODS = 50;
const PROCESSORS = /^[0-9]{1,6}(?:\.[0-9]{1,3}|m)?$/u;
/** What the container of an agent asks for in any case. */
const LEAST_AGENT = { cpu: '100m', storage: '64Mi' } as const;

function parseCount(flag: string, text: string): number {
  const count = /^[0-9]{1,2}$/u.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_PODS) return count;
  throw bad(flag, text, `it must be a number from 1 to ${MOST_PODS}`);
}

function parseAgents(words: InstallationWords): Pick<Installation, 'maxJobs' | 'agent'> {
  const { maxJobs, agentCpu: cpu, agentMemory: memory, agentStorage: storage } = words;
  const given = { '--max-jobs': maxJobs, '--agent-cpu': cpu, '--agent-memory': memory, '--agent-storage': storage };
  const [first] = Object.entries(given).filter(([, text]) => text !== undefined);
  if (first !== undefined && !partsOf(words).includes('job-executor')) {
    throw bad(first[0], first[1] ?? '', 'it belongs to --executor kubernetes-job');
  }
  const { resources } = AGENT_DEFAULTS;
  return {
    maxJobs: maxJobs === undefined ? AGENT_DEFAULTS.maxJobs : parseCount('--max-jobs', maxJobs),
    agent: {
      cpu: atLeast(
        LEAST_AGENT.cpu,
        '--agent-cpu',
        matching('--agent-cpu', cpu ?? resources.cpu, { pattern: PROCESSORS, example: '1500m' }),
      ),
      memory: matching('--agent-memory', memory ?? resources.memory, { pattern: SIZE, example: '2Gi' }),
      storage: atLeast(
        LEAST_AGENT.storage,
        '--agent-storage',
        matching('--agent-storage', storage ?? resources.storage, { pattern: SIZE, example: '2Gi' }),
      ),
    },
  };
}

function atLeast(least: string, flag: string, text: string): string {
  if ((parseQuantity(text) ?? 0) >= (parseQuantity(least) ?? 0)) return text;
  throw bad(flag, text, `an agent asks for ${least} in any case`);
}

function parseMaxSessions(words: InstallationWords): number {
  const { maxSessions } = words;
  if (maxSessions === undefined) return SESSION_DEFAULTS.maxSessions;
  if (!partsOf(words).includes('sessions')) throw bad('--max-sessions', maxSessions, 'it belongs to --with sessions');
  return parseCount('--max-sessions', maxSessions);
}

/** Checks every word; throws `usage` with the flag that it is about. */
export function parseInstallation(words: InstallationWords): Omit<Installation, 'trust'> {
  const type = oneOf('--type', words.type, TYPES);
  const needsProcessor = type !== 'hosted';
  const cluster = matching('--cluster', words.cluster, { pattern: NAME, example: 'production-hub' });
  const repository = needsProcessor ? parseRepository(words) : { url: words.repository };
  const egress = needsProcessor ? parseEgress(words, repository.url) : ({ kind: 'addresses', cidrs: [] } as const);
  if (type !== 'hub' && words.hosted.length > 0) {
    throw bad('--hosted', words.hosted.join(), 'the processor of a hub reads hosted clusters, and no other');
  }
  const parts = partsOf(words);
  const store = parseStore(words, {
    isWanted: parts.includes('s3-publisher'),
    isFenced: needsProcessor && egress.kind !== 'firewall',
  });
  return {
    type,
    cluster,
    platform: oneOf('--platform', words.platform, PLATFORMS),
    image: needsProcessor ? parseImage(words.image) : words.image,
    repository,
    apiServer: needsProcessor ? parseApiServer(words.apiServer) : [],
    apiPort: parsePort('--api-port', words.apiPort),
    egress,
    hosted: words.hosted.map((name) => matching('--hosted', name, { pattern: NAME, example: 'prod-1' })),
    logNamespaces: words.logNamespace.map((name) =>
      matching('--log-namespace', name, { pattern: NAME, example: 'openshift-ingress' }),
    ),
    engine: oneOf('--engine', words.engine, ENGINES),
    parts,
    ...parseAgents(words),
    maxSessions: parseMaxSessions(words),
    storage: {
      size: matching('--storage', words.storage, { pattern: SIZE, example: '5Gi' }),
      ...(words.storageClass === undefined
        ? {}
        : { className: matching('--storage-class', words.storageClass, { pattern: NAME, example: 'gp3-csi' }) }),
    },
    ...(store === undefined ? {} : { store }),
    ...(words.runbooks === undefined ? {} : { runbooks: parseRunbooks(words.runbooks) }),
  };
}

/** Throws `usage` for an image without its digest. */
export function parseImage(image: string): string {
  if (IMAGE.test(image)) return image;
  throw new WarroomError('usage', `--image: ${JSON.stringify(image)} does not name an image by its digest`, {
    why: 'what a tag means can be changed by whoever may push to the registry',
    hint: 'write registry.example.com/claude-warroom@sha256:…   which  skopeo inspect  shows',
  });
}

function parseRepository({ repository, branch }: InstallationWords): Installation['repository'] {
  if (!/^(?:https:\/\/|ssh:\/\/)[^\s@]*(?:@[^\s@]+)?$/u.test(repository) || /^https:\/\/[^/]*@/u.test(repository)) {
    throw bad('--repository', repository, 'it must be an https:// or ssh:// address without a password');
  }
  return { url: repository, ...(branch === undefined ? {} : { branch }) };
}

function parseApiServer(cidrs: readonly string[]): readonly string[] {
  if (cidrs.length > 0) return cidrs.map((each) => parseCidr('--api-server', each));
  throw new WarroomError('usage', 'no address of the API server is given', {
    why: 'a policy that lets a pod reach every address would be no policy',
    hint: 'add --api-server 192.0.2.10 for each address of  oc get endpointslices -n default -l kubernetes.io/service-name=kubernetes',
  });
}

function parseEgress(words: InstallationWords, url: string): Egress {
  const { proxy, allowAddress, allowName } = words;
  const given = [proxy !== undefined, allowAddress.length > 0, allowName.length > 0].filter(Boolean).length;
  if (given !== 1) {
    throw new WarroomError('usage', 'say in one way how git and the model are reached', {
      why: given === 0 ? 'no way is given' : 'several ways are given',
      hint: 'use --proxy http://192.0.2.30:3128, or --allow-address for each address, or --allow-name for each name (OVN-Kubernetes)',
    });
  }
  if (proxy !== undefined) return parseProxy(proxy);
  if (allowAddress.length > 0) {
    return { kind: 'addresses', cidrs: allowAddress.map((each) => parseCidr('--allow-address', each)) };
  }
  const host = new URL(url).hostname;
  const names = allowName.map((name) =>
    matching('--allow-name', name, { pattern: HOST_NAME, example: 'api.anthropic.com' }),
  );
  return { kind: 'firewall', names: [...new Set([host, ...names])] };
}

function parseProxy(proxy: string): Egress {
  const [, host = '', port = ''] = /^http:\/\/([0-9.]+):(\d{1,5})\/?$/u.exec(proxy) ?? [];
  if (!isIPv4(host)) {
    throw bad('--proxy', proxy, 'it must be http://ADDRESS:PORT with a literal address: a policy knows no names');
  }
  return { kind: 'proxy', host, port: parsePort('--proxy', port) };
}
