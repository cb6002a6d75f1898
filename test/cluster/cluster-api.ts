import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';
import { API_KINDS, apiPath, type ApiKind } from '../support/api-kinds.ts';

export interface ApiReply {
  readonly status: number;
  readonly text: string;
}

/** Any object of the API; `status` is written through its subresource. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  /** Service account in whose place it is asked, as `namespace/name`. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API server itself, with the rights of an administrator. */
export interface ClusterApi {
  /** Address of the server. */
  readonly url: string;
  send(method: string, path: string, options?: SendOptions): Promise<ApiReply>;
  /** Reads one object, or a list; throws when it cannot be read. */
  read(path: string): Promise<unknown>;
  /** Server-side apply with strict validation of fields; the status after the rest. Gives the object as it is then. */
  apply(object: ApiObject): Promise<unknown>;
  applyAll(objects: readonly ApiObject[]): Promise<void>;
  close(): void;
}

const FIELD_MANAGER = 'warroom-test';
const APPLY = `fieldManager=${FIELD_MANAGER}&force=true&fieldValidation=Strict`;

export async function openClusterApi(kubeconfigFile: string): Promise<ClusterApi> {
  const access = await readKubeconfig(kubeconfigFile);
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 16,
    ...(access.ca === undefined ? {} : { ca: access.ca }),
    ...(access.certificate === undefined ? {} : { cert: access.certificate }),
    ...(access.key === undefined ? {} : { key: access.key }),
  });
  const credential = access.token === undefined ? {} : { authorization: `Bearer ${access.token}` };

  async function send(method: string, path: string, options: SendOptions = {}): Promise<ApiReply> {
    const { body, contentType = 'application/json', as, headers = {} } = options;
    const request = httpsRequest(access.server + path, {
      method,
      agent,
      headers: {
        ...credential,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(as === undefined ? {} : impersonation(as)),
        ...headers,
      },
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
  }

  async function expectOk(method: string, path: string, options: SendOptions = {}): Promise<unknown> {
    const { status, text } = await send(method, path, options);
    if (status >= 200 && status < 300) return JSON.parse(text) as unknown;
    throw new Error(`${method} ${path} was answered with ${status}: ${text.slice(0, 1000)}`);
  }

  async function apply(object: ApiObject): Promise<unknown> {
    const { status, ...desired } = object;
    const path = pathOf(object);
    const patch = (body: unknown): SendOptions => ({ body, contentType: 'application/apply-patch+yaml' });
    const applied = await expectOk('PATCH', `${path}?${APPLY}`, patch(desired));
    if (status === undefined) return applied;
    const { apiVersion, kind, metadata } = object;
    const place = {
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    };
    return await expectOk('PATCH', `${path}/status?${APPLY}`, patch({ apiVersion, kind, metadata: place, status }));
  }

  return {
    url: access.server,
    send,
    read: async (path) => await expectOk('GET', path),
    apply,
    applyAll: async (objects) => {
      for (const object of objects) await apply(object);
    },
    close: () => {
      agent.destroy();
    },
  };
}

/** Path of an object as it is applied. */
export function pathOf({ apiVersion, kind, metadata }: ApiObject): string {
  return apiPath(kindOf(apiVersion, kind), metadata);
}

function kindOf(apiVersion: string, kind: string): ApiKind {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const found = API_KINDS.find((each) => each.group === group && each.version === version && each.kind === kind);
  if (found === undefined) throw new Error(`test/support/api-kinds.ts does not know ${kind} of ${apiVersion}`);
  return found;
}

/** What the API server takes for a request of the service account itself. */
function impersonation(account: string): Record<string, string | string[]> {
  const [namespace = '', name = ''] = account.split('/');
  return {
    'impersonate-user': `system:serviceaccount:${namespace}:${name}`,
    'impersonate-group': ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
