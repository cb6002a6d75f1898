import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import {
  cancelPath,
  claimRef,
  inboxRef,
  presenceRef,
  requestPath,
  resultFolder,
  signaturePath,
} from '../../../src/domain/repository-layout.ts';
import { createRequestId, parseRequestId, type RequestId } from '../../../src/domain/request-id.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import { formatJson, formatYaml } from '../../../src/schema/format-document.ts';
import type { RequestSpec, Status, TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { runCli } from '../../support/cli.ts';
import { createGitHttpServer } from '../../support/git-http-server.ts';
import {
  createBareRemote,
  git,
  listRefs,
  pushFiles,
  readFileAt,
  readTip,
  type BareRemote,
  type RigFile,
} from '../../support/git-rig.ts';
import {
  newRequest as newGeneralRequest,
  processorSettings,
  send,
  startProcessor,
  type RunningProcessor,
} from '../../support/processor-rig.ts';
import { createGate, writePlaybook } from '../../support/site-playbook.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { openTestWarRoom } from '../../support/war-room-rig.ts';

const NAMESPACE = 'refs/warroom';

let temp: TempFolder;
let remote: BareRemote;
let client: WarRoom;
let playbookDir: string;
const processors: RunningProcessor[] = [];

beforeEach(async () => {
  temp = await createTempFolder('hostile');
  remote = await createBareRemote({ folder: join(temp.path, 'served') });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  client = openTestWarRoom({ url: remote.url, folder: temp.path });
  playbookDir = await writePlaybook(temp.path, 'quick', ['true']);
});

afterEach(async () => {
  for (const processor of processors.splice(0)) await processor.abort().catch(() => undefined);
  await client.close();
  await temp.close();
});

function start(
  change: Partial<ProcessorSettings> = {},
  options: { readonly once?: boolean; readonly url?: string } = {},
): RunningProcessor {
  const lease = { seconds: 20, renewSeconds: 5 };
  const url = options.url ?? remote.url;
  const settings = processorSettings({ url, folder: temp.path, change: { lease, playbookDir, ...change } });
  const processor = startProcessor(settings, options);
  processors.push(processor);
  return processor;
}

/** A request whose investigation is quick: these tests are not about it. */
function newRequest(
  change: Partial<RequestSpec> = {},
  options: Parameters<typeof newGeneralRequest>[1] & { readonly strategy?: string } = {},
): TroubleshootingRequest {
  const investigation = { strategy: options.strategy ?? 'quick', timeout: 60, mode: 'read', engine: 'auto' } as const;
  return newGeneralRequest({ investigation, ...change }, options);
}

async function readStatus(id: RequestId): Promise<Status | undefined> {
  const text = await readFileAt(remote, `${resultFolder(id)}/status.yaml`);
  const parsed = text === undefined ? undefined : parseDocument('Status', text, { file: 'status.yaml' });
  return parsed?.ok === true ? parsed.value : undefined;
}

async function ended(id: RequestId): Promise<Status> {
  return await waitUntil(
    async () => {
      const status = await readStatus(id);
      return status?.times.finishedAt === undefined ? undefined : status;
    },
    { what: `the end of ${id}`, timeoutMs: 40_000, intervalMs: 50 },
  );
}

/** A request that an honest person sends is answered: the processor lives, and does what it is there for. */
async function expectAnAnswer(engineer = 'honest@example.com'): Promise<RequestId> {
  const id = await send(client, newRequest({}, { slug: 'honest', engineer }));
  expect((await ended(id)).phase).toBe('succeeded');
  return id;
}

function idOf(request: TroubleshootingRequest): RequestId {
  const id = parseRequestId(request.metadata.name);
  if (id === undefined) throw new Error(request.metadata.name);
  return id;
}

function newId(slug: string): RequestId {
  return createRequestId({ at: new Date(), slug, random: systemRandom });
}

function yaml(request: TroubleshootingRequest): string {
  return formatYaml('TroubleshootingRequest', request);
}

function countOf(processor: RunningProcessor, type: RunningProcessor['events'][number]['type']): number {
  return processor.events.filter((event) => event.type === type).length;
}

async function cycles(processor: RunningProcessor, count: number): Promise<void> {
  const before = countOf(processor, 'synced');
  await waitUntil(() => countOf(processor, 'synced') >= before + count, { what: `${count} looks` });
}

/** Writes a tree as it is, also one that git would never make, and commits it onto the branch or a ref. */
async function pushTree(
  entries: readonly (readonly [mode: string, name: string, oid: string])[],
  ref = 'main',
): Promise<void> {
  const options = { cwd: remote.path };
  const bytes = Buffer.concat(
    entries.flatMap(([mode, name, oid]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]),
  );
  const tree = await git(['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], { ...options, stdin: bytes });
  const parent = ref === 'main' ? ['-p', 'main'] : [];
  const commit = await git(['commit-tree', ...parent, '-m', 'hostile', tree], options);
  await git(['update-ref', ref === 'main' ? 'refs/heads/main' : ref, commit], options);
}

async function blob(content: string): Promise<string> {
  return await git(['hash-object', '-w', '--stdin'], { cwd: remote.path, stdin: content });
}

describe('a tree that git refuses', () => {
  it.each([
    ['..', 'object [0-9a-f]{40}: hasDotdot'],
    ['.GIT', 'object [0-9a-f]{40}: hasDotgit'],
    ['a/b', 'object [0-9a-f]{40}: fullPathname'],
    ['', 'empty filename'],
  ])('because of the name %j is told, and forgotten when the branch is reset', async (name, problem) => {
    const processor = start();
    await cycles(processor, 1);
    const good = await readTip(remote);
    await pushTree([['100644', name, await blob('x')]]);
    const failure = await waitUntil(() => processor.events.find(({ type }) => type === 'sync-failed'), {
      what: 'the refusal',
    });
    expect(failure).toMatchObject({ code: 'malformed' });
    const { message } = failure.type === 'sync-failed' ? failure : { message: '' };
    expect(message).toMatch(new RegExp(problem, 'u'));
    await git(['update-ref', 'refs/heads/main', good ?? ''], { cwd: remote.path });
    await expectAnAnswer();
  });

  it('is told too when it lies in a ref of the inbox, and forgotten when the ref is gone', async () => {
    const processor = start();
    await cycles(processor, 1);
    const ref = inboxRef(NAMESPACE, newId('bad'), 'request');
    await pushTree([['100644', '..', await blob('x')]], ref);
    await waitUntil(
      () => processor.events.find((event) => event.type === 'sync-failed' && event.code === 'malformed'),
      {
        what: 'the refusal',
      },
    );
    await git(['update-ref', '-d', ref], { cwd: remote.path });
    await expectAnAnswer();
  });
});

describe('files that are no requests', () => {
  it('are told once each and left alone', async () => {
    const other = newRequest();
    const good = idOf(other);
    const day = requestPath(good).slice(0, -`/${good}.yaml`.length);
    const text = yaml(other);
    const link = newId('link');
    const program = newId('program');
    const files: Readonly<Record<string, RigFile>> = {
      [requestPath(link)]: { mode: '120000', content: '/etc/passwd' },
      [requestPath(program)]: { mode: '100755', content: text },
      [`${requestPath(newId('folder'))}/inside.yaml`]: text,
      [`requests/2020/01/01/${newId('day')}.yaml`]: text,
      [`${day}/${good.toUpperCase()}.yaml`]: text,
      [`${day}/${good}.YAML`]: text,
      [`${day}/--output=x.yaml`]: text,
      [`${day}/.gitattributes`]: '* filter=evil export-subst\n',
      '.gitattributes': '* filter=evil text eol=crlf working-tree-encoding=UTF-16\n',
      '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = https://git.example.com/x\n',
    };
    await pushFiles(remote, files, 'junk');
    const module = newId('module');
    const plumbing = { cwd: remote.path, env: { GIT_INDEX_FILE: join(temp.path, 'index') } };
    await git(['read-tree', 'main'], plumbing);
    const add = async (mode: string, oid: string | undefined, path: string): Promise<unknown> =>
      git(['update-index', '--add', '--cacheinfo', `${mode},${oid ?? ''},${path}`], plumbing);
    await add('160000', await readTip(remote), requestPath(module));
    await add('100644', await blob(text), `${day}/\u001b[31m\u202e.yaml`);
    const tree = await git(['write-tree'], plumbing);
    const commit = await git(['commit-tree', '-p', 'main', '-m', 'odd names', tree], plumbing);
    await git(['update-ref', 'refs/heads/main', commit], plumbing);

    const processor = start();
    await expectAnAnswer();
    await cycles(processor, 2);
    const ignored = processor.events.flatMap((event) => (event.type === 'ignored' ? [event] : []));
    // The one with the other day lies outside the days that are looked at.
    expect(ignored.map(({ path }) => path)).toHaveLength(9);
    expect(ignored.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        'mode 120000 is not a plain file',
        'mode 100755 is not a plain file',
        'mode 160000 is not a plain file',
      ]),
    );
    expect(JSON.stringify(ignored)).not.toContain('\u001b');
    for (const id of [link, program, module, good]) expect(await readStatus(id)).toBeUndefined();
  });

  it('do not slow it down nor fill its log when there are 10,000 of them', async () => {
    const day = requestPath(newId('x')).split('/').slice(0, 4).join('/');
    const junk = Array.from({ length: 10_000 }, (_, index) => [`${day}/junk-${index}.yaml`, 'x'] as const);
    await pushFiles(remote, Object.fromEntries(junk), 'junk');
    const processor = start();
    const started = performance.now();
    await expectAnAnswer();
    expect(performance.now() - started).toBeLessThan(20_000);
    const before = performance.now();
    await cycles(processor, 5);
    expect((performance.now() - before) / 5).toBeLessThan(2_000);
    expect(processor.events.length).toBeLessThan(1_200);
  });

  it('are fetched and told once however large or wrong they are', async () => {
    const server = await createGitHttpServer({ root: join(temp.path, 'served') });
    try {
      const names = ['huge', 'binary', 'latin', 'alias', 'flow', 'more', 'deep', 'merge', 'empty', 'other'] as const;
      const ids = new Map(names.map((name) => [name, newId(name)]));
      const noise = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256));
      const contents: Readonly<Record<(typeof names)[number], string | Uint8Array>> = {
        huge: Buffer.concat(
          Array.from({ length: 5000 }, (_, index) => Buffer.concat([noise, Buffer.from(String(index))])),
        ),
        binary: noise,
        latin: Buffer.from('spec: caf\u00e9', 'latin1'),
        alias: `a: &a [x,x]\n${Array.from({ length: 20 }, (_, index) => `b${index}: &b${index} [*a,*a]`).join('\n')}`,
        flow: `{${Array.from({ length: 9000 }, (_, index) => `k${index}: 1`).join(', ')}}`.slice(0, 65_000),
        more: `[${'[],'.repeat(20_000)}`,
        deep: '['.repeat(60_000),
        merge: 'spec: {<<: &x {targetCluster: {name: this-host}}}\n',
        empty: '',
        other: yaml(newRequest({ targetCluster: { type: 'hub', name: 'elsewhere' } })),
      };
      const files = names.map((name) => [requestPath(ids.get(name) ?? newId(name)), contents[name]] as const);
      await pushFiles(remote, Object.fromEntries(files), 'malformed');
      const processor = start({}, { url: server.url('warroom.git') });
      await expectAnAnswer();
      server.forget();
      const before = performance.now();
      await cycles(processor, 4);
      // Reading the bent ones takes more than a second: once.
      expect((performance.now() - before) / 4).toBeLessThan(1_000);
      const bytes = server.requests.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
      expect(bytes, 'a look at nothing new').toBeLessThan(50_000);
      const ignored = processor.events.flatMap((event) => (event.type === 'ignored' ? [event.reason] : []));
      expect(ignored.sort()).toEqual([
        'larger than 65536 bytes',
        'names no cluster that could answer it',
        'names no cluster that could answer it',
        'names no cluster that could answer it',
        'names no cluster that could answer it',
        'names no cluster that could answer it',
        'names no cluster that could answer it',
        'not UTF-8 text',
        'not UTF-8 text',
      ]);
    } finally {
      await server.close();
    }
  });

  it('do not hide an honest request behind a folder or a file in the place of its result', async () => {
    const request = newRequest();
    const id = idOf(request);
    const folder = resultFolder(id);
    await pushFiles(
      remote,
      {
        [requestPath(id)]: yaml(request),
        [`${folder}/status.yaml/trap`]: 'x',
        [`${folder}/evidence`]: 'x',
        [`${folder}/README.md`]: { mode: '120000', content: '/etc/passwd' },
      },
      'traps',
    );
    start();
    expect((await ended(id)).phase).toBe('succeeded');
    const listing = await git(['ls-tree', '-r', 'main', '--', folder], { cwd: remote.path });
    expect(listing).not.toContain('120000');
    expect(listing).not.toContain('trap');
  });
});

