import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inboxRef, requestPath, resultFolder } from '../../../src/domain/repository-layout.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { createGitHttpServer } from '../../support/git-http-server.ts';
import { git, pushFiles, readTip, type RigFile } from '../../support/git-rig.ts';
import { send } from '../../support/processor-rig.ts';
import {
  countOf,
  createScene,
  cycles,
  idOf,
  newId,
  quickRequest,
  requestText,
  type ProcessorScene,
} from '../../support/processor-scene.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { cpuMsSince } from '../../support/cpu-time.ts';

const NAMESPACE = 'refs/warroom';

let scene: ProcessorScene;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(async () => {
  await scene.close();
});

describe('threat 7: a tree that git refuses', () => {
  it.each([
    ['..', 'object [0-9a-f]{40}: hasDotdot'],
    ['.GIT', 'object [0-9a-f]{40}: hasDotgit'],
    ['a/b', 'object [0-9a-f]{40}: fullPathname'],
    ['', 'empty filename'],
  ])('because of the name %j is told, and forgotten when the branch is reset', async (name, problem) => {
    const processor = scene.start();
    await cycles(processor, 1);
    const good = await readTip(scene.remote);
    await pushTree([['100644', name, await blob('x')]]);
    const failure = await waitUntil(() => processor.events.find(({ type }) => type === 'sync-failed'), {
      what: 'the refusal',
    });
    expect(failure).toMatchObject({ code: 'malformed' });
    const { message } = failure.type === 'sync-failed' ? failure : { message: '' };
    expect(message).toMatch(new RegExp(problem, 'u'));
    await git(['update-ref', 'refs/heads/main', good ?? ''], { cwd: scene.remote.path });
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
  });

  it('is told too when it lies in a ref of the inbox, and forgotten when the ref is gone', async () => {
    const processor = scene.start();
    await cycles(processor, 1);
    const ref = inboxRef(NAMESPACE, newId('bad'), 'request');
    await pushTree([['100644', '..', await blob('x')]], ref);
    await waitUntil(
      () => processor.events.find((event) => event.type === 'sync-failed' && event.code === 'malformed'),
      {
        what: 'the refusal',
      },
    );
    await git(['update-ref', '-d', ref], { cwd: scene.remote.path });
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
  });
});

describe('threat 7: files that are no requests', () => {
  it('are told once each and left alone', async () => {
    const other = quickRequest();
    const good = idOf(other);
    const day = requestPath(good).slice(0, -`/${good}.yaml`.length);
    const text = requestText(other);
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
    await pushFiles(scene.remote, files, 'junk');
    const module = newId('module');
    const plumbing = { cwd: scene.remote.path, env: { GIT_INDEX_FILE: join(scene.folder, 'index') } };
    await git(['read-tree', 'main'], plumbing);
    const add = async (mode: string, oid: string | undefined, path: string): Promise<unknown> =>
      git(['update-index', '--add', '--cacheinfo', `${mode},${oid ?? ''},${path}`], plumbing);
    await add('160000', await readTip(scene.remote), requestPath(module));
    await add('100644', await blob(text), `${day}/\u001b[31m\u202e.yaml`);
    const tree = await git(['write-tree'], plumbing);
    const commit = await git(['commit-tree', '-p', 'main', '-m', 'odd names', tree], plumbing);
    await git(['update-ref', 'refs/heads/main', commit], plumbing);

    const processor = scene.start();
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
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
    for (const id of [link, program, module, good]) expect(await scene.readStatus(id)).toBeUndefined();
  });

  it('do not slow it down nor fill its log when there are 10,000 of them, and 90,000 elsewhere', async () => {
    const day = requestPath(newId('x')).split('/').slice(0, 4).join('/');
    const junk = Array.from({ length: 10_000 }, (_, index) => [`${day}/junk-${index}.yaml`, 'x'] as const);
    const more = Array.from({ length: 90_000 }, (_, index) => [`notes/${index % 300}/junk-${index}`, 'x'] as const);
    await pushFiles(scene.remote, Object.fromEntries([...junk, ...more]), 'junk');
    const processor = scene.start();
    const started = process.cpuUsage();
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
    expect(cpuMsSince(started)).toBeLessThan(20_000);
    const before = process.cpuUsage();
    await cycles(processor, 5);
    expect(cpuMsSince(before) / 5).toBeLessThan(2_000);
    expect(processor.events.length).toBeLessThan(1_200);
  });

  it('are fetched and told once however large or wrong they are', async () => {
    const server = await createGitHttpServer({ root: join(scene.folder, 'served') });
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
        other: requestText(quickRequest({ targetCluster: { type: 'hub', name: 'elsewhere' } })),
      };
      const files = names.map((name) => [requestPath(ids.get(name) ?? newId(name)), contents[name]] as const);
      await pushFiles(scene.remote, Object.fromEntries(files), 'malformed');
      const processor = scene.start({}, { url: server.url('warroom.git') });
      expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
      server.forget();
      const before = process.cpuUsage();
      await cycles(processor, 4);
      // Reading the bent ones takes more than a second: once.
      expect(cpuMsSince(before) / 4).toBeLessThan(1_000);
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
    const request = quickRequest();
    const id = idOf(request);
    const folder = resultFolder(id);
    await pushFiles(
      scene.remote,
      {
        [requestPath(id)]: requestText(request),
        [`${folder}/status.yaml/trap`]: 'x',
        [`${folder}/evidence`]: 'x',
        [`${folder}/README.md`]: { mode: '120000', content: '/etc/passwd' },
      },
      'traps',
    );
    scene.start();
    expect((await scene.ended(id)).phase).toBe('succeeded');
    const listing = await git(['ls-tree', '-r', 'main', '--', folder], { cwd: scene.remote.path });
    expect(listing).not.toContain('120000');
    expect(listing).not.toContain('trap');
  });
});

