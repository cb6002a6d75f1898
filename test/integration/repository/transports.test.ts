import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadProcessorConfig } from '../../../src/config/processor-config.ts';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import type { WarroomError } from '../../../src/domain/errors.ts';
import { isWarroomError } from '../../../src/domain/errors.ts';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { openProcessorWarRoom } from '../../../src/repository/git/open-git-war-room.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import type { ProcessorCredential } from '../../../src/schema/generated.ts';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { createGitHttpServer, isPush, type GitHttpServer } from '../../support/git-http-server.ts';
import {
  createBareRemote,
  git,
  installHook,
  listRefs,
  protectMain,
  pushFiles,
  readFileAt,
  readTip,
  type BareRemote,
} from '../../support/git-rig.ts';
import { newRequest, processorConfigText, send, startProcessor } from '../../support/processor-rig.ts';
import { startSshd } from '../../support/sshd-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { openTestWarRoom, redacted } from '../../support/war-room-rig.ts';

const USER = 'alice';
const TOKEN = 'ghp_d41d8cd98f00b204e9800998ecf8427e';
/** How the token looks in a header. */
const BASIC = Buffer.from(`${USER}:${TOKEN}`).toString('base64');

const sshd = await startSshd();
const ssh = {
  url: (path: string) => sshd?.url(path) ?? '',
  env: sshd?.env ?? {},
  key: sshd?.identityFile ?? '',
  knownHosts: sshd?.knownHostsFile ?? '',
};

let temp: TempFolder;
let remote: BareRemote;
let server: GitHttpServer;
let guarded: GitHttpServer;
const open: WarRoom[] = [];

beforeEach(async () => {
  temp = await createTempFolder('transports');
  const root = join(temp.path, 'served');
  remote = await createBareRemote({ folder: root });
  server = await createGitHttpServer({ root });
  guarded = await createGitHttpServer({ root, credentials: { user: USER, password: TOKEN } });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
});

afterEach(async () => {
  for (const room of open.splice(0)) await room.close();
  await server.close();
  await guarded.close();
  await temp.close();
});

afterAll(async () => {
  await sshd?.close();
});

function client(url: string, env: Readonly<Record<string, string>> = {}, cache = 'client'): WarRoom {
  const room = openTestWarRoom({ url, folder: temp.path, cache, env });
  open.push(room);
  return room;
}

/** Settings as the file of an administrator gives them. */
async function settingsOf(url: string, credential?: ProcessorCredential): Promise<ProcessorSettings> {
  const file = join(temp.path, 'processor.yaml');
  const repository = { url, ...(credential === undefined ? {} : { credential }) };
  await writeFile(file, processorConfigText({ url, stateDir: join(temp.path, 'state'), change: { repository } }));
  return await loadProcessorConfig(file, { env: {} });
}

async function processor(url: string, credential?: ProcessorCredential, path = '/usr/bin:/bin'): Promise<WarRoom> {
  const settings = await settingsOf(url, credential);
  await mkdir(join(settings.stateDir, 'home'), { recursive: true });
  const room = openProcessorWarRoom({
    repository: settings.repository,
    clock: systemClock,
    committer: { name: 'processor', email: 'processor@example.com' },
    stateDir: settings.stateDir,
    path,
    credentials: { ...credential, readToken: () => settings.readToken() },
  });
  open.push(room);
  return room;
}

