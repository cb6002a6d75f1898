import { afterAll, describe, expect, it } from 'vitest';
import { createBareRemote, git, pushFiles, readTip, runGit } from '../../support/git-rig.ts';
import { startSshd } from '../../support/sshd-rig.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const sshd = await startSshd();

describe.skipIf(sshd === undefined)('git over ssh', () => {
  afterAll(async () => {
    await sshd?.close();
  });

  it('clones and pushes with the key of the test', async () => {
    await withTempFolder(async (folder) => {
      const remote = await createBareRemote({ folder });
      await pushFiles(remote, { 'a.txt': 'one\n' }, 'first');
      const options = { cwd: folder, env: sshd?.env ?? {} };
      await git(['clone', '--quiet', sshd?.url(remote.path) ?? '', 'clone'], options);
      const clone = { ...options, cwd: `${folder}/clone` };
      await git(['commit', '--quiet', '--allow-empty', '-m', 'second'], clone);
      await git(['push', '--quiet', 'origin', 'main'], clone);
      expect(await readTip(remote)).toBe(await git(['rev-parse', 'HEAD'], clone));
    });
  });

  it('lets nobody in without that key', async () => {
    await withTempFolder(async (folder) => {
      const command = `${sshd?.env['GIT_SSH_COMMAND'] ?? ''} -o IdentityFile=/dev/null -o PubkeyAuthentication=no`;
      const refused = await runGit(['ls-remote', sshd?.url(folder) ?? ''], {
        cwd: folder,
        env: { GIT_SSH_COMMAND: command },
      });
      expect(refused.exit).toBe(128);
      expect(refused.stderr).toContain('Permission denied (publickey)');
    });
  });
});
