import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelPath, inboxRef, requestPath, resultFolder } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import type { Status, TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { createCliHome, startCli, type CliHome, type RunningCli } from '../../support/cli.ts';
import { createGitHttpServer, isPush, type GitHttpServer } from '../../support/git-http-server.ts';
import { git, listRefs, pushFiles, readFileAt } from '../../support/git-rig.ts';
import { processorConfigText, send, type RunningProcessor } from '../../support/processor-rig.ts';
import {
  countOf,
  createScene,
  idOf,
  quickRequest,
  requestText,
  type ProcessorScene,
} from '../../support/processor-scene.ts';
import { createGate, writePlaybook, type Gate } from '../../support/site-playbook.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** A lease that no busy machine loses by itself; with this progress nothing is pushed while a command runs. */
const LONG = { lease: { seconds: 60, renewSeconds: 20 }, progressSeconds: 30 };
const SHORT = { lease: { seconds: 3, renewSeconds: 0.5 }, progressSeconds: 0.2 };

let scene: ProcessorScene;
let server: GitHttpServer;
let gate: Gate;
let home: CliHome;
const programs: RunningCli[] = [];

beforeEach(async () => {
  scene = await createScene();
  home = await createCliHome();
  server = await createGitHttpServer({ root: dirname(scene.remote.path) });
  gate = await createGate(scene.folder);
  await writePlaybook(scene.folder, 'held', gate.argv);
});

afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.signal('SIGCONT');
    await program.close();
  }
  await scene.close();
  await server.close();
  await home.close();
});

/** A processor in this process that pushes nothing while a command runs. */
function start(
  change: Parameters<ProcessorScene['start']>[0] = {},
  options: Parameters<ProcessorScene['start']>[1] = {},
): RunningProcessor {
  return scene.start({ ...LONG, ...change }, options);
}

/** The real program, as a service manager runs it. */
async function startProgram(change: typeof LONG): Promise<RunningCli> {
  const file = join(scene.folder, 'program.yaml');
  const stateDir = join(scene.folder, 'program');
  const more = { ...change, holder: 'program', playbookDir: scene.playbookDir };
  await writeFile(file, processorConfigText({ url: scene.remote.url, stateDir, change: more }));
  const program = startCli(['processor', 'run', '--log', 'json', '-c', file], { home });
  programs.push(program);
  return program;
}

function heldRequest(options: Parameters<typeof quickRequest>[1] = {}): TroubleshootingRequest {
  return quickRequest({}, { strategy: 'held', ...options });
}

async function begun(count = 1): Promise<void> {
  await waitUntil(async () => (await gate.starts()) === count, { what: `start ${count}`, timeoutMs: 30_000 });
}

/** How often a result of the request was put on the branch. */
async function resultsOf(id: RequestId): Promise<number> {
  const log = await git(['log', '--format=%s', 'main'], { cwd: scene.remote.path });
  return log.split('\n').filter((subject) => subject === `result ${id}`).length;
}

async function claims(): Promise<readonly string[]> {
  return [...(await listRefs(scene.remote, 'refs/warroom/claims')).keys()];
}

function resultsIn(status: Status): readonly string[] {
  return status.attempts.map(({ holder, result }) => `${holder} ${result}`);
}

describe('a processor that is frozen', () => {
  it('is replaced after its lease, and publishes nothing when it wakes up', async () => {
    const frozen = await startProgram(SHORT);
    const id = await send(scene.client, heldRequest());
    await begun();
    frozen.signal('SIGSTOP');
    const other = start({}, { holder: 'other' });
    await begun(2);
    await gate.open();
    const status = await scene.ended(id);
    expect(resultsIn(status)).toEqual(['program interrupted', 'other succeeded']);
    expect(status.processor.holder).toBe('other');
    expect(other.events.find(({ type }) => type === 'claimed')).toMatchObject({ isTakeOver: true, attempt: 2 });

    frozen.signal('SIGCONT');
    await frozen.waitFor(/"event":"fenced"/u);
    await other.stop();
    // Awake again, it does its work as before, and leaves what is done.
    const next = await send(scene.client, heldRequest({ slug: 'next' }));
    expect((await scene.ended(next)).processor.holder).toBe('program');
    expect(await scene.readStatus(id)).toEqual(status);
    expect([await resultsOf(id), await resultsOf(next), await gate.starts()]).toEqual([1, 1, 3]);
    expect(await claims()).toEqual([]);
  });
});

