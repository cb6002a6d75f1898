import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { appendFile, mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_ARGV, createCliHome, type CliHome } from '../support/cli.ts';
import { processorConfigText, send } from '../support/processor-rig.ts';
import { createScene, quickRequest, type ProcessorScene } from '../support/processor-scene.ts';
import { killTree } from '../support/process-tree.ts';
import { createGate, writePlaybook, type Gate } from '../support/site-playbook.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A volume that is full for real: a small tmpfs that only the processor sees, filled through its own view of it. */

const MIB = 1024 * 1024;
const MOUNT = 'mount -t tmpfs -o size=120m,mode=700 tmpfs "$0" && exec "$@"';

const canMount = await promisify(execFile)('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).then(
  () => true,
  () => false,
);
if (!canMount) printSkipReason('a full volume: no file system can be mounted here (unshare -rm)');

describe.skipIf(!canMount)('a volume that is full', () => {
  let scene: ProcessorScene;
  let home: CliHome;
  let gate: Gate;
  let processor: ChildProcess;
  let log = '';

  beforeEach(async () => {
    scene = await createScene();
    home = await createCliHome();
    gate = await createGate(scene.folder);
    const playbookDir = await writePlaybook(scene.folder, 'gated', gate.argv);
    const stateDir = join(scene.folder, 'volume');
    await mkdir(stateDir);
    const file = join(scene.folder, 'processor.yaml');
    // What is audited lies elsewhere, as it should: without it nothing may run at all.
    const change = { playbookDir, audit: { file: join(scene.folder, 'audit.jsonl') } };
    await writeFile(file, processorConfigText({ url: scene.remote.url, stateDir, change }));
    const [node = '', ...script] = CLI_ARGV;
    const argv = ['-rm', 'sh', '-c', MOUNT, stateDir, node, ...script, 'processor', 'run', '-c', file, '--log', 'json'];
    processor = spawn('unshare', argv, {
      cwd: scene.folder,
      env: home.env,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    log = '';
    processor.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text));
    await logged(/"event":"synced"/u);
  });

  afterEach(async () => {
    if (processor.pid !== undefined) await killTree(processor.pid);
    await gate.open();
    await scene.close();
    await home.close();
  });

  async function logged(pattern: RegExp): Promise<void> {
    await waitUntil(() => pattern.test(log), { what: `${String(pattern)} in the log`, timeoutMs: 25_000 });
  }

  /** The volume as the processor sees it. */
  function volume(): string {
    return `/proc/${String(processor.pid)}/root${join(scene.folder, 'volume')}`;
  }

  async function fill(leftBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(volume());
    const bytes = Buffer.alloc(Math.max(0, bavail * bsize - leftBytes));
    await appendFile(join(volume(), 'filler'), bytes).catch(() => undefined);
  }

  it('begins nothing, keeps what it has found, and goes on when there is room', async () => {
    await fill(20 * MIB);
    await logged(/"event":"disk-full","message":"the state folder has \d+ MiB left, and 64 are needed/u);
    const id = await send(scene.client, quickRequest({}, { strategy: 'gated' }));
    const looks = log.split('"event":"synced"').length;
    await waitUntil(() => log.split('"event":"synced"').length > looks + 2, {
      what: 'two more looks',
      timeoutMs: 40_000,
    });
    expect([await gate.starts(), log.includes('"event":"claimed"')]).toEqual([0, false]);

    await rm(join(volume(), 'filler'));
    await logged(/"event":"room-found"/u);
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start', timeoutMs: 25_000 });
    await fill(0);
    await gate.open();
    await waitUntil(
      async () => {
        // What git tidies away is no room for a result.
        await fill(0);
        return log.includes('its result cannot be stored, the disk is full');
      },
      { what: 'a result that cannot be stored', timeoutMs: 25_000 },
    );
    expect(await scene.readStatus(id)).not.toMatchObject({ phase: 'succeeded' });

    await rm(join(volume(), 'filler'));
    const status = await scene.ended(id);
    expect(status).toMatchObject({ phase: 'succeeded', attempt: 1 });
    expect(await gate.starts()).toBe(1);
  });
});
