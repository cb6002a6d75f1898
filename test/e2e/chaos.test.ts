import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestPath, resultFolder, signaturePath } from '../../src/domain/repository-layout.ts';
import type { RequestId } from '../../src/domain/request-id.ts';
import type { ProcessorFailpoint } from '../../src/processor/failpoints.ts';
import type { ProcessorConfig, Status } from '../../src/schema/generated.ts';
import { parseDocument } from '../../src/schema/parse-document.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import { createCliHome, runCli, type CliHome, type CliResult } from '../support/cli.ts';
import { createBareRemote, git, listRefs, pushFiles, readFileAt, type BareRemote } from '../support/git-rig.ts';
import { processorConfigText, send } from '../support/processor-rig.ts';
import { addressed, quickRequest } from '../support/processor-scene.ts';
import { writePlaybook } from '../support/site-playbook.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { ALICE, createZone } from '../support/test-zone.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';

/** Every failpoint of the processor but those of requests to several clusters; the type makes sure that none is forgotten. */
const ALL_FAILPOINTS: Readonly<
  Record<Exclude<ProcessorFailpoint, 'before-aggregate' | 'after-aggregate'>, { readonly attempts: number }>
> = {
  'after-sync': { attempts: 1 },
  'before-claim': { attempts: 1 },
  'after-claim': { attempts: 2 },
  'after-recheck': { attempts: 2 },
  'after-accepted': { attempts: 2 },
  'after-started': { attempts: 2 },
  'after-first-status': { attempts: 2 },
  'in-collect': { attempts: 2 },
  'after-collect': { attempts: 2 },
  'after-report': { attempts: 2 },
  'before-store': { attempts: 2 },
  'after-store': { attempts: 1 },
  'after-finished': { attempts: 1 },
  'before-publish': { attempts: 1 },
  'after-publish': { attempts: 1 },
  'after-published': { attempts: 1 },
  'before-index': { attempts: 1 },
  'after-index': { attempts: 1 },
};

/** One of each kind: before and after what is durable here, and before and after what is durable in the war room. */
const SHORT_FORM: readonly ProcessorFailpoint[] = [
  'after-claim',
  'in-collect',
  'before-store',
  'after-store',
  'before-publish',
  'after-publish',
];
const isWhole = process.env['WARROOM_CHAOS'] === 'all';
const FAILPOINTS = Object.entries(ALL_FAILPOINTS).filter(
  ([name]) => isWhole || SHORT_FORM.some((each) => each === name),
);
/** The same for signed requests, where what was accepted must be what is answered. */
const ALL_SIGNED: readonly ProcessorFailpoint[] = [
  'after-recheck',
  'after-accepted',
  'after-started',
  'in-collect',
  'after-store',
  'before-publish',
  'after-publish',
];
const SHORT_SIGNED: readonly ProcessorFailpoint[] = ['after-recheck', 'after-accepted', 'after-store', 'after-publish'];
const SIGNED = isWhole ? ALL_SIGNED : SHORT_SIGNED;
if (!isWhole) {
  const left = Object.keys(ALL_FAILPOINTS).length - FAILPOINTS.length + ALL_SIGNED.length - SIGNED.length;
  printSkipReason(`${left} more moments at which the processor is killed: npm run test:chaos takes all of them`);
}

let temp: TempFolder;
let home: CliHome;
let remote: BareRemote;
let client: WarRoom;
let playbookDir: string;

beforeEach(async () => {
  temp = await createTempFolder('chaos');
  home = await createCliHome();
  remote = await createBareRemote({ folder: temp.path });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  client = openTestWarRoom({ url: remote.url, folder: temp.path });
  playbookDir = await writePlaybook(temp.path, 'quick', ['true']);
  await configure();
});

async function configure(change: Partial<ProcessorConfig> = {}): Promise<void> {
  const text = processorConfigText({
    url: remote.url,
    stateDir: join(temp.path, 'state'),
    change: { playbookDir, ...change },
  });
  await writeFile(join(temp.path, 'processor.yaml'), text);
}

afterEach(async () => {
  await client.close();
  await home.close();
  await temp.close();
});

async function runProcessor(failpoint?: string): Promise<CliResult> {
  return await runCli(['processor', 'run', '--once', '-c', join(temp.path, 'processor.yaml')], {
    home,
    env: failpoint === undefined ? {} : { WARROOM_FAILPOINT: failpoint },
    timeoutMs: 60_000,
  });
}