describe('a processor that is told to stop', () => {
  it('finishes what runs after the first signal and takes nothing new', async () => {
    const program = await startProgram(LONG);
    const id = await send(scene.client, heldRequest());
    await begun();
    program.signal('SIGTERM');
    await program.waitFor(/"event":"stopping","running":1/u);
    const later = await send(scene.client, heldRequest({ slug: 'later' }));
    await gate.open();
    const { exit, stderr } = await program.result(30_000);
    expect(exit, stderr).toBe(0);
    expect((await scene.readStatus(id))?.phase).toBe('succeeded');
    expect(await scene.readStatus(later)).toBeUndefined();
    expect([...(await listRefs(scene.remote, 'refs/warroom')).keys()]).toEqual([]);
  });

  it('hands back what runs after the second signal, and the next start takes it at once', async () => {
    const program = await startProgram(LONG);
    const id = await send(scene.client, heldRequest());
    await begun();
    program.signal('SIGTERM');
    await program.waitFor(/"event":"stopping"/u);
    // What comes within 200 ms is taken for the echo of a terminal.
    const asked = performance.now();
    await waitUntil(() => performance.now() - asked > 300, { what: 'the end of the echo' });
    program.signal('SIGTERM');
    const { stdout } = await program.result(20_000);
    expect(stdout).toContain('"event":"handed-back"');
    expect([...(await listRefs(scene.remote, 'refs/warroom')).keys()]).toEqual([]);
    await gate.open();
    start({}, { holder: 'other', once: true });
    // What was handed back does not count as an attempt.
    expect(resultsIn(await scene.ended(id))).toEqual(['other succeeded']);
    expect(await gate.starts()).toBe(2);
  });
});

describe('a request that is cancelled while it runs', () => {
  it.each(['branch', 'inbox'])('ends with its command stopped, by a file in the %s', async (where) => {
    const processor = start();
    const id = await send(scene.client, heldRequest());
    await begun();
    const ref = where === 'inbox' ? { ref: inboxRef('refs/warroom', id, 'cancel') } : {};
    const cancel = 'apiVersion: warroom.intility.io/v1\nkind: Cancel\n';
    await pushFiles(scene.remote, { [cancelPath(id)]: cancel }, 'cancel', ref);
    const status = await scene.ended(id);
    expect(status).toMatchObject({ phase: 'cancelled', reason: { code: 'cancelled' }, attempt: 1 });
    expect(resultsIn(status)).toEqual(['processor-a cancelled']);
    expect(await claims()).toEqual([]);
    await processor.stop();
    expect(await readFileAt(scene.remote, `${resultFolder(id)}/report.json`)).toBeUndefined();
  });
});

describe('a clock that is wrong', () => {
  it('is forgiven for three minutes and not for ten', async () => {
    await gate.open();
    const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
    const soon = await send(scene.client, heldRequest({ at: minutes(3) }));
    const late = await send(scene.client, heldRequest({ at: minutes(10) }));
    start({}, { once: true });
    expect((await scene.ended(soon)).phase).toBe('succeeded');
    expect(await scene.ended(late)).toMatchObject({ phase: 'rejected', reason: { code: 'clock-skew' } });
    expect(await gate.starts()).toBe(1);
  });
});

