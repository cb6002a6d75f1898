import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { prepareClaude } from '../../../src/session/prepare-claude.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

it('sets claude up so that it begins with its prompt and asks before it runs anything', async () => {
  await withTempFolder(async (folder) => {
    const state = join(folder, 'claude');
    await prepareClaude(state, '/session');
    const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(state, name), 'utf8'));
    expect(await read('.claude.json')).toEqual({
      ...{ hasCompletedOnboarding: true, projects: { '/session': { hasTrustDialogAccepted: true } } },
    });
    expect(await read('settings.json')).toEqual({
      permissions: { defaultMode: 'default', disableAutoMode: 'disable', disableBypassPermissionsMode: 'disable' },
    });
    expect((await stat(join(state, '.claude.json'))).mode & 0o777).toBe(0o600);
  });
});

it('leaves alone what is there', async () => {
  await withTempFolder(async (folder) => {
    await writeFile(join(folder, 'settings.json'), '{"theme":"dark"}');
    await prepareClaude(folder, '/session');
    await prepareClaude(folder, '/elsewhere');
    expect(await readFile(join(folder, 'settings.json'), 'utf8')).toBe('{"theme":"dark"}');
    expect(await readFile(join(folder, '.claude.json'), 'utf8')).toContain('"/session"');
  });
});

it('says what it cannot write', async () => {
  await withTempFolder(async (folder) => {
    await writeFile(join(folder, 'claude'), 'a file');
    await expect(prepareClaude(join(folder, 'claude'), '/session')).rejects.toThrow('EEXIST');
  });
});