async function tokenFile(token = TOKEN): Promise<string> {
  const file = join(temp.path, 'token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return file;
}

/** The git configuration of a person whose helper knows the credentials. */
async function configWithHelper(password = TOKEN): Promise<Readonly<Record<string, string>>> {
  const helper = join(temp.path, 'git-credential-test');
  await writeFile(helper, `#!/bin/sh\ntest "$1" = get && echo username=${USER} && echo password=${password}\nexit 0\n`);
  await chmod(helper, 0o755);
  const config = join(temp.path, 'gitconfig');
  await writeFile(config, `[credential]\n\thelper = ${helper}\n`);
  return { GIT_CONFIG_GLOBAL: config };
}

const CLAIM = 'refs/warroom/claims/hub/x';

/** What every transport must do. */
async function fulfil(room: WarRoom): Promise<void> {
  const snapshot = await room.refresh({ refPrefixes: ['refs/warroom/'] });
  expect(snapshot.tip).toBe(await readTip(remote));
  expect([...(await snapshot.readPaths(['README.md'], { maxBytes: 100 })).values()][0]?.kind).toBe('bytes');

  const request = (name: string): Parameters<WarRoom['submit']>[0] => ({
    files: [{ path: `requests/2026/11/20/${name}.yaml`, content: `request ${name}\n` }],
    message: `request ${name}\n`,
    inboxRef: `refs/warroom/inbox/${name}`,
  });
  expect((await room.submit(request('one'))).kind).toBe('landed');
  expect(await readFileAt(remote, 'requests/2026/11/20/one.yaml')).toBe('request one\n');

  const file = async (text: string) => ({ path: 'claim.json', content: await redacted(text) });
  const claim = await room.setRef({ ref: CLAIM, expected: undefined, file: await file('1') });
  if (claim.kind !== 'set') throw new Error('the claim was lost');
  expect(await room.setRef({ ref: CLAIM, expected: undefined, file: await file('2') })).toEqual({ kind: 'lost' });
  const result = {
    files: [{ path: 'results/x/README.md', content: await redacted('result\n') }],
    message: 'result\n',
    within: ['results/x/'],
  };
  const landed = await room.land({ ...result, deleteRefs: [{ ref: CLAIM, expected: claim.commit }] });
  expect(landed.kind).toBe('landed');
  expect(await readFileAt(remote, 'results/x/README.md')).toBe('result\n');

  await protectMain(remote);
  expect(await room.submit(request('two'))).toMatchObject({ kind: 'inbox', why: 'protected' });
  await expect(room.land(result)).rejects.toMatchObject({ code: 'protected' });
  expect([...(await listRefs(remote, 'refs/warroom')).keys()]).toEqual(['refs/warroom/inbox/two']);
}

describe('a war room', () => {
  it('works over a path', async () => {
    await fulfil(client(remote.path));
  });

  it('works for a processor over a path', async () => {
    await fulfil(await processor(remote.path));
  });

  it('works over HTTP', async () => {
    await fulfil(client(server.url('warroom.git')));
  });

  it('works over HTTP with the credential helper of the person', async () => {
    await fulfil(client(guarded.url('warroom.git'), await configWithHelper()));
    expect(guarded.requests.some(({ user }) => user === USER)).toBe(true);
  });

  it('works over HTTP with the token file of a processor, sent with the first request', async () => {
    await fulfil(await processor(guarded.url('warroom.git'), { username: USER, tokenFile: await tokenFile() }));
    expect(guarded.requests.map(({ status }) => status)).not.toContain(401);
  });

  it.skipIf(sshd === undefined)('works over SSH with the configuration of the person', async () => {
    await fulfil(client(ssh.url(remote.path), ssh.env));
  });

  it.skipIf(sshd === undefined)('works over SSH with key and host keys of a processor', async () => {
    // A space in the path of the host keys must not make two files of it.
    const folder = join(temp.path, 'ssh keys');
    await mkdir(folder);
    const knownHostsFile = join(folder, 'known_hosts');
    await writeFile(knownHostsFile, await readFile(ssh.knownHosts));
    const sshKeyFile = join(folder, 'key');
    await writeFile(sshKeyFile, await readFile(ssh.key), { mode: 0o600 });
    await fulfil(await processor(ssh.url(remote.path), { sshKeyFile, knownHostsFile }));
  });
});

describe('a processor', () => {
  it('answers a request over HTTP with its token', async () => {
    const settings = await settingsOf(guarded.url('warroom.git'), { username: USER, tokenFile: await tokenFile() });
    const id = await send(client(remote.url), newRequest());
    await startProcessor(settings, { once: true }).done;
    expect(await readFileAt(remote, `${resultFolder(id)}/status.yaml`)).toContain('phase: succeeded');
  });

  it.skipIf(sshd === undefined)('refuses a host whose key it does not know', async () => {
    const knownHostsFile = join(temp.path, 'known_hosts');
    await writeFile(knownHostsFile, '');
    const room = await processor(ssh.url(remote.path), { sshKeyFile: ssh.key, knownHostsFile });
    await expect(room.refresh({ refPrefixes: [] })).rejects.toMatchObject({
      code: 'authentication',
      why: expect.stringContaining('Host key verification failed') as unknown,
    });
  });

  it('takes a token that was changed while it runs', async () => {
    const room = await processor(guarded.url('warroom.git'), { username: USER, tokenFile: await tokenFile('old') });
    await expect(room.refresh({ refPrefixes: [] })).rejects.toMatchObject({ code: 'authentication' });
    await tokenFile();
    expect((await room.refresh({ refPrefixes: [] })).tip).toBe(await readTip(remote));
  });
});

describe('a token', () => {
  it('is in no argument of any git process', async () => {
    const real = await findProgram('git', process.env['PATH']);
    const trace = join(temp.path, 'trace.json');
    const bin = join(temp.path, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'git'), `#!/bin/sh\nGIT_TRACE2_EVENT=${trace} exec ${real ?? 'git'} "$@"\n`);
    await chmod(join(bin, 'git'), 0o755);
    const path = [bin, closedEnvironment()['PATH']].join(delimiter);
    const credential = { username: USER, tokenFile: await tokenFile() };
    await fulfil(await processor(guarded.url('warroom.git'), credential, path));
    await writeFile(join(remote.path, 'hooks', 'update'), '#!/bin/sh\nexit 0\n');
    const url = guarded.url('warroom.git').replace('//', `//${USER}@`);
    await client(url, { ...(await configWithHelper()), PATH: path }).refresh({ refPrefixes: [] });
    const traced = await readFile(trace, 'utf8');
    expect(traced).toContain('remote-http');
    expect(traced).not.toContain(TOKEN);
    expect(traced).not.toContain(BASIC);
  });

  it('is in no error and no event', async () => {
    const wrong = 'ghp_wrong-token-of-this-test';
    const credential = { username: 'mallory', tokenFile: await tokenFile(wrong) };
    const settings = await settingsOf(guarded.url('warroom.git'), credential);
    const running = startProcessor(settings);
    await waitUntil(() => running.events.some(({ type }) => type === 'sync-failed'), { what: 'a refused fetch' });
    await running.stop();
    const url = guarded.url('warroom.git').replace('//', `//mallory:${wrong}@`);
    const room = client(url);
    const failure = await failureOf(room.refresh({ refPrefixes: [] }));
    expect(failure.code).toBe('authentication');
    const told = JSON.stringify([
      running.events,
      room.address,
      failure.message,
      failure.why,
      failure.hint,
      failure.stack,
    ]);
    expect(told).not.toContain(wrong);
    expect(told).not.toContain('mallory');
    expect(told).not.toContain(Buffer.from(`mallory:${wrong}`).toString('base64'));
  });
});

