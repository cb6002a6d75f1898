import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_ARGV, createCliHome, runCli, type CliHome } from '../support/cli.ts';
import { processorConfigText } from '../support/processor-rig.ts';
import { createScene, quickRequest, type ProcessorScene } from '../support/processor-scene.ts';
import { canOpenTerminal, KEYS, openTerminal, type Terminal } from '../support/pty.ts';
import { createGate, writePlaybook, type Gate } from '../support/site-playbook.ts';
import { waitUntil } from '../support/wait-until.ts';

let scene: ProcessorScene;
let gate: Gate;
let home: CliHome;
let config: string;
let terminal: Terminal | undefined;

beforeEach(async () => {
  scene = await createScene();
  gate = await createGate(scene.folder);
  await writePlaybook(scene.folder, 'gated', gate.argv);
  home = await createCliHome();
  config = join(home.path, 'processor.yaml');
  await writeFile(config, processorConfigText({ url: scene.remote.url, stateDir: join(scene.folder, 'processor-a') }));
});

afterEach(async () => {
  await terminal?.close();
  await gate.open();
  await scene.close();
  await home.close();
});

describe.runIf(await canOpenTerminal())('admin watch in a terminal', () => {
  it('shows what runs, stops it when a reason is given, and leaves the terminal as it was', async () => {
    scene.start();
    const id = await scene.send(quickRequest({}, { strategy: 'gated' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the command' });
    const watch = [...CLI_ARGV, 'admin', 'watch', '-c', config].map((word) => `'${word}'`).join(' ');
    const opened = openTerminal(['/bin/sh', '-c', `${watch}; echo "ended with $?"; stty -a`], {
      cwd: home.path,
      env: { ...home.env, SUDO_USER: 'carol' },
    });
    terminal = opened;
    await opened.waitFor(new RegExp(`1 {2}${id}`, 'u'));
    await opened.waitFor(/▸ \S*gate\.sh/u);

    opened.send('k');
    await opened.waitFor(/Why is \S+ stopped\?/u);
    opened.send(KEYS.interrupt);
    await opened.waitFor(/k: stop it/u);
    expect(await scene.readStatus(id)).not.toMatchObject({ phase: 'cancelled' });

    opened.send('1k');
    await opened.waitFor(/Why is \S+ stopped\?/u);
    opened.send(`it loads the disk${KEYS.enter}`);
    await opened.waitFor(new RegExp(`stopped ${id}`, 'u'));
    const status = await scene.ended(id);
    expect(status).toMatchObject({ phase: 'cancelled', reason: { code: 'stopped-by-administrator' } });
    expect(status.reason?.message).toMatch(/it loads the disk \(carol@/u);
    await opened.waitFor(/nothing runs/u);

    opened.send('q');
    await opened.waitFor(/ended with 0/u);
    expect(await opened.exit).toBe(0);
    const { raw, text } = opened.screen();
    const before = raw.slice(0, raw.lastIndexOf('ended with'));
    const [, after = ''] = text.split('ended with');
    expect(before.split('\u001b[?1049h')).toHaveLength(2);
    expect(before.trimEnd()).toMatch(/\u001b\[\?25h\u001b\[\?1049l$/u);
    expect(after).toMatch(/(?<!-)\bicanon\b/u);
    expect(after).toMatch(/(?<!-)\becho\b/u);
  });
});

describe('admin watch on a pipe', () => {
  it('says once what runs and ends; without a processor it ends with 1', async () => {
    expect(await runCli(['admin', 'watch', '-c', config], { home })).toMatchObject({
      exit: 1,
      stdout: 'no processor runs here\n',
    });
    scene.start();
    await scene.send(quickRequest({}, { strategy: 'gated' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the command' });
    const { exit, stdout } = await waitUntil(
      async () => {
        const ran = await runCli(['admin', 'watch', '-c', config], { home });
        return ran.stdout.includes('▸') ? ran : undefined;
      },
      { what: 'the command on the board' },
    );
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^this-host\/processor-a claude-warroom \S+ pid \d+\n/u);
    expect(stdout).not.toContain('\u001b');
  });
});
