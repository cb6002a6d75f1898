import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openSessionDoor,
  type DoorGuest,
  type SessionCallSpend,
  type SessionDoor,
} from '../../../src/claude/session-door.ts';
import { openSpendBook, readDaySpend, type SpendBook } from '../../../src/claude/spend-book.ts';
import { loadDoorIdentity, openOnce } from '../../../src/composition-sessions.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { freePort } from '../../support/free-port.ts';
import { say, startScriptedModelApi, status, type ScriptedModelApi } from '../../support/scripted-model-api.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const KEY = 'sk-ant-test-0123456789abcdefghijklmnop';
const CALL = { model: 'claude-sonnet-5-5', messages: [], tools: [{ name: 'Bash' }] };
/** Two dollars. */
const DEAR = say('well', { input_tokens: 1_000_000, output_tokens: 0 });
const ALICE: DoorGuest = {
  ...{ id: '2026-11-20-1430-look-around-k7m2', uid: 'uid-1', requester: 'alice@example.com' },
  ...{ maxUsd: 5, spentUsd: 0, obstacle: () => undefined },
};

let folder: TempFolder;
let api: ScriptedModelApi;
let book: SpendBook;
let door: SessionDoor;
let told: SessionCallSpend[];
let port: number;
const clock = new FakeClock(new Date('2026-11-20T14:30:00Z'));

beforeEach(async () => {
  told = [];
  folder = await createTempFolder();
  const silent = { kind: 'hang' } as const;
  api = await startScriptedModelApi([DEAR, DEAR, ...Array.from({ length: 8 }, () => silent)]);
  book = await openSpendBook({
    file: join(folder.path, 'spend.json'),
    limits: { requesterUsd: 7, totalUsd: 100 },
    clock,
  });
  port = await freePort();
  door = await open();
});

afterEach(async () => {
  await door.close();
  await api.close();
  await folder.close();
});

async function open(): Promise<SessionDoor> {
  const identity = await loadDoorIdentity(join(folder.path, 'door.json'), { address: '127.0.0.1', now: new Date() });
  return await openSessionDoor({
    upstream: {
      kind: 'messages',
      baseUrl: api.url,
      credential: () => Promise.resolve({ kind: 'api-key', value: KEY }),
    },
    ...{ listen: { host: '127.0.0.1', port, ...identity }, book, now: () => clock.now() },
    onSpend: (spend) => told.push(spend),
  });
}

async function listen(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port };
}

interface Ask {
  readonly token?: string;
  readonly path?: string;
  readonly body?: object;
}

async function ask({ token, path = '/v1/messages?beta=true', body = CALL }: Ask = {}): Promise<string> {
  const call = request(`https://127.0.0.1:${port}${path}`, {
    ...{ method: 'POST', ca: door.certificate },
    headers: { authorization: `Bearer ${token ?? door.tokenOf(ALICE)}` },
  });
  call.end(JSON.stringify(body));
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  return `${answer.statusCode ?? 0} ${await text(answer)}`;
}

