import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import { cancelPath, inboxRef, resultFolder } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { SIGNATURE_NAMESPACES } from '../../../src/domain/signature.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import type { Kinds } from '../../../src/schema/kinds.ts';
import type { RequestCoordination, TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { git, readFileAt } from '../../support/git-rig.ts';
import type { RunningProcessor } from '../../support/processor-rig.ts';
import { createScene, cycles, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { shiftedClock } from '../../support/shifted-clock.ts';
import { createGate, writePlaybook, writeSickPlaybook } from '../../support/site-playbook.ts';
import { ALICE, BOB } from '../../support/test-zone.ts';
import { allowedLine } from '../../support/signing-rig.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Long enough for a running processor to claim on a busy machine. */
const LIFE_MS = 4000 * Number(process.env['WARROOM_TEST_PATIENCE'] ?? 1);

let scene: ProcessorScene;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(async () => {
  await scene.close();
});

function start(cluster: string, change: Partial<ProcessorSettings> = {}, where = scene): RunningProcessor {
  return where.start({ cluster: { type: 'host', name: cluster }, ...change }, { holder: cluster });
}

function shared(
  clusters: readonly string[],
  coordination: RequestCoordination = { mode: 'parallel' },
  expiresInMs = 86_400_000,
): TroubleshootingRequest {
  const request = quickRequest();
  const { targetCluster: _one, ...spec } = request.spec;
  return {
    ...request,
    spec: {
      ...spec,
      targetClusters: clusters.map((name) => ({ type: 'host', name })),
      coordination,
      expiresAt: new Date(Date.parse(request.metadata.timestamp) + expiresInMs).toISOString(),
    },
  };
}

async function readDocument<Name extends keyof Kinds>(
  kind: Name,
  id: RequestId,
  name: string,
  where = scene,
): Promise<Kinds[Name] | undefined> {
  const text = await readFileAt(where.remote, `${resultFolder(id)}/${name}`);
  const parsed = text === undefined ? undefined : parseDocument(kind, text, { file: name });
  if (parsed?.ok === false) throw new Error(JSON.stringify(parsed.problems));
  return parsed?.ok === true ? parsed.value : undefined;
}

async function complete(id: RequestId, where = scene): Promise<Kinds['Aggregate']> {
  return await waitUntil(
    async () => {
      const aggregate = await readDocument('Aggregate', id, 'aggregate.json', where);
      return aggregate?.isComplete === true ? aggregate : undefined;
    },
    { what: `the whole of ${id}`, intervalMs: 50 },
  );
}

async function subjects(id: RequestId): Promise<readonly string[]> {
  const log = await git(['log', '--reverse', '--format=%s', 'main'], { cwd: scene.remote.path });
  return log.split('\n').filter((subject) => subject.includes(id));
}

describe('a request to several clusters at once', () => {
  it('is answered by each in its part, and by one page over all that names the manifest of every part', async () => {
    const sick = await writeSickPlaybook(join(scene.folder, 'sick'), 'quick');
    start('host-a', { playbookDir: sick });
    start('host-b', { playbookDir: sick });
    start('host-c');
    const id = await scene.send(shared(['host-a', 'host-b', 'host-c']));
    const aggregate = await complete(id);

    expect(aggregate).toMatchObject({
      phase: 'succeeded',
      outcome: 'root-cause',
      bottomLine: 'The same cause in 2 of 3 clusters (host-a, host-b): The disk is slow.',
      parts: [
        { cluster: 'host-a', outcome: 'root-cause', cause: 'SLOW_DISK' },
        { cluster: 'host-b', outcome: 'root-cause', cause: 'SLOW_DISK' },
        { cluster: 'host-c', outcome: 'no-problem' },
      ],
      shared: [{ code: 'SLOW_DISK', isCause: true, clusters: ['host-a', 'host-b'] }],
    });
    const manifest = await readDocument('Manifest', id, 'manifest.json');
    for (const { cluster, sha256: digest } of manifest?.parts ?? []) {
      expect(digest).toBe(sha256((await readFileAt(scene.remote, `${resultFolder(id, cluster)}/manifest.json`)) ?? ''));
    }
    expect(manifest?.parts).toHaveLength(3);
    // The page came with the last part, and nobody wrote it again.
    expect((await subjects(id)).filter((subject) => subject.startsWith('result'))).toHaveLength(3);
    expect(await subjects(id)).not.toContain(`aggregate ${id}`);
    const page = (await readFileAt(scene.remote, `${resultFolder(id)}/README.md`)) ?? '';
    expect(page).toContain('[host-a](host-a/README.md)');
    expect(await readFileAt(scene.remote, 'results/README.md')).toBeDefined();
  });

  it('shows a cluster that never answers as expired, without holding the others', async () => {
    const a = start('host-a');
    await cycles(a, 1);
    const id = await scene.send(shared(['host-a', 'host-x'], { mode: 'parallel' }, LIFE_MS));
    const early = await waitUntil(async () => await readDocument('Aggregate', id, 'aggregate.json'), {
      what: 'the first page',
    });
    expect(early).toMatchObject({ isComplete: false, parts: [{ phase: 'succeeded' }, { phase: 'pending' }] });
    const late = await complete(id);
    expect(late.parts[1]).toMatchObject({ cluster: 'host-x', phase: 'expired' });
    expect(late.bottomLine).toContain('No answer from host-x (expired).');
    await cycles(a, 3);
    expect((await subjects(id)).filter((subject) => subject === `aggregate ${id}`)).toHaveLength(1);
  });

  it('stops all parts when it is cancelled', async () => {
    const gate = await createGate(scene.folder);
    const playbookDir = await writePlaybook(join(scene.folder, 'gated'), 'quick', gate.argv);
    start('host-a', { playbookDir });
    const request = shared(['host-a', 'host-b']);
    const id = await scene.send(request);
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the first part to run' });
    await scene.client.submit({
      files: [{ path: cancelPath(id), content: 'kind: Cancel\n' }],
      message: `cancel ${id}`,
      inboxRef: inboxRef('refs/warroom', id, 'cancel'),
    });
    start('host-b');
    const aggregate = await complete(id);
    expect(aggregate.parts.map(({ phase }) => phase)).toEqual(['cancelled', 'cancelled']);
    expect(aggregate.phase).toBe('cancelled');
  });
});

describe('a request to one cluster after the other', () => {
  it('waits for the part before it, whatever time it thinks it is, and is handed its findings', async () => {
    const sick = await writeSickPlaybook(join(scene.folder, 'sick'), 'quick');
    const ahead = { holder: 'host-b', clock: shiftedClock(50 * 60_000) };
    const b = scene.start({ cluster: { type: 'host', name: 'host-b' } }, ahead);
    const request = shared(['host-a', 'host-b'], { mode: 'sequential' });
    const id = await scene.send(request);
    await cycles(b, 3);
    expect(b.events.some((event) => event.type === 'claimed')).toBe(false);
    start('host-a', { playbookDir: sick });
    await complete(id);
    const report = await readDocument('Report', id, 'host-b/report.json');
    const handed = report?.evidence.find(({ step }) => step === 'handed-on');
    expect(handed).toMatchObject({ argv: ['handed-on', 'host-a'] });
    const text = await readFileAt(scene.remote, `${resultFolder(id, 'host-b')}/${handed?.file ?? ''}`);
    expect(text).toContain('finding: error SLOW_DISK The disk is slow (disk/data)');
    expect(text).toContain('cluster: host-a (signature not checked)');
  });

  it('goes on without a cluster that does not begin in time, and says so', async () => {
    start('host-b', { predecessorSeconds: 1 });
    const id = await scene.send(shared(['host-x', 'host-b'], { mode: 'sequential' }));
    await waitUntil(async () => await readDocument('Report', id, 'host-b/report.json'), {
      what: 'the report of host-b',
    });
    const report = await readDocument('Report', id, 'host-b/report.json');
    expect(report?.unknowns).toContainEqual({
      text: 'what host-x has found',
      why: 'it had not answered when its turn was over (1 second to begin); this part went on without it',
    });
  });

  it.each(['sequential', 'parallel'] as const)(
    'leaves out who has not begun once the cause is known (%s)',
    async (mode) => {
      const sick = await writeSickPlaybook(join(scene.folder, 'sick'), 'quick');
      const a = start('host-a', { playbookDir: sick });
      const id = await scene.send(shared(['host-a', 'host-b', 'host-c'], { mode, stopOn: 'root-cause' }));
      await waitUntil(() => a.events.some(({ type }) => type === 'published'), { what: 'the first part' });
      start('host-b');
      start('host-c');
      const aggregate = await complete(id);
      expect(aggregate).toMatchObject({
        phase: 'succeeded',
        outcome: 'root-cause',
        parts: [
          { outcome: 'root-cause' },
          { phase: 'cancelled', isSkipped: true },
          { phase: 'cancelled', isSkipped: true },
        ],
      });
      expect(await readDocument('Status', id, 'host-c/status.yaml')).toMatchObject({
        reason: { code: 'stopped-on-root-cause' },
        attempts: [],
      });
    },
  );
});

describe('where signatures are required', () => {
  it('hands on and obeys only what an enrolled key has signed', async () => {
    const zone = await createScene({ trust: 'required' });
    try {
      const trust = zone.zone;
      if (trust === undefined) throw new Error('no zone');
      const sick = await writeSickPlaybook(join(zone.folder, 'sick'), 'quick');
      const key = await trust.createKey('host-a');
      start('host-a', { playbookDir: sick, signingKeyFile: key.file }, zone);
      start('host-b', {}, zone);
      const people = [allowedLine(ALICE, trust.alice), allowedLine(BOB, trust.bob)];

      // The key of host-a is not known: host-b neither stops for it nor takes its findings.
      const first = await zone.send(shared(['host-a', 'host-b'], { mode: 'sequential', stopOn: 'root-cause' }));
      const unknown = await complete(first, zone);
      expect(unknown.parts[1]).toMatchObject({ cluster: 'host-b', phase: 'succeeded' });
      expect((await readDocument('Report', first, 'host-b/report.json', zone))?.unknowns[0]?.why).toContain(
        'no key of its processor is enrolled here',
      );

      await trust.allow([...people, allowedLine('host-a', key, { namespaces: [SIGNATURE_NAMESPACES.result] })]);
      const second = await zone.send(shared(['host-a', 'host-b'], { mode: 'sequential', stopOn: 'root-cause' }));
      const known = await complete(second, zone);
      expect(known.parts[1]).toMatchObject({ phase: 'cancelled', isSkipped: true });
      expect(known.parts.map(({ signature }) => signature)).toEqual(['verified', 'own']);
    } finally {
      await zone.close();
    }
  });
});
