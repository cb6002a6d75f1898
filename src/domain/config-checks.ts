import type { ClientConfig, ProcessorConfig, ProcessorSessionModel, ProcessorTarget } from '../schema/generated.ts';
import type { DocumentProblem } from './document-problem.ts';
import { isLocalAddress } from './is-local-address.ts';
import { isNeverRead } from './never-read.ts';
import { isRefName } from './ref-name.ts';

/** What the schema of a processor's configuration cannot say. */
export function checkProcessorConfig(config: ProcessorConfig): readonly DocumentProblem[] {
  const { polling, lease, repository } = config;
  const problems: DocumentProblem[] = [...checkRefs(repository), ...checkTrust(config), ...checkTarget(config.target)];
  if (config.holder !== undefined && !isRefName(config.holder)) {
    problems.push({ path: ['holder'], message: 'cannot be part of a git ref', hint: 'avoid .. and the ending .lock' });
  }
  if (polling !== undefined && polling.minSeconds > polling.maxSeconds) {
    problems.push({ path: ['polling', 'minSeconds'], message: 'is more than polling.maxSeconds' });
  }
  if (lease !== undefined && lease.renewSeconds >= lease.seconds) {
    const hint = 'a third of the lease leaves room for two failures';
    problems.push({ path: ['lease', 'renewSeconds'], message: 'must be less than lease.seconds', hint });
  }
  if (repository.credential?.tokenFile !== undefined && repository.credential.tokenEnv !== undefined) {
    const message = 'needs tokenFile or tokenEnv, not both';
    problems.push({ path: ['repository', 'credential'], message });
  }
  for (const [index, source] of (config.redaction?.knownValues ?? []).entries()) {
    if ((source.env === undefined) !== (source.file === undefined)) continue;
    problems.push({ path: ['redaction', 'knownValues', index], message: 'needs env or file, and not both' });
  }
  if (config.executor?.kind === 'kubernetes-job') {
    const { image, credentialDir, kubeconfigFile } = config.executor;
    const path = ['executor'];
    if (image === undefined) problems.push({ path, message: 'needs the image of the agent, by its digest' });
    if ((credentialDir === undefined) === (kubeconfigFile === undefined)) {
      problems.push({ path, message: 'needs credentialDir or kubeconfigFile, and not both' });
    }
    if (config.claude?.user !== undefined) {
      problems.push({ path: ['claude', 'user'], message: 'has no meaning for an agent in a pod: remove it' });
    }
  }
  return [
    ...problems,
    ...checkHosted(config.target),
    ...checkBroker(config.broker),
    ...checkSessionModel(config.sessions?.model),
    ...checkMetrics(config),
    ...checkCanary(config),
    ...checkPublishers(config.publishers),
  ];
}

/** Name of the processor's own cluster where steps name clusters. */
export const OWN_CLUSTER = 'self';

function checkHosted(target: ProcessorConfig['target']): readonly DocumentProblem[] {
  const names = (target?.hosted ?? []).map(({ name }) => name);
  return names.flatMap((name, index) => {
    const path = ['target', 'hosted', index, 'name'];
    if (name === OWN_CLUSTER) return [{ path, message: `${OWN_CLUSTER} is the name of the cluster itself` }];
    return names.indexOf(name) === index ? [] : [{ path, message: 'is given twice' }];
  });
}

function checkBroker(broker: ProcessorConfig['broker']): readonly DocumentProblem[] {
  return (broker?.allow ?? []).flatMap(({ resources }, group) =>
    resources.flatMap((resource, index) => {
      if (!isNeverRead(resource)) return [];
      const hint = 'the cluster broker never forwards what can hold credentials';
      return [{ path: ['broker', 'allow', group, 'resources', index], message: `${resource} cannot be allowed`, hint }];
    }),
  );
}

/** Each kind has what belongs to it, and nothing of the other one. */
function checkSessionModel(model: ProcessorSessionModel | undefined): readonly DocumentProblem[] {
  if (model === undefined) return [];
  const { kind = 'gateway', baseUrl, tokenSecret, maxUsd, listen } = model;
  const path = ['sessions', 'model'];
  if (kind === 'gateway') {
    if (baseUrl === undefined || tokenSecret === undefined) {
      const hint = 'or say kind: broker, and the processor forwards the calls itself';
      return [{ path, message: 'needs baseUrl and tokenSecret of the gateway', hint }];
    }
    if (maxUsd === undefined && listen === undefined) return [];
    return [{ path, message: 'maxUsd and listen belong to kind: broker: a gateway counts for itself' }];
  }
  if (baseUrl === undefined && tokenSecret === undefined) return [];
  return [{ path, message: 'baseUrl and tokenSecret belong to kind: gateway' }];
}

/** Its requests would all be rejected. */
function checkCanary({ trust, canary }: ProcessorConfig): readonly DocumentProblem[] {
  if (canary === undefined || canary.keyFile !== undefined || trust === 'open') return [];
  const hint = "make one with  ssh-keygen -t ed25519 -N '' -f FILE   and enrol it";
  return [{ path: ['canary'], message: 'needs keyFile with trust: required', hint }];
}

