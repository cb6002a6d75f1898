import { createSocket } from 'node:dgram';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRequest } from '../../../src/client/find-request.ts';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import type { Manifest, Report } from '../../../src/schema/generated.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { runInProcess } from '../../support/cli-context.ts';
import { readFileAt } from '../../support/git-rig.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { newRequest, processorConfigText, send } from '../../support/processor-rig.ts';
import { countOf, createScene, cycles, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { createGate, writePlaybook, type Gate } from '../../support/site-playbook.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { systemClock } from '../../../src/lib/clock.ts';

const FULL = { publish: 'full', hold: false, allowPublicRemote: false } as const;

let scene: ProcessorScene;
let gate: Gate;
let stateDir: string;
let config: string;

beforeEach(async () => {
  scene = await createScene();
  gate = await createGate(scene.folder);
  await writePlaybook(scene.folder, 'gated', gate.argv);
  stateDir = join(scene.folder, 'processor-a');
  config = join(scene.folder, 'processor.yaml');
  await writeFile(config, processorConfigText({ url: scene.remote.url, stateDir }));
});

afterEach(async () => {
  await gate.open();
  await scene.close();
});

/** A command line of the administrator in the zone, with a clock that really waits. */
async function admin(...argv: readonly string[]): ReturnType<typeof runInProcess> {
  const clock = new FakeClock(new Date());
  clock.sleep = async (ms, signal) => {
    await systemClock.sleep(ms, signal);
  };
  return await runInProcess(['admin', ...argv, '-c', config], {
    warRoom: new MemoryWarRoom(),
    clock,
    env: { PATH: process.env['PATH'] ?? '', SUDO_USER: 'carol' },
  });
}

async function published(id: RequestId, file: string): Promise<string | undefined> {
  return await readFileAt(scene.remote, `${resultFolder(id)}/${file}`);
}

describe('what leaves the zone', () => {
  it('is the report without evidence and quotes, when the cluster says report', async () => {
    const id = await send(scene.client, newRequest());
    await scene.start({ disclosure: { ...FULL, publish: 'report' } }, { once: true }).done;
    const manifest = JSON.parse((await published(id, 'manifest.json')) ?? '') as Manifest;
    expect(manifest.disclosure).toBe('report');
    expect(manifest.files.map(({ path }) => path).filter((path) => path.startsWith('evidence/'))).toEqual([]);
    const report = JSON.parse((await published(id, 'report.json')) ?? '') as Report;
    const quotes = report.findings.flatMap(({ citations }) => citations.map(({ quote }) => quote));
    expect(new Set(quotes)).toEqual(new Set(['[kept in the secure zone]']));
    expect(await published(id, 'README.md')).toContain('Evidence stays in the secure zone');
    for (const { path, sha256: digest } of manifest.kept ?? []) {
      expect(sha256(await readFile(join(stateDir, 'kept', id, path), 'utf8')), path).toBe(digest);
    }
    expect(manifest.kept?.some(({ path }) => path.startsWith('evidence/E001'))).toBe(true);
  });

  it('is the bottom line alone, when the cluster says summary', async () => {
    const id = await send(scene.client, newRequest());
    await scene.start({ disclosure: { ...FULL, publish: 'summary' } }, { once: true }).done;
    const manifest = JSON.parse((await published(id, 'manifest.json')) ?? '') as Manifest;
    expect(manifest.files.map(({ path }) => path)).toEqual(['README.md', 'status.yaml']);
    const status = await scene.readStatus(id);
    expect(status).toMatchObject({ phase: 'succeeded', bottomLine: expect.any(String) as unknown });
    expect(await published(id, 'README.md')).toContain('stay in the secure zone of this-host');
    expect(await readdir(join(stateDir, 'kept', id))).toEqual(expect.arrayContaining(['report.json', 'evidence']));
  });
});

describe('a held result', () => {
  it('waits, says so, survives a restart, and leaves when it is released, with the name of who let it', async () => {
    const held = { disclosure: { ...FULL, hold: true } };
    const first = scene.start(held);
    const id = await send(scene.client, quickRequest());
    await waitUntil(() => countOf(first, 'held') === 1, { what: 'the result to be held' });
    const progress = async (): Promise<string | undefined> => {
      const principal = (): Promise<undefined> => Promise.resolve(undefined);
      const { view } = await findRequest(scene.client, { selector: id, now: new Date(), principal });
      return view.progress?.message;
    };
    const says = 'held for release by the administrator of this-host';
    await waitUntil(async () => (await progress()) === says, { what: 'the claim to say so' });
    await first.stop();
    const second = scene.start(held);
    await cycles(second, 3);
    expect((await admin('held', '--json')).stdout).toContain(id);
    const shown = await admin('show-held', id);
    expect(shown.stdout).toContain(`+++ b/${resultFolder(id)}/README.md`);
    expect(shown.stdout).toMatch(/\d+ redactions/u);
    expect(await published(id, 'manifest.json')).toBeUndefined();

    expect(await admin('release', id, '--reason', 'nothing confidential')).toMatchObject({ exit: 0 });
    expect(await scene.ended(id)).toMatchObject({ phase: 'succeeded', attempt: 1 });
    const manifest = JSON.parse((await published(id, 'manifest.json')) ?? '') as Manifest;
    expect(manifest.released).toMatchObject({
      by: expect.stringMatching(/^carol@/u) as unknown,
      reason: 'nothing confidential',
    });
    expect(countOf(second, 'claimed')).toBe(0);
    expect(await admin('release', id, '--reason', 'again')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining(`${id} is not held here`) as unknown,
    });
    expect((await admin('audit')).stdout).toContain('"event":"released"');
  });

  it('never leaves when it is discarded; the record says why', async () => {
    const processor = scene.start({ disclosure: { ...FULL, hold: true } });
    const id = await send(scene.client, quickRequest());
    await waitUntil(() => countOf(processor, 'held') === 1, { what: 'the result to be held' });
    expect(await admin('discard', id, '--reason', 'it names a customer')).toMatchObject({ exit: 0 });
    const status = await scene.ended(id);
    expect(status).toMatchObject({ phase: 'failed', reason: { code: 'withheld' } });
    expect(status.reason?.message).toContain('it names a customer (carol@');
    expect(await published(id, 'report.json')).toBeUndefined();
    expect(await readdir(join(stateDir, 'kept', id))).toContain('report.json');
  });
});

