import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { closedEnvironment } from './closed-environment.ts';
import { splitCgiResponse } from './cgi-response.ts';

export interface RecordedRequest {
  readonly method: string;
  /** With the query, for example `/warroom.git/info/refs?service=git-upload-pack`. */
  readonly path: string;
  /** User of the basic credentials that came with it. */
  readonly user: string | undefined;
  /** Bytes of the bodies as they were on the wire, without headers. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Status of the answer; undefined as long as there is none, and when the connection was cut. */
  readonly status: number | undefined;
}

/** What goes wrong with a request. */
export type Fault =
  /** Answered at once, without git. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection ends, and git never sees the request. */
  | { readonly kind: 'cut-before' }
  /** Git does all of it, then the connection ends without an answer: the push is applied, its result is lost. */
  | { readonly kind: 'cut-after' }
  /** Git sees the request when the promise is resolved. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> };

export interface FaultOptions {
  /** Requests that it concerns; all when absent. */
  readonly matching?: (request: Pick<RecordedRequest, 'method' | 'path'>) => boolean;
  /** How often it happens; once by default. */
  readonly times?: number;
}

export interface GitHttpServer {
  /** URL of a repository below the root, without credentials. */
  url(repository: string): string;
  /** All requests since the start or the last `forget`, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  forget(): void;
  /** The first fault that matches a request is used up by it. */
  inject(fault: Fault, options?: FaultOptions): void;
  close(): Promise<void>;
}

interface OpenFault {
  readonly fault: Fault;
  readonly matching: (request: RecordedRequest) => boolean;
  left: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Requests of the push that carry its commands and objects. */
export function isPush(request: Pick<RecordedRequest, 'method' | 'path'>): boolean {
  return request.method === 'POST' && request.path.endsWith('/git-receive-pack');
}

/**
 * Serves every repository below `root` through `git http-backend` on a free loopback port. Pushing is allowed; with
 * `credentials` everything needs basic authentication.
 */
export async function createGitHttpServer(options: {
  readonly root: string;
  readonly credentials?: { readonly user: string; readonly password: string };
}): Promise<GitHttpServer> {
  const requests: Writable<RecordedRequest>[] = [];
  const faults: OpenFault[] = [];
  const children = new Set<ChildProcess>();
  const expected = options.credentials;

  const server = createServer((request, response) => {
    const record: Writable<RecordedRequest> = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      user: basicCredentials(request)?.user,
      bytesIn: 0,
      bytesOut: 0,
      status: undefined,
    };
    requests.push(record);
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    answer(request, response, record).catch(() => {
      response.socket?.destroy();
    });
  });

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    record: Writable<RecordedRequest>,
  ): Promise<void> {
    const fault = takeFault(record);
    if (fault?.kind === 'cut-before') {
      cut(response);
      return;
    }
    if (fault?.kind === 'status') {
      refuse(response, record, fault);
      return;
    }
    if (!isAuthenticated(request)) {
      refuse(response, record, { status: 401, headers: { 'www-authenticate': 'Basic realm="warroom"' } });
      return;
    }
    if (fault?.kind === 'hold') await fault.until;
    if (response.destroyed) return;
    await runBackend(request, response, record, fault?.kind === 'cut-after');
  }

  function takeFault(record: RecordedRequest): Fault | undefined {
    const open = faults.find((one) => one.left > 0 && one.matching(record));
    if (open === undefined) return undefined;
    open.left -= 1;
    return open.fault;
  }

  function isAuthenticated(request: IncomingMessage): boolean {
    if (expected === undefined) return true;
    const given = basicCredentials(request);
    return given?.user === expected.user && given.password === expected.password;
  }

  async function runBackend(
    request: IncomingMessage,
    response: ServerResponse,
    record: Writable<RecordedRequest>,
    isCut: boolean,
  ): Promise<void> {
    const child = spawn('git', ['http-backend'], {
      env: cgiEnvironment(request, options.root),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    children.add(child);
    const ended = once(child, 'close').finally(() => children.delete(child));
    child.stdin.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => (record.bytesIn += chunk.length));
    request.on('close', () => child.stdin.end());
    request.pipe(child.stdin);

    if (isCut) {
      child.stdout.resume();
      await ended;
      cut(response);
      return;
    }
    const { head, body } = await splitCgiResponse(child.stdout);
    record.status = head.status;
    response.writeHead(head.status, head.headers);
    await pipeline(counted(body), response);
    await ended;

    async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        record.bytesOut += chunk.length;
        yield chunk;
      }
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  return {
    url: (repository) => `http://127.0.0.1:${address.port}/${repository}`,
    requests,
    forget: () => {
      requests.length = 0;
    },
    inject: (fault, { matching = () => true, times = 1 } = {}) => {
      faults.push({ fault, matching, left: times });
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await Promise.all(
        [...children].map(async (child) => {
          child.kill('SIGKILL');
          await once(child, 'close');
        }),
      );
    },
  };
}

/** Ends the connection inside the answer: before its first byte, curl would quietly send the request again. */
function cut(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '4096' });
  response.flushHeaders();
  response.socket?.destroySoon();
}

function refuse(
  response: ServerResponse,
  record: Writable<RecordedRequest>,
  fault: { readonly status: number; readonly headers?: Readonly<Record<string, string>> },
): void {
  record.status = fault.status;
  response.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers });
  response.end(`status ${fault.status}\n`);
}

function basicCredentials(request: IncomingMessage): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^Basic (.+)$/u.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
  return { user, password: rest.join(':') };
}

function cgiEnvironment(request: IncomingMessage, root: string): Readonly<Record<string, string>> {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const header = (name: string, value: string | string[] | undefined): Record<string, string> =>
    typeof value === 'string' ? { [name]: value } : {};
  return closedEnvironment({
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.receivepack',
    GIT_CONFIG_VALUE_0: 'true',
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_INFO: decodeURIComponent(path),
    QUERY_STRING: query,
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_USER: basicCredentials(request)?.user ?? 'anonymous',
    ...header('CONTENT_TYPE', request.headers['content-type']),
    // Absent for a chunked body: the backend then reads to the end of its input.
    ...header('CONTENT_LENGTH', request.headers['content-length']),
    ...header('HTTP_CONTENT_ENCODING', request.headers['content-encoding']),
    ...header('HTTP_ACCEPT_ENCODING', request.headers['accept-encoding']),
    ...header('GIT_PROTOCOL', request.headers['git-protocol']),
  });
}
