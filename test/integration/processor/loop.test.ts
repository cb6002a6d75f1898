import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelPath, requestDayFolder, requestPath, resultFolder } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import type { Manifest, Report, Status } from '../../../src/schema/generated.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import {
  createBareRemote,
  git,
  listRefs,
  protectMain,
  pushFiles,
  readFileAt,
  type BareRemote,
} from '../../support/git-rig.ts';
import {
  newRequest,
  processorSettings,
  send,
  startProcessor,
  type RunningProcessor,
} from '../../support/processor-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { openTestWarRoom } from '../../support/war-room-rig.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';

let temp: TempFolder;
let remote: BareRemote;
let client: WarRoom;
const processors: RunningProcessor[] = [];

beforeEach(async () => {
  temp = await createTempFolder('processor');
  remote = await createBareRemote({ folder: temp.path });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  client = openTestWarRoom({ url: remote.url, folder: temp.path });
});

afterEach(async () => {
  for (const processor of processors.splice(0)) await processor.abort().catch(() => undefined);
  await client.close();
  await temp.close();
});

function start(
  change: Partial<ProcessorSettings> = {},
  options: { holder?: string; once?: boolean; acceptTip?: string } = {},
): RunningProcessor {
  const settings = processorSettings({
    url: remote.url,
    folder: temp.path,
    change,
    ...(options.holder === undefined ? {} : { holder: options.holder }),
  });
  const processor = startProcessor(settings, options);
  processors.push(processor);
  return processor;
}

async function readStatus(id: RequestId): Promise<Status | undefined> {
  const text = await readFileAt(remote, `${resultFolder(id)}/status.yaml`);
  const parsed = text === undefined ? undefined : parseDocument('Status', text, { file: 'status.yaml' });
  return parsed?.ok === true ? parsed.value : undefined;
}

async function ended(id: RequestId): Promise<Status> {
  return await waitUntil(
    async () => {
      const status = await readStatus(id);
      return status?.times.finishedAt === undefined ? undefined : status;
    },
    { what: `the end of ${id}`, timeoutMs: 40_000 },
  );
}