describe('a status in the place of a result', () => {
  it.each([
    ['garbage', 'garbage: [\n'],
    ['a status that has not ended', 'phase: claimed\n'],
    ['binary', Buffer.from([0, 255, 1])],
    ['huge', 'x'.repeat(200_000)],
  ])('that is %s is replaced by the real one', async (_, content) => {
    const request = quickRequest();
    const id = idOf(request);
    await pushFiles(
      scene.remote,
      { [requestPath(id)]: requestText(request), [`${resultFolder(id)}/status.yaml`]: content },
      'trap',
    );
    scene.start({}, { once: true });
    expect((await scene.ended(id)).phase).toBe('succeeded');
  });

  /** Whoever can push can withhold an answer, here as by deleting the request. They cannot forge one: nothing is signed. */
  it('that claims success keeps the request from running, now and after it was removed', async () => {
    const model = await send(scene.client, quickRequest({}, { slug: 'model' }));
    await scene.start({}, { once: true }).done;
    const done = await scene.ended(model);
    const request = quickRequest({}, { slug: 'suppressed' });
    const id = idOf(request);
    const path = `${resultFolder(id)}/status.yaml`;
    const forged = formatYaml('Status', { ...done, id });
    await pushFiles(scene.remote, { [requestPath(id)]: requestText(request), [path]: forged }, 'forged');
    await scene.start({}, { once: true }).done;
    await pushFiles(scene.remote, { [path]: undefined }, 'removed');
    const processor = scene.start({}, { once: true });
    await processor.done;
    expect(await scene.readStatus(id)).toBeUndefined();
    expect(countOf(processor, 'claimed')).toBe(0);
  });
});

/** Writes a tree as it is, also one that git would never make, and commits it onto the branch or a ref. */
async function pushTree(
  entries: readonly (readonly [mode: string, name: string, oid: string])[],
  ref = 'main',
): Promise<void> {
  const options = { cwd: scene.remote.path };
  const bytes = Buffer.concat(
    entries.flatMap(([mode, name, oid]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]),
  );
  const tree = await git(['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], { ...options, stdin: bytes });
  const parent = ref === 'main' ? ['-p', 'main'] : [];
  const commit = await git(['commit-tree', ...parent, '-m', 'hostile', tree], options);
  await git(['update-ref', ref === 'main' ? 'refs/heads/main' : ref, commit], options);
}

async function blob(content: string): Promise<string> {
  return await git(['hash-object', '-w', '--stdin'], { cwd: scene.remote.path, stdin: content });
}
