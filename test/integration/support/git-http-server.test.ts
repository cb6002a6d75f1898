import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitHttpServer, isPush, type GitHttpServer } from '../../support/git-http-server.ts';
import { createBareRemote, git, listRefs, pushFiles, readTip, runGit, type BareRemote } from '../../support/git-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

let folder: TempFolder;
let remote: BareRemote;
const servers: GitHttpServer[] = [];

beforeEach(async () => {
  folder = await createTempFolder();
  remote = await createBareRemote({ folder: folder.path });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'first');
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await folder.close();
});

async function serve(credentials?: { user: string; password: string }): Promise<GitHttpServer> {
  const server = await createGitHttpServer({
    root: folder.path,
    ...(credentials === undefined ? {} : { credentials }),
  });
  servers.push(server);
  return server;
}

async function cloneFrom(url: string): Promise<string> {
  const clone = `${folder.path}/clone`;
  await git(['clone', '--quiet', url, clone], { cwd: folder.path });
  return clone;
}

async function commit(clone: string, content: string): Promise<string> {
  const blob = await git(['hash-object', '-w', '--stdin'], { cwd: clone, stdin: content });
  const tree = await git(['mktree'], { cwd: clone, stdin: `100644 blob ${blob}\tfile.txt\n` });
  return await git(['commit-tree', '-p', 'HEAD', '-m', 'next', tree], { cwd: clone });
}

describe('git over http', () => {
  it('clones and pushes, and records what was asked', async () => {
    const server = await serve();
    const clone = await cloneFrom(server.url('warroom.git'));
    server.forget();
    const next = await commit(clone, 'text');
    await git(['push', '--quiet', 'origin', `${next}:refs/heads/main`], { cwd: clone });
    expect(await readTip(remote)).toBe(next);
    expect(server.requests.map(({ method, path, status }) => [method, path, status])).toEqual([
      ['GET', '/warroom.git/info/refs?service=git-receive-pack', 200],
      ['POST', '/warroom.git/git-receive-pack', 200],
    ]);
    expect(server.requests[1]?.bytesIn).toBeGreaterThan(200);
    expect(server.requests[1]?.bytesOut).toBeGreaterThan(10);
  });

  it('speaks protocol 2 and compressed requests', async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`file-${n}.txt`, `text ${n}`]));
    for (const [path, text] of Object.entries(files)) await pushFiles(remote, { [path]: text }, path);
    const server = await serve();
    const clone = await cloneFrom(server.url('warroom.git'));
    expect(server.requests.filter(({ path }) => path.endsWith('/git-upload-pack'))).toHaveLength(2);
    await pushFiles(remote, { 'one-more.txt': 'text' }, 'one more');
    await git(['fetch', '--quiet', 'origin'], { cwd: clone });
    expect(await git(['rev-parse', 'origin/main'], { cwd: clone })).toBe(await readTip(remote));
  });

  it('takes a push that is too large for one buffer', async () => {
    const server = await serve();
    const clone = await cloneFrom(server.url('warroom.git'));
    const noise = Array.from({ length: 60_000 }, (_, n) => `${n} ${Math.sin(n)}`).join('\n');
    const next = await commit(clone, noise);
    await git(['-c', 'http.postBuffer=65536', 'push', '--quiet', 'origin', `${next}:refs/heads/main`], { cwd: clone });
    expect(await readTip(remote)).toBe(next);
    expect(server.requests.at(-1)?.bytesIn).toBeGreaterThan(65_536);
  });

  it('wants the right credentials where it has some', async () => {
    const server = await serve({ user: 'alice', password: 'a:b' });
    const url = server.url('warroom.git');
    const refused = await runGit(['ls-remote', url], { cwd: folder.path });
    expect(refused.exit).toBe(128);
    expect(server.requests.map(({ status }) => status)).toEqual([401]);

    const header = `Authorization: Basic ${Buffer.from('alice:a:b').toString('base64')}`;
    const clone = `${folder.path}/clone`;
    await git(['-c', `http.extraHeader=${header}`, 'clone', '--quiet', url, clone], { cwd: folder.path });
    const next = await commit(clone, 'text');
    await git(['-c', `http.extraHeader=${header}`, 'push', '--quiet', 'origin', `${next}:refs/heads/main`], {
      cwd: clone,
    });
    expect(await readTip(remote)).toBe(next);
    expect(server.requests.at(-1)?.user).toBe('alice');
  });

  it.each([401, 403, 429, 500, 503])('answers %i when told, and the next request as usual', async (status) => {
    const server = await serve();
    server.inject({ kind: 'status', status, headers: { 'retry-after': '1' } });
    const url = server.url('warroom.git');
    expect((await runGit(['ls-remote', url], { cwd: folder.path })).exit).toBe(128);
    expect(server.requests[0]?.status).toBe(status);
    expect((await runGit(['ls-remote', url], { cwd: folder.path })).exit).toBe(0);
  });

  it('applies a push and loses its answer', async () => {
    const server = await serve();
    const clone = await cloneFrom(server.url('warroom.git'));
    server.inject({ kind: 'cut-after' }, { matching: isPush });
    const next = await commit(clone, 'text');
    const push = await runGit(['push', 'origin', `${next}:refs/heads/main`], { cwd: clone });
    expect(push.exit).not.toBe(0);
    expect(await readTip(remote)).toBe(next);
    expect(server.requests.at(-1)?.status).toBeUndefined();
  });

  it('loses a push before git sees it', async () => {
    const server = await serve();
    const clone = await cloneFrom(server.url('warroom.git'));
    const before = await readTip(remote);
    server.inject({ kind: 'cut-before' }, { matching: isPush });
    const next = await commit(clone, 'text');
    expect((await runGit(['push', 'origin', `${next}:refs/heads/main`], { cwd: clone })).exit).not.toBe(0);
    expect(await readTip(remote)).toBe(before);
  });

  it('holds a request until the test lets it go', async () => {
    const server = await serve();
    const clone = await cloneFrom(server.url('warroom.git'));
    let letGo = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    server.inject({ kind: 'hold', until }, { matching: isPush });
    const next = await commit(clone, 'text');
    const push = git(['push', '--quiet', 'origin', `${next}:refs/heads/main`], { cwd: clone });
    await waitUntil(() => server.requests.some(isPush), { what: 'the push to arrive' });
    expect(await readTip(remote)).not.toBe(next);
    letGo();
    await push;
    expect(await readTip(remote)).toBe(next);
  });

  it('takes 32 pushes at once', async () => {
    const server = await serve();
    const clone = await cloneFrom(server.url('warroom.git'));
    const numbers = Array.from({ length: 32 }, (_, n) => n);
    await Promise.all(
      numbers.map((n) => git(['push', '--quiet', 'origin', `main:refs/warroom/claims/c/${n}`], { cwd: clone })),
    );
    expect((await listRefs(remote, 'refs/warroom/')).size).toBe(32);
  });

  it('ends open requests when it is closed', async () => {
    const server = await serve();
    server.inject({ kind: 'hold', until: new Promise(() => undefined) });
    const asking = runGit(['ls-remote', server.url('warroom.git')], { cwd: folder.path });
    await waitUntil(() => server.requests.length > 0, { what: 'the request to arrive' });
    await server.close();
    expect((await asking).exit).toBe(128);
  });
});