describe('requests that are bent', () => {
  it('are rejected when their bytes were changed after they had been accepted', async () => {
    const gate = await createGate(temp.path);
    await writePlaybook(temp.path, 'held', gate.argv);
    const request = newRequest({}, { strategy: 'held' });
    const id = await send(client, request);
    const processor = start();
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start' });
    await pushFiles(remote, { [requestPath(id)]: `${yaml(request)}# changed\n` }, 'bend');
    await cycles(processor, 2);
    // What runs goes on with the bytes that were accepted; a shutdown hands it back, and nobody takes the other bytes.
    await processor.abort();
    start();
    expect(await ended(id)).toMatchObject({ phase: 'rejected', reason: { code: 'id-reused' } });
    expect(await gate.starts()).toBe(1);
  });

  it('are ignored when their bytes are changed, or their result removed, after the end', async () => {
    const request = newRequest();
    const processor = start();
    const id = await send(client, request);
    expect((await ended(id)).phase).toBe('succeeded');
    await pushFiles(
      remote,
      { [resultFolder(id)]: undefined, [requestPath(id)]: `${yaml(request)}# changed\n` },
      'bend',
    );
    await cycles(processor, 3);
    expect(await readStatus(id)).toBeUndefined();
    expect(countOf(processor, 'claimed')).toBe(1);
  });

  it('run once when one commit lies in the inbox under two names', async () => {
    const request = newRequest();
    const id = idOf(request);
    const other = newId('other-name');
    const ref = inboxRef(NAMESPACE, id, 'request');
    const commit = await pushFiles(remote, { [requestPath(id)]: yaml(request) }, 'x', { ref });
    await git(['update-ref', inboxRef(NAMESPACE, other, 'request'), commit], { cwd: remote.path });
    const processor = start();
    expect((await ended(id)).phase).toBe('succeeded');
    await cycles(processor, 3);
    expect(await readStatus(other)).toBeUndefined();
    expect(countOf(processor, 'admitted')).toBe(1);
  });

  it('are rejected when they carry a nonce that was used', async () => {
    const first = newRequest();
    const processor = start();
    expect((await ended(await send(client, first))).phase).toBe('succeeded');
    const replayed = newRequest({ nonce: first.spec.nonce }, { slug: 'replayed' });
    const status = await ended(await send(client, replayed));
    expect(status).toMatchObject({ phase: 'rejected', reason: { code: 'replayed' } });
    expect(countOf(processor, 'admitted')).toBe(1);
  });

  it('run once when two with one nonce come at the same moment', async () => {
    const [one, two] = [newRequest({}, { slug: 'one' }), newRequest({}, { slug: 'two' })];
    const twin = { ...two, spec: { ...two.spec, nonce: one.spec.nonce } };
    await pushFiles(remote, { [requestPath(idOf(one))]: yaml(one), [requestPath(idOf(twin))]: yaml(twin) }, 'twins');
    start();
    const phases = [(await ended(idOf(one))).phase, (await ended(idOf(twin))).phase];
    expect(phases.sort()).toEqual(['rejected', 'succeeded']);
  });

  it('do not stop others when 200 of them are rejected: records are rationed', async () => {
    const bad = Array.from({ length: 200 }, (_, index) => {
      const request = newRequest({}, { slug: `bad ${index}`, engineer: 'mallory@example.com' });
      return [
        requestPath(idOf(request)),
        yaml({
          ...request,
          spec: { ...request.spec, investigation: { ...request.spec.investigation, strategy: 'nothing' } },
        }),
      ] as const;
    });
    await pushFiles(remote, Object.fromEntries(bad), 'flood');
    const processor = start();
    await expectAnAnswer();
    await waitUntil(() => countOf(processor, 'rejected') >= 20, { what: 'the rationed rejections', timeoutMs: 40_000 });
    await cycles(processor, 5);
    // Ten more each minute; each is a push that everybody fetches.
    expect(countOf(processor, 'rejected')).toBeLessThan(30);
    await expectAnAnswer('another@example.com');
  });

  it('wait for their turn when one requester floods the queue', async () => {
    const flood = Array.from({ length: 4 }, (_, index) =>
      newRequest({}, { slug: `flood ${index}`, engineer: 'mallory@example.com', at: new Date(Date.now() - 60_000) }),
    );
    const honest = newRequest({}, { slug: 'honest' });
    const files = [...flood, honest].map((request) => [requestPath(idOf(request)), yaml(request)] as const);
    await pushFiles(remote, Object.fromEntries(files), 'queue');
    const processor = start({ concurrency: 1 }, { once: true });
    await processor.done;
    const order = processor.events.flatMap((event) => (event.type === 'claimed' ? [event.id] : []));
    expect(order).toHaveLength(5);
    expect(order.indexOf(idOf(honest))).toBeLessThanOrEqual(1);
  });
});

