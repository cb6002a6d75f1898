import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/config/read-config-file.ts';
import { saveClientConfig } from '../../../src/config/save-client-config.ts';
import type { ClientConfig } from '../../../src/schema/generated.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const CONFIG: ClientConfig = {
  apiVersion: 'warroom.intility.io/v1',
  kind: 'ClientConfig',
  repository: { url: '/srv/warroom.git', branch: 'main' },
  defaults: { cluster: 'web-1' },
};

describe('saveClientConfig', () => {
  it('writes what can be read again, for its owner only', async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, 'deep', 'config.yaml');
      await saveClientConfig(file, CONFIG);
      expect(await readConfigFile('ClientConfig', file)).toEqual(CONFIG);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=/u);
      expect(await readdir(join(folder, 'deep'))).toEqual(['config.yaml']);
    });
  });

  it('replaces a file that others could read', async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, 'config.yaml');
      await writeFile(file, 'old', { mode: 0o644 });
      await saveClientConfig(file, CONFIG);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    });
  });

  it('says which file cannot be written', async () => {
    await withTempFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      const file = join(folder, 'file', 'config.yaml');
      await expect(saveClientConfig(file, CONFIG)).rejects.toThrow(`cannot write the configuration file ${file}`);
    });
  });
});
