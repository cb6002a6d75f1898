import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadClientConfig } from '../../../src/config/client-config.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const HEAD = 'apiVersion: warroom.intility.io/v1\nkind: ClientConfig\n';

let folder: TempFolder;

beforeEach(async () => {
  folder = await createTempFolder();
});

afterEach(async () => {
  await folder.close();
});

async function write(path: string, body: string): Promise<string> {
  const file = join(folder.path, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${HEAD}${body}`);
  return file;
}

function inFolder(path: string): string {
  return join(folder.path, path);
}

async function load(options: {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly flags?: { readonly repo?: string; readonly config?: string };
}): ReturnType<typeof loadClientConfig> {
  const cwd = inFolder(options.cwd ?? 'project/deep');
  await mkdir(cwd, { recursive: true });
  return loadClientConfig({ env: { HOME: inFolder('home'), ...options.env }, cwd, flags: options.flags ?? {} });
}

it('knows nothing but its folders when nothing is configured', async () => {
  expect(await load({})).toStrictEqual({
    repository: undefined,
    verification: { mode: 'pin', pinFile: undefined },
    objectStores: [],
    defaults: {},
    source: {},
    cacheDir: inFolder('home/.cache/claude-warroom'),
    configFile: inFolder('home/.config/claude-warroom/config.yaml'),
  });
});

it('takes defaults < file of the person < file of the project < environment < flags', async () => {
  const user = await write(
    'home/.config/claude-warroom/config.yaml',
    'engineer: alice@example.com\nrepository: {url: https://example.com/a.git, branch: a}\ndefaults: {cluster: a, timeout: 60}\n',
  );
  expect(await load({})).toMatchObject({
    repository: { url: 'https://example.com/a.git', branch: 'a', refNamespace: 'refs/warroom' },
    engineer: 'alice@example.com',
  });

  const project = await write(
    'project/.warroom.yaml',
    'repository: {url: https://example.com/b.git}\ndefaults: {cluster: b}\n',
  );
  expect(await load({})).toMatchObject({
    repository: { url: 'https://example.com/b.git', branch: 'main' },
    engineer: 'alice@example.com',
    defaults: { cluster: 'b', timeout: 60 },
    source: {
      'repository.url': project,
      engineer: user,
      'defaults.cluster': project,
      'defaults.timeout': user,
    },
  });

  const env = { WARROOM_REPO: 'https://example.com/c.git' };
  expect(await load({ env })).toMatchObject({
    repository: { url: 'https://example.com/c.git' },
    source: { 'repository.url': 'WARROOM_REPO' },
  });
  expect(await load({ env, flags: { repo: 'https://example.com/d.git' } })).toMatchObject({
    repository: { url: 'https://example.com/d.git' },
    source: { 'repository.url': '--repo' },
  });
});

it('forgets the branch of a repository that another file replaces', async () => {
  await write('home/.config/claude-warroom/config.yaml', 'repository: {url: https://example.com/a.git, branch: a}\n');
  await write('project/.warroom.yaml', 'repository: {url: https://example.com/b.git}\n');
  const { source } = await load({});
  expect(Object.keys(source)).toStrictEqual(['repository.url']);
});

it('takes the nearest project file', async () => {
  await write('.warroom.yaml', 'defaults: {cluster: far}\n');
  await write('project/.warroom.yaml', 'defaults: {cluster: near}\n');
  expect((await load({})).defaults).toStrictEqual({ cluster: 'near' });
  expect((await load({ cwd: 'elsewhere' })).defaults).toStrictEqual({ cluster: 'far' });
});

it('reads a named file and no other', async () => {
  await write('home/.config/claude-warroom/config.yaml', 'engineer: alice@example.com\n');
  await write('project/.warroom.yaml', 'defaults: {cluster: b}\n');
  const named = await write('other/c.yaml', 'defaults: {cluster: c}\n');
  const byFlag = await load({ flags: { config: '../../other/c.yaml' }, env: { WARROOM_CONFIG: '/nowhere' } });
  expect(byFlag).toMatchObject({ defaults: { cluster: 'c' }, configFile: named });
  expect(byFlag).not.toHaveProperty('engineer');
  expect(await load({ env: { WARROOM_CONFIG: named } })).toMatchObject({
    defaults: { cluster: 'c' },
    configFile: named,
  });
});

it('resolves relative paths from where they are written', async () => {
  await write('project/.warroom.yaml', 'repository: {url: ./wr.git}\n');
  expect((await load({})).repository?.url).toBe(inFolder('project/wr.git'));
  expect((await load({ flags: { repo: '../wr.git' } })).repository?.url).toBe(inFolder('project/wr.git'));
  expect((await load({ env: { WARROOM_REPO: 'wr.git' } })).repository?.url).toBe(inFolder('project/deep/wr.git'));
  expect((await load({ flags: { repo: 'git@example.com:a/b.git' } })).repository?.url).toBe('git@example.com:a/b.git');
});

describe('folders', () => {
  it('follow XDG when the variables are absolute', async () => {
    const env = { XDG_CONFIG_HOME: '/xdg/config', XDG_CACHE_HOME: '/xdg/cache' };
    expect(await load({ env })).toMatchObject({
      cacheDir: '/xdg/cache/claude-warroom',
      configFile: '/xdg/config/claude-warroom/config.yaml',
    });
    expect(await load({ env: { XDG_CONFIG_HOME: 'relative', XDG_CACHE_HOME: '' } })).toMatchObject({
      cacheDir: inFolder('home/.cache/claude-warroom'),
      configFile: inFolder('home/.config/claude-warroom/config.yaml'),
    });
  });

  it('are found without a home', async () => {
    expect(await load({ env: { HOME: '' } })).toMatchObject({
      cacheDir: join(tmpdir(), `claude-warroom-${String(process.getuid?.())}`),
      configFile: inFolder('project/deep/.warroom.yaml'),
    });
  });
});

describe('says what is wrong', () => {
  it('with a file that does not follow the schema, line by line', async () => {
    const file = await write('project/.warroom.yaml', 'repositry: {}\ndefaults: {engine: claud}\n');
    await expect(load({})).rejects.toMatchObject({
      code: 'invalid-file',
      message: `${file}:3:1: repositry: is not a known field (did you mean "repository"?)\n${file}:4:20: defaults.engine: "claud" is not one of auto, diagnostics, claude (did you mean "claude"?)`,
    });
  });

  it('with a branch that git refuses', async () => {
    const file = await write('project/.warroom.yaml', 'repository: {branch: a..b}\n');
    await expect(load({})).rejects.toMatchObject({
      code: 'invalid-file',
      message: `${file}:3:22: repository.branch: is not a name that git accepts`,
    });
  });

  it('with a named file that does not exist', async () => {
    await expect(load({ flags: { config: 'c.yaml' } })).rejects.toMatchObject({
      code: 'usage',
      message: `the configuration file ${inFolder('project/deep/c.yaml')} does not exist`,
      why: '--config names it',
    });
  });

  it('with a folder in place of a file', async () => {
    await mkdir(inFolder('project/.warroom.yaml'), { recursive: true });
    await expect(load({})).rejects.toMatchObject({
      code: 'invalid-file',
      message: `cannot read the configuration file ${inFolder('project/.warroom.yaml')}`,
      why: 'it is a folder',
    });
  });
});

it('remembers keys of processors for each war room, however its address is written', async () => {
  const files = await Promise.all(
    ['https://github.com/acme/warroom.git', 'git@github.com:acme/warroom', 'https://github.com/acme/other'].map(
      async (repo) => (await load({ flags: { repo } })).verification.pinFile,
    ),
  );
  expect(files[0]).toBe(files[1]);
  expect(files[0]).not.toBe(files[2]);
  expect(files[0]).toContain(inFolder('home/.config/claude-warroom/processor-keys/'));
});

it('takes paths of keys from the folder of their file, and keys as they are', async () => {
  await write(
    'home/.config/claude-warroom/config.yaml',
    'signingKey: id.pub\nverification: {mode: strict, bundle: keys}\n',
  );
  expect(await load({})).toMatchObject({
    signingKey: inFolder('home/.config/claude-warroom/id.pub'),
    verification: { mode: 'strict', bundle: inFolder('home/.config/claude-warroom/keys') },
  });
  await write('home/.config/claude-warroom/config.yaml', 'signingKey: "ssh-ed25519 AAAA"\n');
  expect((await load({})).signingKey).toBe('ssh-ed25519 AAAA');
});

it('lets no project decide which results are believed', async () => {
  await write('project/.warroom.yaml', 'verification: {mode: pin}\n');
  await expect(load({ cwd: 'project' })).rejects.toMatchObject({
    code: 'invalid-file',
    why: 'it decides which results you believe',
    hint: 'put it into your own configuration file',
  });
});