describe('one processor', () => {
  it('answers a request with a report that its manifest covers', async () => {
    const id = await send(client, newRequest());
    await start({}, { once: true }).done;
    const status = await ended(id);
    expect(status).toMatchObject({ phase: 'succeeded', attempt: 1, engine: 'diagnostics', strategy: 'general' });
    const folder = resultFolder(id);
    const report = parseDocument('Report', (await readFileAt(remote, `${folder}/report.json`)) ?? '', {
      file: 'report.json',
    });
    expect(report.ok && report.value.evidence.length).toBeGreaterThanOrEqual(6);
    const manifest = JSON.parse((await readFileAt(remote, `${folder}/manifest.json`)) ?? '') as Manifest;
    for (const file of manifest.files) {
      expect(sha256((await readFileAt(remote, `${folder}/${file.path}`)) ?? ''), file.path).toBe(file.sha256);
    }
    const paths = manifest.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['README.md', 'report.json', 'status.yaml', 'audit.jsonl', 'redactions.json']),
    );
    expect([...(await listRefs(remote)).keys()].join()).not.toContain('claims');
    expect(await readFileAt(remote, 'results/README.md')).toContain(id);
  });

  it('verifies every citation against the evidence file that it names', async () => {
    const id = await send(client, newRequest());
    await start({}, { once: true }).done;
    const folder = resultFolder(id);
    const report = JSON.parse((await readFileAt(remote, `${folder}/report.json`)) ?? '') as Report;
    for (const { citations, title } of report.findings) {
      for (const citation of citations) expect(citation.verified, `${title}: ${citation.quote}`).toBe(true);
    }
  });

  it('publishes a refusal once, with a code and what to do', async () => {
    const id = await send(
      client,
      newRequest({ investigation: { strategy: 'generl', timeout: 60, mode: 'read', engine: 'auto' } }),
    );
    await start({}, { once: true }).done;
    const status = await ended(id);
    expect(status).toMatchObject({ phase: 'rejected', reason: { code: 'unknown-strategy' }, attempt: 0 });
    expect(status.reason?.message).toContain('did you mean general?');
    await start({}, { once: true }).done;
    const log = await git(['log', '--format=%s', 'main', '--', resultFolder(id)], { cwd: remote.path });
    expect(log.split('\n')).toHaveLength(1);
  });

  it('answers an inbox request and puts it on the branch', async () => {
    await protectMain(remote);
    const id = await send(client, newRequest());
    await rm(join(remote.path, 'hooks'), { recursive: true, force: true });
    await start({}, { once: true }).done;
    expect((await ended(id)).phase).toBe('succeeded');
    expect(await readFileAt(remote, requestPath(id))).toContain(id);
    expect([...(await listRefs(remote)).keys()].join()).not.toContain('inbox');
  });

  it('leaves requests of other clusters and malformed files alone', async () => {
    const other = await send(client, newRequest({ targetCluster: { type: 'hub', name: 'elsewhere' } }));
    const id = newRequest().metadata.name as RequestId;
    await pushFiles(
      remote,
      {
        [`${requestDayFolder(new Date())}/not-an-id.yaml`]: 'x\n',
        [requestPath(id)]: { mode: '120000', content: '/etc/passwd' },
      },
      'noise',
    );
    const processor = start({}, { once: true });
    await processor.done;
    expect(await readStatus(other)).toBeUndefined();
    expect(processor.events.filter(({ type }) => type === 'ignored')).toHaveLength(2);
  });

  it('rejects a file that names this cluster and breaks the schema', async () => {
    const request = newRequest();
    const id = request.metadata.name as RequestId;
    await pushFiles(
      remote,
      {
        [requestPath(id)]:
          'apiVersion: warroom.intility.io/v1\nkind: TroubleshootingRequest\nspec:\n  targetCluster: {type: host, name: this-host}\n',
      },
      'bad request',
    );
    await start({}, { once: true }).done;
    expect(await ended(id)).toMatchObject({ phase: 'rejected', reason: { code: 'invalid-request' } });
  });

  it('publishes a cancellation of a request that nobody had begun', async () => {
    const id = await send(client, newRequest());
    await pushFiles(remote, { [cancelPath(id)]: 'apiVersion: warroom.intility.io/v1\nkind: Cancel\n' }, 'cancel');
    await start({}, { once: true }).done;
    expect(await ended(id)).toMatchObject({ phase: 'cancelled', attempt: 0 });
  });

  it('executes nothing while PAUSE lies in the war room, and goes on when it is gone', async () => {
    await pushFiles(remote, { PAUSE: 'by: alice\n' }, 'pause');
    const id = await send(client, newRequest());
    const processor = start();
    await waitUntil(() => processor.events.find(({ type }) => type === 'paused'), { what: 'the pause' });
    expect(await readStatus(id)).toBeUndefined();
    await client.refresh({ refPrefixes: [] });
    await client.land({ files: [{ path: 'PAUSE', content: undefined }], message: 'resume\n' });
    expect((await ended(id)).phase).toBe('succeeded');
    await processor.stop();
  });

  it('pauses when history was rewritten, and goes on with the tip that an administrator accepts', async () => {
    await send(client, newRequest());
    await start({}, { once: true }).done;
    await git(['update-ref', '-d', 'refs/heads/main'], { cwd: remote.path });
    await pushFiles(remote, { 'README.md': 'another past\n' }, 'rewritten');
    await expect(start({}, { once: true }).done).rejects.toMatchObject({ code: 'history-rewritten' });
    const tip = (await git(['rev-parse', 'main'], { cwd: remote.path })).trim();
    await start({}, { once: true, acceptTip: tip }).done;
    await start({}, { once: true }).done;
  });

  it('does not run a request again when its result was deleted from the war room', async () => {
    const id = await send(client, newRequest());
    await start({}, { once: true }).done;
    await client.refresh({ refPrefixes: [] });
    await client.land({ files: [{ path: resultFolder(id), content: undefined }], message: 'delete\n' });
    await start({}, { once: true }).done;
    expect(await readStatus(id)).toBeUndefined();
  });

  it('refuses to share its state folder', async () => {
    const first = start();
    await waitUntil(() => first.events.find(({ type }) => type === 'started'), { what: 'the start' });
    await expect(start().done).rejects.toMatchObject({ code: 'locked' });
    await first.stop();
  });

  it('says that it is here while it runs, and takes that back when it stops', async () => {
    const processor = start();
    await waitUntil(
      async () => [...(await listRefs(remote)).keys()].find((ref) => ref.includes('processors/this-host')),
      { what: 'a presence ref' },
    );
    await processor.stop();
    expect([...(await listRefs(remote)).keys()].join()).not.toContain('processors/');
  });
});

describe('two processors', () => {
  it('run one request once', async () => {
    const one = start({}, { holder: 'processor-a' });
    const two = start({}, { holder: 'processor-b' });
    await waitUntil(
      () => one.events.some(({ type }) => type === 'synced') && two.events.some(({ type }) => type === 'synced'),
      { what: 'both to look' },
    );
    const ids = [];
    for (let index = 0; index < 3; index++) ids.push(await send(client, newRequest({}, { slug: `n ${index}` })));
    for (const id of ids) expect((await ended(id)).attempts).toHaveLength(1);
    await Promise.all([one.stop(), two.stop()]);
    const published = [...one.events, ...two.events].filter(({ type }) => type === 'published');
    expect(published).toHaveLength(3);
  });
});
