import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunUsage } from '../../../src/claude/broker/run-account.ts';
import type { SpendEntry } from '../../../src/claude/broker/spend.ts';
import {
  startModelBroker,
  type BrokerRun,
  type ModelBroker,
  type ModelBrokerOptions,
} from '../../../src/claude/broker/start-model-broker.ts';
import type { MessagesUpstream } from '../../../src/claude/broker/upstream.ts';
import {
  bash,
  say,
  startScriptedModelApi,
  status,
  type ModelAnswer,
  type ScriptedModelApi,
  type ScriptStep,
} from '../../support/scripted-model-api.ts';
import { waitUntil } from '../../support/wait-until.ts';

const KEY = 'sk-upstream-key-that-nobody-may-see';

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

interface Setup {
  readonly api: ScriptedModelApi;
  readonly broker: ModelBroker;
  readonly run: BrokerRun;
  readonly spends: readonly SpendEntry[];
  readonly refusals: readonly unknown[];
}

async function setUp(
  script: readonly ScriptStep[],
  options: Partial<MessagesUpstream> & Omit<Partial<ModelBrokerOptions>, 'upstream'> & { budgetUsd?: number } = {},
): Promise<Setup> {
  const { patience, now, budgetUsd = 10, ...upstream } = options;
  const api = await startScriptedModelApi(script);
  opened.push(api);
  const broker = await startModelBroker({
    upstream: {
      kind: 'messages',
      baseUrl: api.url,
      credential: () => Promise.resolve({ kind: 'api-key', value: KEY }),
      ...upstream,
    },
    ...(patience === undefined ? {} : { patience }),
    ...(now === undefined ? {} : { now }),
  });
  opened.push(broker);
  const spends: SpendEntry[] = [];
  const refusals: unknown[] = [];
  const run = broker.openRun({
    runId: 'run-1',
    requester: 'alice@example.com',
    budgetUsd,
    onSpend: (entry) => spends.push(entry),
    onRefusal: (refusal, code) => refusals.push([refusal, code]),
  });
  return { api, broker, run, spends, refusals };
}

const CALL = { model: 'claude-opus-5-5', max_tokens: 100, stream: true, tools: [{ name: 'Bash' }], messages: [] };