async function failureOf(action: Promise<unknown>): Promise<WarroomError> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isWarroomError(error)) throw new Error(`expected a foreseen failure, got ${String(error)}`, { cause: error });
  return error;
}

/** Every message for people: lower case, one line, a reason and something to do, no stack and no credentials. */
function expectGoodWords(error: WarroomError, hint: RegExp): void {
  expect(error.message).toMatch(/^[a-z0-9][^\n]*[^.\n]$/u);
  expect(error.why ?? 'missing').toMatch(/^[^\n]+$/u);
  expect(error.hint).toMatch(hint);
  for (const text of [error.message, error.why, error.hint]) {
    expect(text).not.toMatch(/ {4}at |\.ts:\d|node:internal/u);
    expect(text).not.toContain(TOKEN);
  }
}

const submission = {
  files: [{ path: 'requests/2026/11/20/s.yaml', content: 'request\n' }],
  message: 'request s\n',
  inboxRef: 'refs/warroom/inbox/s',
};

describe('a failure', () => {
  it.each([
    [401, 'authentication', /ls-remote/u],
    [403, 'authentication', /ls-remote/u],
    [429, 'offline', /doctor/u],
    [500, 'offline', /doctor/u],
    [503, 'offline', /doctor/u],
  ] as const)('with HTTP status %i is %s, cold and warm, and over with the next try', async (status, code, hint) => {
    const room = client(server.url('warroom.git'));
    const refuse = (times = 1): void => {
      server.inject({ kind: 'status', status, headers: { 'retry-after': '1' } }, { times });
    };
    refuse();
    const cold = await failureOf(room.refresh({ refPrefixes: [] }));
    expect(cold.code).toBe(code);
    expectGoodWords(cold, hint);
    if (status !== 401) expect(cold.why).toContain(String(status));
    await room.refresh({ refPrefixes: [] });
    refuse();
    expect((await failureOf(room.refresh({ refPrefixes: [] }))).code).toBe(code);
    // A push, the look at what became of it, and so on: as long as the server refuses everything.
    refuse(20);
    expect((await failureOf(room.submit(submission))).code).toBe(code);
    expect(await readFileAt(remote, 'requests/2026/11/20/s.yaml')).toBeUndefined();
  });

  it('of a server that refuses only pushes is told as it is', async () => {
    const room = client(server.url('warroom.git'));
    await room.refresh({ refPrefixes: [] });
    const matching = ({ path }: { readonly path: string }): boolean => path.includes('receive-pack');
    server.inject({ kind: 'status', status: 403 }, { matching, times: 5 });
    const failure = await failureOf(room.submit(submission));
    expect(failure.code).toBe('authentication');
    expectGoodWords(failure, /ls-remote/u);
  });

  it('of a server that is gone is `offline`, and over when it is back', async () => {
    const room = client(server.url('warroom.git'));
    await room.refresh({ refPrefixes: [] });
    server.inject({ kind: 'cut-before' }, { times: 2 });
    for (const action of [room.refresh({ refPrefixes: [] }), room.contains('a'.repeat(40), 'b'.repeat(40))]) {
      await action.catch((error: unknown) => {
        expect(isWarroomError(error, 'offline'), String(error)).toBe(true);
      });
    }
    await server.close();
    const failure = await failureOf(room.submit(submission));
    expect(failure.code).toBe('offline');
    expectGoodWords(failure, /doctor/u);
  });

  it('before the server saw a push leads to one more try', async () => {
    const room = client(server.url('warroom.git'));
    await room.refresh({ refPrefixes: [] });
    server.inject({ kind: 'cut-before' }, { matching: isPush });
    expect((await room.submit(submission)).kind).toBe('landed');
    expect(await subjects()).toEqual(['request s', 'begin']);
  });

  it('after the server took a push leads to no second one', async () => {
    const room = client(server.url('warroom.git'));
    await room.refresh({ refPrefixes: [] });
    server.inject({ kind: 'cut-after' }, { matching: isPush });
    expect((await room.submit(submission)).kind).toBe('landed');
    expect(await subjects()).toEqual(['request s', 'begin']);
  });

  it('with a lost answer and no way to ask is told, and the same submission later is known again', async () => {
    const room = client(server.url('warroom.git'));
    await room.refresh({ refPrefixes: [] });
    server.inject({ kind: 'cut-after' }, { matching: isPush });
    server.inject({ kind: 'status', status: 503 }, { matching: ({ path }) => path.includes('upload-pack'), times: 1 });
    expect((await failureOf(room.submit(submission))).code).toBe('offline');
    expect((await room.submit(submission)).kind).toBe('landed');
    expect(await subjects()).toEqual(['request s', 'begin']);
  });

  it('of a server that does not answer ends with the patience of the caller, and leaves the cache as it was', async () => {
    const room = client(server.url('warroom.git'));
    await room.refresh({ refPrefixes: [] });
    let letGo = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    for (const action of [
      (signal: AbortSignal) => room.refresh({ refPrefixes: [], signal }),
      (signal: AbortSignal) => room.submit(submission, { signal }),
      (signal: AbortSignal) => client(server.url('warroom.git'), {}, 'cold').refresh({ refPrefixes: [], signal }),
    ]) {
      server.forget();
      server.inject({ kind: 'hold', until });
      const patience = new AbortController();
      const failing = failureOf(action(patience.signal));
      await waitUntil(() => server.requests.length > 0, { what: 'the request to arrive' });
      patience.abort();
      expect((await failing).code).toBe('interrupted');
    }
    letGo();
    expect((await room.submit(submission)).kind).toBe('landed');
    expect(await subjects()).toEqual(['request s', 'begin']);
  });

  it('of a branch that was deleted or renamed does not bring it back', async () => {
    const room = client(server.url('warroom.git'));
    await room.refresh({ refPrefixes: [] });
    await git(['branch', '-m', 'main', 'trunk'], { cwd: remote.path });
    const failure = await failureOf(room.submit(submission));
    expect(failure.code).toBe('branch-missing');
    expect(failure.why).toBe('it has trunk');
    expectGoodWords(failure, /repository\.branch/u);
    expect([...(await listRefs(remote, 'refs/heads')).keys()]).toEqual(['refs/heads/trunk']);
  });

  it('of an empty repository says how to make it a war room', async () => {
    const empty = await createBareRemote({ folder: join(temp.path, 'served'), name: 'empty.git' });
    const room = client(empty.url);
    for (const action of [room.refresh({ refPrefixes: [] }), room.submit(submission)]) {
      const failure = await failureOf(action);
      expect(failure.code).toBe('repository-empty');
      expectGoodWords(failure, /claude-warroom init --repo/u);
    }
  });

  it('of a path that is no repository says so', async () => {
    const folder = join(temp.path, 'just-a-folder');
    await mkdir(folder);
    const file = join(temp.path, 'just-a-file');
    await writeFile(file, 'text');
    for (const path of [folder, file, join(temp.path, 'nothing')]) {
      const failure = await failureOf(client(path, {}, path).refresh({ refPrefixes: [] }));
      expect(failure.code, path).toBe('repository-missing');
      expectGoodWords(failure, /claude-warroom init/u);
      expect(failure.message).toContain(path);
    }
  });

  it('of a hook that refuses everything is told in the words of the server', async () => {
    await installHook(
      remote,
      'pre-receive',
      '#!/bin/sh\necho "error: GH013: Repository rule violations found" >&2\nexit 1\n',
    );
    const failure = await failureOf(client(server.url('warroom.git')).submit(submission));
    expect(failure.code).toBe('protected');
    expect(failure.why).toContain('GH013: Repository rule violations found');
    expectGoodWords(failure, /refNamespace/u);
  });

  it('of rewritten history does not bring the old one back', async () => {
    const room = client(server.url('warroom.git'));
    await room.refresh({ refPrefixes: [] });
    await git(['update-ref', '-d', 'refs/heads/main'], { cwd: remote.path });
    await pushFiles(remote, { 'README.md': 'another past\n' }, 'rewritten');
    expect((await room.submit(submission)).kind).toBe('landed');
    expect(await subjects()).toEqual(['request s', 'rewritten']);
  });
});

async function subjects(): Promise<readonly string[]> {
  return (await git(['log', '--format=%s', 'main'], { cwd: remote.path })).split('\n');
}
