import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCliHome, runCli, startCli } from '../../support/cli.ts';

describe('command line of a test', () => {
  it('runs with a home, an identity and an environment of its own', async () => {
    const home = await createCliHome({ name: 'Alice', email: 'alice@example.com' });
    try {
      const result = await runCli(['--version'], { home });
      expect(result).toMatchObject({ exit: 0, stderr: '' });
      expect(result.stdout).toMatch(/^\d+\.\d+\.\d+/u);
      expect(home.env).not.toHaveProperty('CI');
      expect(home.env['HOME']).toBe(home.path);
    } finally {
      await home.close();
    }
    expect(existsSync(home.path)).toBe(false);
  });

  it('hands over exit code and stderr', async () => {
    const result = await runCli(['no-such-command']);
    expect(result.exit).toBe(2);
    expect(result.stderr).toContain('no-such-command');
  });

  it('leaves nothing behind when it is closed early', async () => {
    const home = await createCliHome();
    const running = startCli(['--help'], { home });
    await running.close();
    expect(() => process.kill(-running.pid, 0)).toThrow('ESRCH');
    await home.close();
  });
});