async function readStatus(id: RequestId): Promise<Status> {
  const text = await readFileAt(remote, `${resultFolder(id)}/status.yaml`);
  const parsed = parseDocument('Status', text ?? '', { file: 'status.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

describe('a processor that is killed', () => {
  it.each(FAILPOINTS)(
    'at %s leads the request to exactly one terminal record after a restart',
    async (failpoint, { attempts }) => {
      const id = await send(client, quickRequest());
      const killed = await runProcessor(failpoint);
      expect(killed.exit, killed.stderr).toBe(137);
      const restarted = await runProcessor();
      expect(restarted.exit, restarted.stderr).toBe(0);

      const status = await readStatus(id);
      expect(status.phase).toBe('succeeded');
      expect(status.attempts.map(({ result }) => result)).toEqual(
        attempts === 1 ? ['succeeded'] : ['interrupted', 'succeeded'],
      );
      const log = (await git(['log', '--format=%s', 'main'], { cwd: remote.path })).split('\n');
      expect(log.filter((subject) => subject === `result ${id}`)).toHaveLength(1);
      expect([...(await listRefs(remote, 'refs/warroom/claims')).keys()]).toEqual([]);
      expect(await readFileAt(remote, 'results/README.md')).toContain(id);

      const again = await runProcessor();
      expect(again.exit, again.stderr).toBe(0);
      const later = (await git(['log', '--format=%s', 'main'], { cwd: remote.path })).split('\n');
      expect(later.filter((subject) => subject === `result ${id}`)).toHaveLength(1);
    },
  );

  it('twice in a row gives the request up and says so', async () => {
    const id = await send(client, quickRequest());
    expect((await runProcessor('in-collect')).exit).toBe(137);
    expect((await runProcessor('in-collect')).exit).toBe(137);
    expect((await runProcessor()).exit).toBe(0);
    const status = await readStatus(id);
    expect(status).toMatchObject({ phase: 'failed', reason: { code: 'interrupted' } });
    expect(status.attempts.map(({ result }) => result)).toEqual(['interrupted', 'interrupted']);
  });
});

describe('a processor that is killed while it writes the page over several parts', () => {
  it('leaves one page, whenever it dies', async () => {
    const request = quickRequest();
    const { targetCluster: _one, ...spec } = request.spec;
    const targetClusters = ['this-host', 'silent'].map((name) => ({ type: 'host' as const, name }));
    const id = await send(client, {
      ...request,
      spec: { ...spec, targetClusters, coordination: { mode: 'parallel' } },
    });
    expect((await runProcessor()).exit).toBe(0);
    const page = `${resultFolder(id)}/README.md`;
    expect(await readFileAt(remote, page)).toContain('Not answered yet: silent.');

    await client.land({ files: [{ path: page, content: undefined }], message: 'gone\n' });
    const early = await runProcessor('before-aggregate');
    expect(early.exit, early.stderr).toBe(137);
    expect(await readFileAt(remote, page)).toBeUndefined();
    const late = await runProcessor('after-aggregate');
    expect(late.exit, late.stderr).toBe(137);
    expect((await runProcessor()).exit).toBe(0);
    expect(await readFileAt(remote, page)).toContain('Not answered yet: silent.');
    const log = (await git(['log', '--format=%s', 'main'], { cwd: remote.path })).split('\n');
    expect(log.filter((subject) => subject === `aggregate ${id}`)).toHaveLength(1);
    expect(log.filter((subject) => subject === `result ${id}`)).toHaveLength(1);
  });
});

describe('a processor of signed requests that is killed', () => {
  it.each(SIGNED)('at %s publishes one signed result, and signs it once', async (failpoint) => {
    const zone = await createZone(join(temp.path, 'zone'));
    await configure({ trust: 'required', trustDir: zone.trustDir });
    const request = addressed(quickRequest({}, { engineer: ALICE }), remote.url);
    const id = await send(client, request, zone.alice);
    const killed = await runProcessor(failpoint);
    expect(killed.exit, killed.stderr).toBe(137);
    const waiting = join(temp.path, 'state', 'outbox', id, 'files', 'manifest.json.sig');
    const stored = await readFile(waiting, 'utf8').catch(() => undefined);
    // Whoever may write here puts another signature beside the request; the one that was accepted counts.
    const isAccepted = failpoint !== 'after-recheck';
    const path = signaturePath(requestPath(id));
    if (isAccepted) await pushFiles(remote, { [path]: 'nothing\n' }, 'swap');
    const restarted = await runProcessor();
    expect(restarted.exit, restarted.stderr).toBe(0);
    expect(await readStatus(id)).toMatchObject({ phase: 'succeeded', requester: ALICE });
    const published = await readFileAt(remote, `${resultFolder(id)}/manifest.json.sig`);
    expect(published).toMatch(/^-----BEGIN SSH SIGNATURE/u);
    if (stored !== undefined) expect(published).toBe(stored);
    expect(stored !== undefined, failpoint).toBe(
      ['after-store', 'before-publish', 'after-publish'].includes(failpoint),
    );
    const log = (await git(['log', '--format=%s', 'main'], { cwd: remote.path })).split('\n');
    expect(log.filter((subject) => subject === `result ${id}`)).toHaveLength(1);
  });
});