/** Each kind has the part that is named after it, and no other; git has none. */
function checkPublishers(publishers: ProcessorConfig['publishers'] = []): readonly DocumentProblem[] {
  const kinds = publishers.map(({ kind }) => kind);
  return publishers.flatMap((publisher, index) => {
    const { kind, s3, configmap } = publisher;
    const at = ['publishers', index];
    const problems: DocumentProblem[] = [];
    if (kinds.indexOf(kind) !== index) problems.push({ path: [...at, 'kind'], message: `${kind} is given twice` });
    for (const part of ['s3', 'configmap'] as const) {
      if (kind === part && publisher[part] === undefined)
        problems.push({ path: at, message: `kind ${kind} needs ${part}` });
      if (kind === part || publisher[part] === undefined) continue;
      problems.push({ path: [...at, part], message: `has no meaning for kind ${kind}` });
    }
    if (configmap !== undefined && (configmap.accountDir === undefined) === (configmap.kubeconfigFile === undefined)) {
      problems.push({ path: [...at, 'configmap'], message: 'needs accountDir or kubeconfigFile, and not both' });
    }
    if (configmap?.kubeconfigFile !== undefined && configmap.namespace === undefined) {
      problems.push({ path: [...at, 'configmap'], message: 'needs namespace beside kubeconfigFile' });
    }
    return [...problems, ...checkEndpoint([...at, 's3', 'endpoint'], s3?.endpoint)];
  });
}

/** Evidence that travels in the clear is everybody's. */
function checkEndpoint(path: readonly (string | number)[], endpoint: string | undefined): readonly DocumentProblem[] {
  if (endpoint === undefined || !endpoint.startsWith('http:') || isLocalAddress(endpoint)) return [];
  return [{ path, message: 'would send evidence without encryption', hint: 'use https with caFile' }];
}

/** A token that travels in the clear is everybody's. */
function checkMetrics({ broker, target }: ProcessorConfig): readonly DocumentProblem[] {
  const places = [
    { path: ['broker', 'prometheus', 'url'], access: broker?.prometheus },
    { path: ['target', 'metrics', 'url'], access: target?.metrics },
  ];
  return places.flatMap(({ path, access }) => {
    if (access?.tokenFile === undefined || !access.url.startsWith('http:') || isLocalAddress(access.url)) return [];
    const hint = 'use https with caFile, or leave out tokenFile';
    return [{ path, message: 'would send the token of tokenFile without encryption', hint }];
  });
}

/** Signatures mean something only where somebody says whose count. */
function checkTrust({ trust, trustDir }: ProcessorConfig): readonly DocumentProblem[] {
  if (trust !== 'required' || trustDir !== undefined) return [];
  const hint = 'add  trustDir: FOLDER  with the file allowed_signers; only administrators may write there';
  return [{ path: ['trust'], message: 'is required, but trustDir does not say whose signatures count', hint }];
}

/** Fields that a kind of target needs; the others have no meaning for it. */
const TARGET_FIELDS: Readonly<
  Record<ProcessorTarget['kind'], { readonly needs: readonly TargetField[]; readonly takes: readonly TargetField[] }>
> = {
  local: { needs: [], takes: ['metrics', 'execRead'] },
  ssh: { needs: ['ssh'], takes: ['ssh', 'metrics', 'execRead'] },
  inventory: { needs: ['inventoryFile'], takes: ['inventoryFile', 'execRead'] },
  containers: { needs: ['engine'], takes: ['engine', 'ssh', 'metrics'] },
  kubernetes: { needs: [], takes: ['kubeconfigFile', 'context', 'hosted'] },
};

type TargetField = Exclude<keyof ProcessorTarget, 'kind'>;

function checkTarget(target: ProcessorTarget | undefined): readonly DocumentProblem[] {
  if (target === undefined) return [];
  const { needs, takes } = TARGET_FIELDS[target.kind];
  const missing = needs.filter((field) => target[field] === undefined);
  const fields = [
    'ssh',
    'inventoryFile',
    'engine',
    'kubeconfigFile',
    'context',
    'hosted',
    'metrics',
    'execRead',
  ] as const;
  const given = fields.filter((field) => target[field] !== undefined);
  return [
    ...missing.map((field) => ({ path: ['target'], message: `kind ${target.kind} needs ${field}` })),
    ...given
      .filter((field) => !takes.includes(field))
      .map((field) => ({ path: ['target', field], message: `has no meaning for kind ${target.kind}` })),
  ];
}

/** What the schema of the client's configuration cannot say. */
export function checkClientConfig(config: ClientConfig): readonly DocumentProblem[] {
  const stores = (config.objectStores ?? []).flatMap(({ endpoint }, index) =>
    checkEndpoint(['objectStores', index, 'endpoint'], endpoint),
  );
  return [...checkRefs(config.repository ?? {}), ...stores];
}

function checkRefs(repository: {
  readonly branch?: string;
  readonly refNamespace?: string;
}): readonly DocumentProblem[] {
  const fields = ['branch', 'refNamespace'] as const;
  return fields
    .filter((field) => !isRefName(repository[field] ?? 'absent'))
    .map((field) => ({ path: ['repository', field], message: 'is not a name that git accepts' }));
}