describe('refs that are garbage', () => {
  it('in the place of claims hold requests up for one lease', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`file-${index}`, 'x']));
    const garbage: readonly ((id: RequestId) => Promise<unknown>)[] = [
      (id) => pushFiles(remote, { 'claim.json': 'garbage' }, 'x', { ref: claimOf(id) }),
      (id) => pushFiles(remote, many, 'x', { ref: claimOf(id) }),
      (id) => pushFiles(remote, { 'claim.json': 'x' }, 'x', { ref: `${claimOf(id)}/inside` }),
      (id) => pushFiles(remote, { 'claim.json': claimText(newId('other')) }, 'x', { ref: claimOf(id) }),
      async (id) => git(['update-ref', claimOf(id), await blob('x')], { cwd: remote.path }),
    ];
    const ids: RequestId[] = [];
    for (const act of garbage) {
      const request = newRequest();
      ids.push(idOf(request));
      await pushFiles(remote, { [requestPath(idOf(request))]: yaml(request) }, 'request');
      await act(idOf(request));
    }
    const processor = start({ lease: { seconds: 3, renewSeconds: 0.5 } });
    // Meanwhile others are served.
    await expectAnAnswer();
    for (const id of ids) expect((await ended(id)).phase).toBe('succeeded');
    expect(countOf(processor, 'claim-lost'), 'useless tries').toBeLessThan(5);
    expect(processor.events.filter((event) => event.type === 'ignored')).toHaveLength(garbage.length);
    expect([...(await listRefs(remote, `${NAMESPACE}/claims`)).keys()]).toEqual([]);
  });

  it('that copy a claim of the processor itself do not stop it', async () => {
    const gate = await createGate(temp.path);
    await writePlaybook(temp.path, 'held', gate.argv);
    const processor = start();
    const id = await send(client, newRequest({}, { strategy: 'held' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start' });
    const next = newRequest({}, { slug: 'next' });
    const text = await readFileAt(remote, 'claim.json', claimOf(id));
    await pushFiles(remote, { 'claim.json': text?.replaceAll(id, idOf(next)) }, 'x', { ref: claimOf(idOf(next)) });
    await pushFiles(remote, { [requestPath(idOf(next))]: yaml(next) }, 'next');
    expect((await ended(idOf(next))).phase).toBe('succeeded');
    await gate.open();
    expect((await ended(id)).phase).toBe('succeeded');
    expect(countOf(processor, 'claimed')).toBe(2);
  });

  it('in the inbox and among the processors are ignored', async () => {
    const at = newId('garbage');
    const own = presenceRef(NAMESPACE, 'this-host', 'processor-a');
    await pushFiles(remote, { 'presence.json': 'garbage' }, 'x', { ref: own });
    await pushFiles(remote, { x: 'x' }, 'x', { ref: `${presenceRef(NAMESPACE, 'this-host', 'other')}/inside` });
    await pushFiles(remote, { x: 'x' }, 'x', { ref: inboxRef(NAMESPACE, at, 'request') });
    await pushFiles(remote, { x: 'x' }, 'x', { ref: `${NAMESPACE}/inbox/not-an-id` });
    await pushFiles(remote, { x: 'x' }, 'x', { ref: inboxRef(NAMESPACE, newId('cancel'), 'cancel') });
    await pushFiles(remote, { [requestPath(at)]: { mode: '120000', content: '/etc/passwd' } }, 'x', {
      ref: inboxRef(NAMESPACE, newId('link'), 'request'),
    });
    await git(['update-ref', inboxRef(NAMESPACE, newId('blob'), 'request'), await blob('x')], { cwd: remote.path });
    const processor = start();
    await expectAnAnswer();
    expect(await readFileAt(remote, 'presence.json', own)).toContain('"kind": "Presence"');
    expect([...(await listRefs(remote, `${NAMESPACE}/inbox`)).keys()]).not.toContain(`${NAMESPACE}/inbox/not-an-id`);
    expect(countOf(processor, 'sync-failed')).toBe(0);
    expect(countOf(processor, 'warning')).toBe(0);
  });

  it('in great number do not stop it', async () => {
    const commit = await readTip(remote);
    const refs = Array.from({ length: 500 }, (_, index) => `create ${NAMESPACE}/inbox/junk-${index} ${commit ?? ''}`);
    await git(['update-ref', '--stdin'], { cwd: remote.path, stdin: `${refs.join('\n')}\n` });
    const processor = start();
    await expectAnAnswer();
    expect(countOf(processor, 'sync-failed')).toBe(0);
  });
});

describe('a status in the place of a result', () => {
  it.each([
    ['garbage', 'garbage: [\n'],
    ['a status that has not ended', 'phase: claimed\n'],
    ['binary', Buffer.from([0, 255, 1])],
    ['huge', 'x'.repeat(200_000)],
  ])('that is %s is replaced by the real one', async (_, content) => {
    const request = newRequest();
    const id = idOf(request);
    await pushFiles(remote, { [requestPath(id)]: yaml(request), [`${resultFolder(id)}/status.yaml`]: content }, 'trap');
    start({}, { once: true });
    expect((await ended(id)).phase).toBe('succeeded');
  });

  /** Whoever can push can withhold an answer, here as by deleting the request. They cannot forge one: nothing is signed. */
  it('that claims success keeps the request from running, now and after it was removed', async () => {
    const model = await send(client, newRequest({}, { slug: 'model' }));
    await start({}, { once: true }).done;
    const done = await ended(model);
    const request = newRequest({}, { slug: 'suppressed' });
    const id = idOf(request);
    const path = `${resultFolder(id)}/status.yaml`;
    const forged = formatYaml('Status', { ...done, id });
    await pushFiles(remote, { [requestPath(id)]: yaml(request), [path]: forged }, 'forged');
    await start({}, { once: true }).done;
    await pushFiles(remote, { [path]: undefined }, 'removed');
    const processor = start({}, { once: true });
    await processor.done;
    expect(await readStatus(id)).toBeUndefined();
    expect(countOf(processor, 'claimed')).toBe(0);
  });
});

describe('a cancellation in the inbox', () => {
  it('ends a request that waits, and its ref is removed afterwards', async () => {
    const id = await send(client, newRequest());
    const ref = inboxRef(NAMESPACE, id, 'cancel');
    const cancel = { [cancelPath(id)]: 'apiVersion: warroom.intility.io/v1\nkind: Cancel\n' };
    await pushFiles(remote, { ...cancel, [signaturePath(cancelPath(id))]: 'signature' }, 'x', { ref });
    const processor = start({}, { once: true });
    await processor.done;
    expect(await ended(id)).toMatchObject({ phase: 'cancelled', attempt: 0 });
    expect(countOf(processor, 'admitted')).toBe(0);
    expect([...(await listRefs(remote, NAMESPACE)).keys()]).toEqual([]);
  });
});

describe('secrets', () => {
  const CANARY = 'canary-5f3a"9c\\1e+77/b0=d2 41';

  it('of the zone and of an attachment are in no object of the remote, in no encoding, and in no event', async () => {
    const encodings = [
      CANARY,
      JSON.stringify(CANARY).slice(1, -1),
      encodeURIComponent(CANARY),
      ...['', 'x', 'xy'].map((before) => Buffer.from(`${before}${CANARY}`).toString('base64').slice(4, -4)),
      Buffer.from(CANARY).toString('base64url').slice(0, -4),
      Buffer.from(CANARY).toString('hex'),
    ];
    const secret = join(temp.path, 'leak.txt');
    await writeFile(
      secret,
      `${[CANARY, JSON.stringify(CANARY), encodeURIComponent(CANARY), Buffer.from(CANARY).toString('base64'), Buffer.from(CANARY).toString('hex')].map((text) => `value ${text} end`).join('\n')}\n`,
    );
    await writePlaybook(temp.path, 'leak', ['cat', secret]);
    const processor = start({
      playbookDir,
      readKnownValues: () => Promise.resolve([{ name: 'canary', value: CANARY }]),
    });

    const attached = 'AKIAIOSFODNN7CANARY0';
    const attachment = join(temp.path, 'app.log');
    await writeFile(
      attachment,
      `start\nAuthorization: Bearer ${attached}zzzzzzzzzzzzzzzzzzzzzz\npassword=${attached}\nend\n`,
    );
    const sent = await runCli([
      'investigate',
      ...[
        '--repo',
        remote.url,
        '--cluster',
        'this-host',
        '--type',
        'host',
        '--issue',
        'it leaks',
        '--strategy',
        'leak',
      ],
      ...['--attach', attachment, '--yes', '--json'],
    ]);
    expect(sent.exit, sent.stderr).toBe(0);
    const id = parseRequestId((JSON.parse(sent.stdout) as { id: string }).id);
    if (id === undefined) throw new Error(sent.stdout);
    expect((await ended(id)).phase).toBe('succeeded');
    // A requester may name anything, a secret of the zone too.
    const naming = newRequest({}, { strategy: 'canary-5f3a' });
    const readKnownValues = (): Promise<{ name: string; value: string }[]> =>
      Promise.resolve([
        { name: 'canary', value: CANARY },
        { name: 'short', value: 'canary-5f3a' },
      ]);
    await processor.stop();
    await pushFiles(remote, { [requestPath(idOf(naming))]: yaml(naming) }, 'naming');
    const second = start({ readKnownValues }, { once: true });
    await second.done;
    expect((await readStatus(idOf(naming)))?.phase).toBe('rejected');

    const objects = await everyBlob();
    expect(objects).toContain('attached by the requester: app.log');
    expect(objects).toContain('[REDACTED:');
    const named = yaml(naming);
    const events = JSON.stringify([processor.events, second.events]);
    for (const text of [...encodings, attached]) {
      expect(objects.replaceAll(named, ''), text).not.toContain(text);
      expect(events, text).not.toContain(text);
    }
    expect(objects.replaceAll(named, '')).not.toContain('canary-5f3a');
    expect(events).not.toContain('canary-5f3a');
  });
});

/** The text of all objects of the remote, also of those that no ref leads to. */
async function everyBlob(): Promise<string> {
  return await git(['cat-file', '--batch-all-objects', '--batch', '--buffer', '--unordered'], { cwd: remote.path });
}

function claimOf(id: RequestId): string {
  return claimRef(NAMESPACE, 'this-host', id);
}

/** A claim that follows the schema, of a processor that never lived, with the longest lease. */
function claimText(id: RequestId): string {
  const at = new Date().toISOString();
  return formatJson('Claim', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Claim',
    id,
    cluster: 'this-host',
    holder: 'nobody',
    incarnation: 'a'.repeat(16),
    attempt: 1,
    attempts: [],
    leaseSeconds: 3600,
    nonce: 'a'.repeat(32),
    requestSha256: 'a'.repeat(64),
    claimedAt: at,
    progress: { phase: 'claimed', message: 'claimed', done: 0, total: 0, updates: 0 },
  });
}