describe('the door of sessions', () => {
  it.each<[string, Ask, RegExp]>([
    ['nobody without a token of a session that lives', { token: 'warroom-session-x' }, /^401 .*opens no run/u],
    ['nothing but the Messages API', { path: '/v1/files' }, /^404 .*forwards POST \/v1\/messages only/u],
    ['no way to other places through the API', { body: { ...CALL, mcp_servers: [] } }, /^400 .*mcp_servers/u],
  ])('lets in %s', async (_what, call, expected) => {
    door.admit(ALICE);
    expect(await ask(call)).toMatch(expected);
    expect(api.requests).toEqual([]);
  });

  it('adds the key of the processor, and counts until the budget of the session is spent', async () => {
    door.admit({ ...ALICE, maxUsd: 3 });
    expect(await ask()).toMatch(/^200 .*well/su);
    expect(await ask()).toMatch(/^200/u);
    expect(await ask()).toMatch(/^402 .*the model budget of this session is used up \(\$3\.00\)/u);
    expect(door.spentUsd(ALICE.id)).toBe(4);
    expect(book.spentToday('alice@example.com')).toBe(4);
    await book.flush();
    expect(await readDaySpend(join(folder.path, 'spend.json'), clock.now())).toEqual({ usd: 4, sessionUsd: 4 });
    expect(told).toEqual([
      { id: ALICE.id, usd: 2 },
      { id: ALICE.id, usd: 2 },
    ]);
    expect(api.requests.map(({ headers }) => [headers['x-api-key'], headers['authorization']])).toEqual([
      [KEY, undefined],
      [KEY, undefined],
    ]);
  });

  it('counts what an earlier start has counted', async () => {
    door.admit({ ...ALICE, spentUsd: 5 });
    expect(await ask()).toMatch(/^402 .*budget of this session/u);
  });

  it('holds the limits of the day too', async () => {
    door.admit({ ...ALICE, maxUsd: 100 });
    book.add({ requester: 'alice@example.com', day: '2026-11-20', usd: 7 });
    expect(await ask()).toMatch(/^402 .*the model budget of this requester for today is used up; try again after/u);
  });

  it('asks before each call whether its requester may spend', async () => {
    let why: string | undefined = 'not today';
    door.admit({ ...ALICE, obstacle: () => why });
    expect(await ask()).toMatch(/^402 .*not today/u);
    why = undefined;
    expect(await ask()).toMatch(/^200/u);
  });

  it('goes on when the processor has another key, after one that was refused', async () => {
    await api.close();
    api = await startScriptedModelApi([status(401), DEAR]);
    await door.close();
    door = await open();
    door.admit(ALICE);
    expect(await ask()).toMatch(/^401 .*refuses the credential of the processor/u);
    expect(await ask()).toMatch(/^200/u);
  });

  it('ends calls and token with the session, and knows what was spent until that is written down', async () => {
    door.admit(ALICE);
    await ask();
    door.dismiss(ALICE.id);
    expect(await ask()).toMatch(/^401/u);
    door.admit(ALICE);
    expect(await ask()).toMatch(/^401/u);
    expect(door.spentUsd(ALICE.id)).toBe(2);
    door.forget(ALICE.id);
    expect(door.spentUsd(ALICE.id)).toBeUndefined();
  });

  it('lets a few calls of one session be under way, and no more', async () => {
    door.admit(ALICE);
    for (let count = 0; count < 2; count++) await ask();
    const waiting = Array.from({ length: 8 }, () => ask().catch(() => 'cut off'));
    await waitUntil(() => api.requests.length === 10, { what: 'eight calls to be under way' });
    expect(await ask()).toMatch(/^429 .*too many calls of this run/u);
    door.dismiss(ALICE.id);
    const ends = await Promise.all(waiting);
    expect(ends.every((end) => !end.startsWith('200'))).toBe(true);
  });

  it('knows its tokens and its certificate again after a restart', async () => {
    const { certificate } = door;
    const token = door.tokenOf(ALICE);
    expect(door.tokenOf({ ...ALICE, uid: 'uid-2' })).not.toBe(token);
    await door.close();
    door = await open();
    door.admit(ALICE);
    expect(door.certificate).toBe(certificate);
    expect(await ask({ token })).toMatch(/^200/u);
  });

  it('is opened once, as soon as there is a model, and tried again when that failed', async () => {
    const answers: (() => Promise<string | undefined>)[] = [
      () => Promise.resolve(undefined),
      () => Promise.reject(new Error('taken')),
      () => Promise.resolve('first'),
      () => Promise.resolve('second'),
    ];
    const open = openOnce(async () => await answers.shift()?.());
    expect(await open()).toBeUndefined();
    await expect(open()).rejects.toThrow('taken');
    expect(await Promise.all([open(), open()])).toEqual(['first', 'first']);
    expect(await open()).toBe('first');
    expect(answers).toHaveLength(1);
  });

  it('says in words that its port is taken', async () => {
    const taken = await listen();
    await door.close();
    ({ port } = taken);
    await expect(open()).rejects.toThrow('the model cannot be served to sessions');
    taken.server.close();
    port = await freePort();
    door = await open();
  });

  it('has another certificate, and the same secret, when pods are told another address', async () => {
    const file = join(folder.path, 'door.json');
    const now = new Date();
    const first = await loadDoorIdentity(file, { address: '127.0.0.1', now });
    const named = await loadDoorIdentity(file, { address: 'model.example.svc', now });
    expect(named.certificate).not.toBe(first.certificate);
    expect(named.secret).toBe(first.secret);
    expect(await loadDoorIdentity(file, { address: 'model.example.svc', now })).toEqual(named);
    const late = new Date(now.getTime() + 5 * 365 * 86_400_000);
    expect((await loadDoorIdentity(file, { address: 'model.example.svc', now: late })).certificate).not.toBe(
      named.certificate,
    );
  });
});