describe('a result on its way', () => {
  it('waits for the remote, and is published once when that is back', async () => {
    const processor = start();
    const id = await send(scene.client, heldRequest());
    await begun();
    const away = `${scene.remote.path}.away`;
    await rename(scene.remote.path, away);
    await gate.open();
    await waitUntil(
      () => processor.events.find((event) => event.type === 'warning' && event.message.includes('publish')),
      {
        what: 'a publication that fails',
      },
    );
    await waitUntil(() => countOf(processor, 'sync-failed') > 0, { what: 'a look that fails' });
    await rename(away, scene.remote.path);
    expect(resultsIn(await scene.ended(id))).toEqual(['processor-a succeeded']);
    await processor.stop();
    expect([await resultsOf(id), await gate.starts(), countOf(processor, 'published')]).toEqual([1, 1, 1]);
    expect(await claims()).toEqual([]);
  });

  it('survives a restart in the meantime, and nothing runs again', async () => {
    const processor = start();
    const id = await send(scene.client, heldRequest());
    await begun();
    const away = `${scene.remote.path}.away`;
    await rename(scene.remote.path, away);
    await gate.open();
    await waitUntil(
      () => processor.events.find((event) => event.type === 'warning' && event.message.includes('publish')),
      {
        what: 'a publication that fails',
      },
    );
    await processor.abort();
    await rename(away, scene.remote.path);
    const restarted = start({}, { once: true });
    await restarted.done;
    expect((await scene.ended(id)).phase).toBe('succeeded');
    expect([await resultsOf(id), await gate.starts(), countOf(restarted, 'claimed')]).toEqual([1, 1, 0]);
  });

  it.each([
    ['and the remote can be asked', 0],
    ['and the remote is gone for a while', 3],
  ])('is published once when the answer to the push is lost %s', async (_, refused) => {
    const processor = start({}, { url: server.url('warroom.git') });
    const id = await send(scene.client, heldRequest());
    await begun();
    // The claim and the first status have been pushed; with this lease nothing else is before the result.
    server.inject({ kind: 'cut-after' }, { matching: isPush });
    const isCut = (): boolean => server.requests.some((request) => isPush(request) && request.status === undefined);
    const matching = ({ path }: { readonly path: string }): boolean => path.includes('upload-pack') && isCut();
    if (refused > 0) server.inject({ kind: 'status', status: 503 }, { matching, times: refused });
    server.forget();
    await gate.open();
    expect((await scene.ended(id)).phase).toBe('succeeded');
    await waitUntil(() => countOf(processor, 'published') > 0, { what: 'the end of the outbox' });
    await processor.stop();
    expect([await resultsOf(id), countOf(processor, 'published'), countOf(processor, 'fenced')]).toEqual([1, 1, 0]);
    expect(await claims()).toEqual([]);
  });
});

describe('a claim that is won', () => {
  it.each([
    ['the look after it', 'branch', 'claimed'],
    ['putting an inbox request on the branch', 'inbox', 'admitted'],
  ] as const)('is taken up again, as the same attempt, when %s fails', async (_, where, moment) => {
    await gate.open();
    const request = heldRequest();
    const id = idOf(request);
    const ref = where === 'inbox' ? { ref: inboxRef('refs/warroom', id, 'request') } : {};
    await pushFiles(scene.remote, { [requestPath(id)]: requestText(request) }, 'request', ref);
    const heard: RunningProcessor[] = [];
    const matching = (): boolean => heard.some(({ events }) => events.some(({ type }) => type === moment));
    server.inject({ kind: 'status', status: 503 }, { matching, times: 6 });
    const processor = start({}, { url: server.url('warroom.git') });
    heard.push(processor);
    expect(resultsIn(await scene.ended(id))).toEqual(['processor-a succeeded']);
    expect([await gate.starts(), await resultsOf(id), countOf(processor, 'claimed')]).toEqual([1, 1, 2]);
    await waitUntil(() => countOf(processor, 'published') > 0, { what: 'the end of the outbox' });
    expect(await claims()).toEqual([]);
  });

  it('is given up when the remote does not answer its renewal in time', async () => {
    const lease = { seconds: 2, renewSeconds: 0.5 };
    const processor = start({ lease, progressSeconds: 0.3 }, { url: server.url('warroom.git') });
    const id = await send(scene.client, heldRequest());
    await begun();
    let letGo = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    server.inject({ kind: 'hold', until }, { matching: isPush });
    await waitUntil(() => countOf(processor, 'fenced') > 0, { what: 'the end of the work', timeoutMs: 10_000 });
    letGo();
    await begun(2);
    await gate.open();
    expect((await scene.ended(id)).phase).toBe('succeeded');
    expect(await resultsOf(id)).toBe(1);
  });
});
