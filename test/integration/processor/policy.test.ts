import { renameSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLedger, type LedgerEntry } from '../../../src/admission/ledger-format.ts';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import { presenceRef, resultFolder } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import type { Manifest, Policy } from '../../../src/schema/generated.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { readFileAt } from '../../support/git-rig.ts';
import { aRule, policyText, writePolicy } from '../../support/policy-text.ts';
import { processorSettings, send, startProcessor } from '../../support/processor-rig.ts';
import { countOf, createScene, cycles, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { createGate, writePlaybook } from '../../support/site-playbook.ts';
import { waitUntil } from '../../support/wait-until.ts';

const ALICE = { engineer: 'alice@example.com' };
const MALLORY = { engineer: 'mallory@example.com' };

let scene: ProcessorScene;
let trustDir: string;

beforeEach(async () => {
  scene = await createScene();
  trustDir = join(scene.folder, 'trust');
});

afterEach(async () => {
  await scene.close();
});

async function setPolicy(change: Partial<Policy>): Promise<string> {
  const text = policyText(change);
  await writePolicy(trustDir, text);
  return text;
}

async function ledgerOf(holder = 'processor-a'): Promise<readonly LedgerEntry[]> {
  const file = join(scene.folder, holder, 'ledger.jsonl');
  return parseLedger(await readFile(file, 'utf8'), file).entries;
}

async function manifestOf(id: RequestId): Promise<Manifest | undefined> {
  const text = await readFileAt(scene.remote, `${resultFolder(id)}/manifest.json`);
  const parsed = text === undefined ? undefined : parseDocument('Manifest', text, { file: 'manifest.json' });
  return parsed?.ok === true ? parsed.value : undefined;
}

describe('a processor with a policy', () => {
  it('runs what a rule allows, and says in ledger and manifest which rule of which policy', async () => {
    const text = await setPolicy({ rules: [aRule({ name: 'alice-reads' })] });
    const processor = scene.start({ trustDir });
    const id = await send(scene.client, quickRequest({}, ALICE));
    expect((await scene.ended(id)).phase).toBe('succeeded');
    const policy = { sha256: sha256(text), rule: 'alice-reads' };
    expect((await manifestOf(id))?.policy).toEqual(policy);
    const entries = await ledgerOf();
    expect(entries.find(({ event }) => event === 'policy')).toMatchObject({ sha256: policy.sha256, rules: 1 });
    expect(entries.find(({ event }) => event === 'accepted')).toMatchObject({
      id,
      requester: 'alice@example.com',
      policy,
      ask: {
        cluster: 'this-host',
        strategy: 'quick',
        engine: 'auto',
        mode: 'read',
        timeoutSeconds: 60,
        namespaces: [],
      },
    });
    expect(processor.events).toContainEqual({ type: 'policy-in-force', sha256: policy.sha256, rules: 1 });
    expect(processor.events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'policy-unverified' }) as unknown,
    );
  });

  it('publishes why it does not run anything else', async () => {
    const text = await setPolicy({ rules: [aRule({ strategies: ['general'] })] });
    scene.start({ trustDir });
    const wrong = await send(scene.client, quickRequest({}, ALICE));
    const stranger = await send(scene.client, quickRequest({}, MALLORY));
    expect(await scene.ended(wrong)).toMatchObject({
      phase: 'rejected',
      reason: { code: 'not-permitted', message: expect.stringContaining('quick is not among general') as string },
    });
    const { reason } = await scene.ended(stranger);
    expect(reason).toMatchObject({ message: 'no rule of the policy names mallory@example.com' });
    expect((await manifestOf(stranger))?.policy).toEqual({ sha256: sha256(text) });
    const entries = await ledgerOf();
    expect(entries.filter(({ event }) => event === 'refused')).toHaveLength(2);
    expect(entries.filter(({ event }) => event === 'started' || event === 'accepted')).toEqual([]);
  });

  it('reads the policy again before a start: what is denied by then is rejected, and nothing runs', async () => {
    const gate = await createGate(scene.folder);
    await writePlaybook(scene.folder, 'gated', gate.argv);
    await setPolicy({});
    const stricter = policyText({ rules: [aRule({ who: ['bob@example.com'] })] });
    const change: Partial<ProcessorSettings> = {
      trustDir,
      playbookDir: scene.playbookDir,
      lease: { seconds: 60, renewSeconds: 20 },
    };
    const settings = processorSettings({ url: scene.remote.url, folder: scene.folder, change });
    const processor = startProcessor(settings, {
      onEvent: ({ type }) => {
        if (type !== 'claimed') return;
        writeFileSync(join(trustDir, 'next'), stricter);
        renameSync(join(trustDir, 'next'), join(trustDir, 'policy.yaml'));
      },
    });
    try {
      const id = await send(scene.client, quickRequest({}, { ...ALICE, strategy: 'gated' }));
      expect(await scene.ended(id)).toMatchObject({ phase: 'rejected', reason: { code: 'not-permitted' } });
      expect((await manifestOf(id))?.policy).toEqual({ sha256: sha256(stricter) });
      expect(await gate.starts()).toBe(0);
      expect(countOf(processor, 'admitted')).toBe(0);
      expect((await ledgerOf()).filter(({ event }) => event === 'accepted' || event === 'started')).toEqual([]);
    } finally {
      await processor.abort();
    }
  });

  it('takes up a good file without a restart, keeps the last good one while it is bad, and says so', async () => {
    await setPolicy({ rules: [aRule({ name: 'one' })] });
    const processor = scene.start({ trustDir, announceSeconds: 1 });
    const first = await send(scene.client, quickRequest({}, { ...ALICE, slug: 'first' }));
    expect((await scene.ended(first)).phase).toBe('succeeded');

    await writePolicy(trustDir, policyText({ rules: [aRule({ name: 'two' })] }).replace('name: two', 'nam: two'));
    const warning = await waitUntil(
      () => processor.events.find((event) => event.type === 'warning' && event.code === 'policy-invalid'),
      { what: 'the warning' },
    );
    expect(warning).toMatchObject({
      message: expect.stringMatching(/policy\.yaml:\d+:\d+: rules\[0\]\.nam/u) as string,
    });
    const second = await send(scene.client, quickRequest({}, { ...ALICE, slug: 'second' }));
    await scene.ended(second);
    expect((await manifestOf(second))?.policy?.rule).toBe('one');
    await waitUntil(async () => (await presence())?.includes('policy-invalid'), { what: 'presence with a warning' });
    expect(await presence()).not.toContain('nam: two');

    await setPolicy({ rules: [aRule({ name: 'three' })] });
    await waitUntil(() => countOf(processor, 'policy-in-force') === 2, { what: 'the new policy' });
    const third = await send(scene.client, quickRequest({}, { ...ALICE, slug: 'third' }));
    await scene.ended(third);
    expect((await manifestOf(third))?.policy?.rule).toBe('three');
    await waitUntil(async () => (await presence())?.includes('policy-invalid') === false, { what: 'presence without' });
    expect(
      processor.events.filter((event) => event.type === 'warning' && event.code === 'policy-invalid'),
    ).toHaveLength(1);
  });

  async function presence(): Promise<string | undefined> {
    return await readFileAt(scene.remote, 'presence.json', presenceRef('refs/warroom', 'this-host', 'processor-a'));
  }

  it.each([
    ['bad', 'apiVersion: warroom.intility.io/v1\nkind: Policy\nrules: []\n', /policy\.yaml:3:8: rules: has 0 entries/u],
    ['missing', undefined, /cannot read the policy .*policy\.yaml/u],
  ])('refuses to start when its first policy is %s, before it opens anything', async (_, text, message) => {
    if (text !== undefined) await writePolicy(trustDir, text);
    const { done } = scene.start({ trustDir });
    await expect(done).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(message) as string,
    });
    await expect(stat(join(scene.folder, 'processor-a', 'ledger.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('keeps to the rate of one person, also over a restart, while it serves others', async () => {
    const who = ['alice@example.com', 'bob@example.com'];
    await setPolicy({
      rules: [aRule({ who })],
      limits: [{ name: 'each', per: 'person', requestsPerHour: 2 }],
    });
    const first = scene.start({ trustDir });
    const many: RequestId[] = [];
    for (let count = 0; count < 5; count++) {
      many.push(await send(scene.client, quickRequest({}, { ...ALICE, slug: `storm ${count}` })));
    }
    const other = await send(scene.client, quickRequest({}, { engineer: 'bob@example.com' }));
    const ended = await Promise.all(many.map(async (id) => await scene.ended(id)));
    expect(ended.map(({ phase }) => phase).sort()).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'succeeded',
      'succeeded',
    ]);
    const refused = ended.find(({ phase }) => phase === 'rejected');
    expect(refused?.reason).toMatchObject({
      code: 'rate-limited',
      hint: expect.stringMatching(/^try again after \d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC$/u) as string,
    });
    expect((await scene.ended(other)).phase).toBe('succeeded');
    await first.stop();

    const second = scene.start({ trustDir });
    await cycles(second, 1);
    const late = await send(scene.client, quickRequest({}, { ...ALICE, slug: 'late' }));
    expect((await scene.ended(late)).reason?.code).toBe('rate-limited');
  });

  it('lets a request wait while running work may leave enough minutes', async () => {
    const gate = await createGate(scene.folder);
    await writePlaybook(scene.folder, 'gated', gate.argv);
    await setPolicy({ limits: [{ name: 'each', per: 'person', minutesPerDay: 1.9 }] });
    const processor = scene.start({ trustDir });
    const running = await send(scene.client, quickRequest({}, { ...ALICE, slug: 'running', strategy: 'gated' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the running one' });
    const waiting = await send(scene.client, quickRequest({}, { ...ALICE, slug: 'waiting' }));
    await waitUntil(() => processor.events.find((event) => event.type === 'ignored' && event.path === waiting), {
      what: 'that the second waits',
    });
    expect(await scene.readStatus(waiting)).toBeUndefined();
    await gate.open();
    expect((await scene.ended(running)).phase).toBe('succeeded');
    expect((await scene.ended(waiting)).phase).toBe('succeeded');
  });
});

it('works as before without a policy in an open war room', async () => {
  scene.start();
  const id = await send(scene.client, quickRequest({}, MALLORY));
  expect((await scene.ended(id)).phase).toBe('succeeded');
  expect((await manifestOf(id))?.policy).toBeUndefined();
});
