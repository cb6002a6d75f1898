import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createBareRemote,
  git,
  listRefs,
  protectMain,
  pushFiles,
  readFileAt,
  readTip,
  runGit,
  type BareRemote,
} from '../../support/git-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

describe('bare remote', () => {
  let folder: TempFolder;
  let remote: BareRemote;

  beforeEach(async () => {
    folder = await createTempFolder();
    remote = await createBareRemote({ folder: folder.path });
  });

  afterEach(async () => {
    await folder.close();
  });

  it('starts empty, with main as its branch', async () => {
    expect(await readTip(remote)).toBeUndefined();
    expect(await git(['symbolic-ref', 'HEAD'], { cwd: remote.path })).toBe('refs/heads/main');
  });

  it('takes files, modes and deletions from another writer', async () => {
    await pushFiles(remote, { 'a.txt': 'one\n', 'b/c.txt': 'two\n' }, 'first');
    const link = { mode: '120000', content: '/etc/passwd' };
    const tip = await pushFiles(remote, { 'a.txt': undefined, 'öl.txt': 'drei', link }, 'second');
    expect(await readTip(remote)).toBe(tip);
    expect(await readFileAt(remote, 'a.txt')).toBeUndefined();
    expect(await readFileAt(remote, 'öl.txt')).toBe('drei');
    expect(await git(['ls-tree', 'main', 'link'], { cwd: remote.path })).toMatch(/^120000 blob /u);
    expect(await git(['rev-list', '--count', 'main'], { cwd: remote.path })).toBe('2');
  });

  it('loses no commit of writers that come at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `file-${index}`);
    await Promise.all(names.map((name) => pushFiles(remote, { [name]: name }, name)));
    expect((await git(['ls-tree', '--name-only', 'main'], { cwd: remote.path })).split('\n')).toEqual(names);
  });

  it('is cloned and pushed to over file, without blobs when asked', async () => {
    await pushFiles(remote, { 'a.txt': 'one\n' }, 'first');
    const clone = `${folder.path}/clone`;
    await git(['clone', '--quiet', '--bare', '--depth', '1', '--filter=blob:none', remote.url, clone], {
      cwd: folder.path,
    });
    const missing = await git(['rev-list', '--objects', '--missing=print', 'main'], { cwd: clone });
    expect(missing).toMatch(/^\?/mu);
    await git(['push', '--quiet', 'origin', 'main:refs/warroom/claims/c/one'], { cwd: clone });
    expect([...(await listRefs(remote, 'refs/warroom/')).keys()]).toEqual(['refs/warroom/claims/c/one']);
  });

  it('refuses pushes to a protected main in the words of a forge, and takes other refs', async () => {
    await pushFiles(remote, { 'a.txt': 'one\n' }, 'first');
    await protectMain(remote);
    const clone = `${folder.path}/clone`;
    await git(['clone', '--quiet', remote.url, clone], { cwd: folder.path });
    await git(['commit', '--quiet', '--allow-empty', '-m', 'second'], { cwd: clone });
    const refused = await runGit(['push', 'origin', 'main'], { cwd: clone });
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toContain('GH006: Protected branch update failed for refs/heads/main');
    await git(['push', '--quiet', 'origin', 'main:refs/warroom/inbox/one'], { cwd: clone });
  });
});