async function send(
  run: BrokerRun,
  body: unknown = CALL,
  more: { path?: string; method?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  const { path = '/v1/messages?beta=true', method = 'POST', headers = { 'x-api-key': run.token }, signal } = more;
  return await fetch(run.baseUrl + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
}

describe('the model broker', () => {
  it('replaces the token of the run by the real credential', async () => {
    const { api, run } = await setUp([say('hello')]);
    const response = await send(run, CALL, {
      headers: { 'x-api-key': run.token, cookie: 'a=b', 'anthropic-beta': 'x', authorization: 'Bearer other' },
    });
    expect(await response.text()).toContain('hello');
    const headers = api.requests[0]?.headers ?? {};
    expect(headers).toMatchObject({ 'x-api-key': KEY, 'anthropic-beta': 'x' });
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('cookie');
    expect(JSON.stringify(api.requests)).not.toContain(run.token);
    expect(api.requests[0]?.path).toBe('/v1/messages?beta=true');
  });

  it('takes the token as bearer too, and gives a gateway what it wants', async () => {
    const { api, run } = await setUp([say('hello')], {
      credential: () => Promise.resolve({ kind: 'bearer', value: KEY }),
      extraHeaders: { 'x-team': 'sre' },
    });
    expect((await send(run, CALL, { headers: { authorization: `Bearer ${run.token}` } })).status).toBe(200);
    expect(api.requests[0]?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'x-team': 'sre' });
    expect(api.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it('keeps the path of a gateway', async () => {
    const { api, run } = await setUp([say('hello')]);
    const gateway = await startModelBroker({
      upstream: {
        kind: 'messages',
        baseUrl: `${api.url}/team/`,
        credential: () => Promise.resolve({ kind: 'api-key', value: KEY }),
      },
    });
    opened.push(gateway);
    const other = gateway.openRun({ runId: 'r', requester: 'r', budgetUsd: 1 });
    expect((await send(other)).status).toBe(404);
    expect(api.requests[0]?.path).toBe('/team/v1/messages?beta=true');
    expect((await send(run)).status).toBe(200);
  });

  it.each<[string, Parameters<typeof send>[2]]>([
    ['no token', { headers: {} }],
    ['a wrong token', { headers: { 'x-api-key': 'warroom-0' } }],
    ['the real key', { headers: { 'x-api-key': KEY } }],
  ])('refuses a call with %s', async (_, more) => {
    const { api, run } = await setUp([say('hello')]);
    const response = await send(run, CALL, more);
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([401, 'false']);
    expect(api.requests).toEqual([]);
  });

  it('refuses the token of a run that is over, and ends its calls', async () => {
    const { api, run } = await setUp([{ kind: 'hang' }]);
    const hanging = send(run);
    await waitUntil(() => api.requests.length > 0, { what: 'the call' });
    run.close();
    expect((await hanging).status).toBe(502);
    expect((await send(run)).status).toBe(401);
    await waitUntil(() => api.requests[0]?.isOpen() === false, { what: 'the end of the call' });
  });

  it.each([
    ['GET', '/v1/messages'],
    ['POST', '/v1/messages/batches'],
    ['POST', '/v1/files'],
    ['GET', '/v1/models'],
    ['POST', '/v1/messages/../files'],
    ['POST', '//evil.example/v1/messages'],
    ['POST', '/api/event_logging/v2/batch'],
  ])('does not forward %s %s', async (method, path) => {
    const { api, run } = await setUp([say('hello')]);
    expect((await send(run, CALL, { method, path })).status).toBe(404);
    expect(api.requests).toEqual([]);
  });

  it('answers the greeting of older versions, and counts tokens through', async () => {
    const { api, run } = await setUp([]);
    expect((await fetch(run.baseUrl, { method: 'HEAD' })).status).toBe(200);
    expect(await (await send(run, CALL, { path: '/v1/messages/count_tokens' })).json()).toEqual({ input_tokens: 10 });
    expect(api.requests).toHaveLength(1);
    expect(run.usage().usd).toBe(0);
  });

  it.each<[string, unknown]>([
    ['no JSON', 'hello'],
    ['no model', { messages: [] }],
    ['connectors', { ...CALL, mcp_servers: [{ url: 'https://evil.example' }] }],
    ['tools of the server side', { ...CALL, tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }],
    [
      'an image by URL',
      { ...CALL, messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url' } }] }] },
    ],
  ])('refuses a call with %s', async (_, body) => {
    const { api, run } = await setUp([say('hello')]);
    const response = await send(run, body);
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([400, 'false']);
    expect(api.requests).toEqual([]);
  });

  it('refuses what is larger than the Messages API takes', async () => {
    const { api, run } = await setUp([say('hello')]);
    const big = JSON.stringify({ ...CALL, system: 'x'.repeat(33 * 1024 * 1024) });
    const outcome = await send(run, big).then(
      ({ status: code }) => code,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(outcome);
    expect(api.requests).toEqual([]);
  });

  it('streams what comes as it comes', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const answer: ModelAnswer = { kind: 'message', content: [{ type: 'text', text: 'late' }], holdAfterFirst: held };
    const { run } = await setUp([answer]);
    const reader = (await send(run)).body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^event: message_start/u);
    release();
    let rest = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      rest += Buffer.from(part.value).toString();
    }
    expect(rest).toContain('late');
  });
});

describe('the account of a run', () => {
  const usage = {
    input_tokens: 1000,
    output_tokens: 100,
    cache_read_input_tokens: 10_000,
    cache_creation_input_tokens: 500,
    cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 200 },
  };
  // $4 in, $20 out, $0.20 cache read, $5 and $8 cache write, per million.
  const usd = (1000 * 4 + 100 * 20 + 10_000 * 0.2 + 300 * 5 + 200 * 8) / 1_000_000;
  const tokens = { input: 1000, output: 100, cacheRead: 10_000, cacheWrite5m: 300, cacheWrite1h: 200 };

  it.each([true, false])('counts requests, tokens and dollars by requester and day (stream: %s)', async (stream) => {
    const { run, spends } = await setUp([say('a', usage), say('b', usage)], {
      now: () => new Date('2026-11-20T23:59:59Z'),
    });
    await (await send(run, { ...CALL, stream })).text();
    await (await send(run, { ...CALL, stream })).text();
    const expected: RunUsage = {
      requests: 2,
      usd: usd * 2,
      tokens: { ...tokens, input: 2000, output: 200, cacheRead: 20_000, cacheWrite5m: 600, cacheWrite1h: 400 },
    };
    expect(run.usage()).toMatchObject({ ...expected, usd: expect.closeTo(usd * 2, 9) as number });
    expect(run.spentUsd()).toBeCloseTo(usd * 2, 9);
    expect(spends[0]).toEqual({
      runId: 'run-1',
      requester: 'alice@example.com',
      day: '2026-11-20',
      model: 'claude-opus-5-5',
      tokens,
      usd: expect.closeTo(usd, 9) as number,
    });
  });

  it('takes the dearest price for a model that nobody knows', async () => {
    const { run } = await setUp([say('a', { input_tokens: 1_000_000, output_tokens: 0 })]);
    await (await send(run, { ...CALL, model: 'our-own-model' })).text();
    expect(run.spentUsd()).toBeCloseTo(10, 3);
  });

  it('counts what came of a stream that broke off', async () => {
    const { run } = await setUp([{ kind: 'drop', after: 'start' }]);
    const response = await send(run);
    await expect(response.text()).rejects.toThrow();
    await waitUntil(() => run.spentUsd() > 0, { what: 'the count' });
    expect(run.usage().tokens).toMatchObject({ input: 100 });
    expect(run.usage().tokens.output).toBeGreaterThan(1);
  });

  it('forwards nothing more when the budget is used up, and says that trying again is of no use', async () => {
    const { api, run, refusals } = await setUp([say('a', { input_tokens: 1_000_000 }), say('b')], { budgetUsd: 3 });
    expect((await send(run)).status).toBe(200);
    await waitUntil(() => run.spentUsd() > 0, { what: 'the count' });
    const response = await send(run);
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([402, 'false']);
    expect(await response.text()).toContain('the budget of this run is used up');
    expect(run.refusal()).toBe('budget');
    expect(refusals).toEqual([['budget', undefined]]);
    expect(api.turns).toHaveLength(1);
  });

  it('does not mix up runs', async () => {
    const { broker, run } = await setUp([say('a'), say('a'), say('a')]);
    const other = broker.openRun({ runId: 'run-2', requester: 'bob@example.com', budgetUsd: 0 });
    expect(other.token).not.toBe(run.token);
    expect((await send(other)).status).toBe(402);
    expect((await send(run)).status).toBe(200);
    expect(other.usage().requests).toBe(0);
  });
});

describe('an upstream that fails', () => {
  it.each([401, 403])(
    'ends the run when it refuses the credential with %s, and keeps its words to itself',
    async (code) => {
      const body = JSON.stringify({ error: { message: `invalid key ${KEY.slice(0, 20)}***` } });
      const { api, run, refusals } = await setUp([status(code, {}, body)]);
      const response = await send(run);
      expect([response.status, response.headers.get('x-should-retry')]).toEqual([401, 'false']);
      expect(await response.text()).not.toContain('sk-upstream');
      expect(run.refusal()).toBe('credential');
      expect(refusals).toEqual([['credential', code]]);
      expect((await send(run)).status).toBe(401);
      expect(api.turns).toHaveLength(1);
    },
  );

  it('ends the run when the credential cannot be read', async () => {
    const { api, run, refusals } = await setUp([say('a')], { credential: () => Promise.reject(new Error(KEY)) });
    const response = await send(run);
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(KEY);
    expect(refusals).toEqual([['credential', undefined]]);
    expect(api.requests).toEqual([]);
  });

  it('passes on what the client needs to wait, without the key', async () => {
    const headers = { 'retry-after': '7', 'set-cookie': 'a=b', 'x-secret': KEY };
    const { run } = await setUp([status(429, headers, `{"error":{"message":"slow down ${KEY}"}}`)]);
    const response = await send(run);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-secret')).toBeNull();
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(await response.text()).toBe('{"error":{"message":"slow down …"}}');
  });

  it('is given up when it is silent, before or within an answer', async () => {
    const silent = new Promise<never>(() => undefined);
    const stalled: ModelAnswer = { kind: 'message', content: [{ type: 'text', text: 'a' }], holdAfterFirst: silent };
    const { run } = await setUp([{ kind: 'hang' }, stalled], { patience: { answerMs: 200, idleMs: 200 } });
    const response = await send(run);
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([504, null]);
    await expect((await send(run)).text()).rejects.toThrow();
  });

  it('is named when it cannot be reached', async () => {
    const { run } = await setUp([], { baseUrl: 'http://127.0.0.1:1' });
    const response = await send(run);
    expect(response.status).toBe(502);
    expect(await response.text()).toContain('the model API cannot be reached (ECONNREFUSED)');
  });

  it('is let go when the client leaves', async () => {
    const { api, run } = await setUp([{ kind: 'hang' }]);
    const controller = new AbortController();
    const leaving = send(run, CALL, { signal: controller.signal });
    await waitUntil(() => api.requests.length > 0, { what: 'the call' });
    controller.abort();
    await expect(leaving).rejects.toThrow();
    await waitUntil(() => api.requests[0]?.isOpen() === false, { what: 'the end of the call' });
  });
});

describe('a proxy between broker and upstream', () => {
  it('is used with its credentials, and named when it refuses', async () => {
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      tunnels.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
      if (request.headers['proxy-authorization'] === undefined) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const [host, port] = (request.url ?? '').split(':');
      const target = connect(Number(port), host);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.on('error', () => target.destroy());
      target.on('error', () => socket.destroy());
      socket.pipe(target).pipe(socket);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    opened.push({
      async close() {
        proxy.closeAllConnections();
        proxy.close();
        await once(proxy, 'close');
      },
    });
    const { api, run } = await setUp([bash('ls')], { proxy: `http://user:pass%20word@127.0.0.1:${port}` });
    expect(await (await send(run)).text()).toContain('tool_use');
    const credentials = Buffer.from('user:pass word').toString('base64');
    expect(tunnels).toEqual([`${new URL(api.url).host} Basic ${credentials}`]);
    const refused = await setUp([], { proxy: `http://127.0.0.1:${port}` });
    expect((await send(refused.run)).status).toBe(502);
  });
});