describe('what runs', () => {
  it('is shown command by command and can be stopped with partial results', async () => {
    const processor = scene.start();
    const id = await send(scene.client, quickRequest({}, { strategy: 'gated' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the command' });
    const shows = async (): Promise<boolean> => (await admin('watch', '--once')).stdout.includes(`▸ ${gate.argv[0]}`);
    await waitUntil(shows, { what: 'the board to show the command' });
    const { rows } = JSON.parse((await admin('watch', '--once', '--json')).stdout) as { rows: unknown[] };
    expect(rows).toMatchObject([{ id, attempt: 1, phase: 'collecting' }]);

    expect(await admin('kill', id, '--reason', 'it loads the disk')).toMatchObject({ exit: 0 });
    const status = await scene.ended(id);
    expect(status).toMatchObject({ phase: 'cancelled', reason: { code: 'stopped-by-administrator' } });
    expect(status.reason?.message).toMatch(/it loads the disk \(carol@/u);
    expect(await readdir(join(stateDir, 'partial', id))).toContain('report.json');
    expect(await admin('kill', id, '--reason', 'again')).toMatchObject({ exit: 1 });
    await processor.stop();
    expect(await admin('watch', '--once')).toMatchObject({ exit: 1, stdout: 'no processor runs here\n' });
    expect(await admin('kill', '--all', '--reason', 'x')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('no processor runs here') as unknown,
    });
  });
});

describe('the audit log', () => {
  it('tells who asked what and which commands ran, to a receiver too, and shows where it was changed', async () => {
    const received: string[] = [];
    const receiver = createSocket('udp4');
    receiver.on('message', (message) => received.push(message.toString('utf8')));
    await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
    try {
      const file = join(stateDir, 'audit.jsonl');
      const syslog = `udp://127.0.0.1:${receiver.address().port}`;
      await send(scene.client, quickRequest({}, { engineer: 'alice@example.com' }));
      await scene.start({ audit: { file, syslog } }, { once: true }).done;
      await waitUntil(() => received.some((text) => text.includes('"event":"published"')), { what: 'the receiver' });
      expect(received.every((text) => text.startsWith('<109>1 '))).toBe(true);
      const lines = (await admin('audit')).stdout;
      expect(lines).toContain('"requester":"alice@example.com"');
      expect(lines).toMatch(/"event":"command".*"argv":\["true"\].*"exit":0/u);
      expect(await admin('audit', '--verify', file)).toMatchObject({ exit: 0 });
      expect((await admin('audit', '--format', 'syslog')).stdout).toMatch(/^<109>1 .* started - \{/u);

      await writeFile(file, (await readFile(file, 'utf8')).replace('alice@example.com', 'mallory@x.com'));
      const broken = await admin('audit', '--verify', file);
      expect(broken).toMatchObject({
        exit: 1,
        stderr: expect.stringMatching(/audit\.jsonl:\d+: it does not fit/u) as unknown,
      });
      await expect(scene.start({}, { once: true }).done).rejects.toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining('the audit log is damaged') as unknown,
      });
    } finally {
      receiver.close();
    }
  });

  it('goes on after a torn line, and does not care whether a receiver answers', async () => {
    await mkdir(stateDir, { recursive: true });
    await scene.start({}, { once: true }).done;
    const file = join(stateDir, 'audit.jsonl');
    await appendFile(file, '{"seq":99,"torn');
    const processor = scene.start({ audit: { file, syslog: 'tcp://127.0.0.1:1' } }, { once: true });
    await processor.done;
    expect(await admin('audit', '--verify', file)).toMatchObject({ exit: 0 });
    await waitUntil(() => processor.events.some((e) => e.type === 'warning' && e.code === 'audit-export'), {
      what: 'the warning about the receiver',
    });
  });
});
