import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openClusterAccess, type ClusterAccess } from '../../src/cluster-broker/open-cluster-access.ts';
import type { BrokerAuditLine } from '../../src/cluster-broker/start-cluster-broker.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { ProcessorBroker, ProcessorHostedCluster } from '../../src/schema/generated.ts';
import { startScriptedApiServer, type ApiRequest, type ScriptedApiServer } from './scripted-api-server.ts';

/** A kubeconfig for a scripted server, as an administrator would write it. */
export function kubeconfigText(
  api: Pick<ScriptedApiServer, 'url' | 'ca'>,
  user: Readonly<Record<string, unknown>>,
  cluster: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prod',
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'reader' } }],
    clusters: [
      {
        name: 'prod',
        cluster: { server: api.url, 'certificate-authority-data': Buffer.from(api.ca).toString('base64'), ...cluster },
      },
    ],
    users: [{ name: 'reader', user }],
  });
}

/** Answers the self test of a processor: nothing is granted but what `rules` and `granted` say. */
export function scriptReviews(
  api: ScriptedApiServer,
  facts: {
    readonly granted?: (attributes: Readonly<Record<string, unknown>>) => boolean;
    readonly rules?: readonly unknown[];
    /** Beside `default`. */
    readonly namespaces?: readonly string[];
  } = {},
): void {
  const attributesOf = (request: ApiRequest): Readonly<Record<string, unknown>> => {
    const body = JSON.parse(request.body) as { spec: Record<string, Record<string, unknown>> };
    return body.spec['resourceAttributes'] ?? body.spec['nonResourceAttributes'] ?? {};
  };
  api.on('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', (request: ApiRequest) => ({
    status: 201,
    body: { status: { allowed: facts.granted?.(attributesOf(request)) ?? false } },
  }));
  api.on('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    status: 201,
    body: { status: { resourceRules: facts.rules ?? [], nonResourceRules: [], incomplete: false } },
  });
  api.on('/api/v1/namespaces', {
    body: {
      kind: 'NamespaceList',
      apiVersion: 'v1',
      items: ['default', ...(facts.namespaces ?? ['shop'])].map((name) => ({ metadata: { name } })),
    },
  });
}

export interface ClusterRig {
  readonly api: ScriptedApiServer;
  readonly access: ClusterAccess;
  readonly audit: BrokerAuditLine[];
  readonly kubeconfigFile: string;
  readonly tokenFile: string;
  close(): Promise<void>;
}

/** A scripted API server with a broker in front of it, whose credential is a token file. */
export async function startClusterRig(
  folder: string,
  options: {
    readonly broker?: ProcessorBroker;
    readonly hosted?: readonly ProcessorHostedCluster[];
    readonly reviews?: Parameters<typeof scriptReviews>[1];
  } = {},
): Promise<ClusterRig> {
  const api = await startScriptedApiServer();
  scriptReviews(api, options.reviews);
  const [tokenFile, kubeconfigFile] = [join(folder, 'token'), join(folder, 'kubeconfig')];
  await writeFile(tokenFile, `${api.token}\n`);
  await writeFile(kubeconfigFile, kubeconfigText(api, { tokenFile: 'token' }));
  const audit: BrokerAuditLine[] = [];
  const access = await openClusterAccess({
    sources: { own: { kubeconfigFile }, hosted: options.hosted ?? [] },
    ...(options.broker === undefined ? {} : { broker: options.broker }),
    env: {},
    clock: systemClock,
    onRequest: (line) => audit.push(line),
  });
  return {
    api,
    access,
    audit,
    kubeconfigFile,
    tokenFile,
    async close() {
      await access.close();
      await api.close();
    },
  };
}
