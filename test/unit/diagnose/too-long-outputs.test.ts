import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose, type Diagnosis } from '../../../src/diagnose/diagnose.ts';
import { createRecordedTarget, type Recorded } from '../../../src/diagnose/recorded-target.ts';
import { recordRun } from '../../../src/diagnose/record-run.ts';
import { replayRecording } from '../../../src/diagnose/replay-recording.ts';
import { MAX_EVIDENCE_BYTES } from '../../../src/domain/evidence.ts';
import { createRedaction, type Redaction } from '../../../src/redaction/create-redaction.ts';
import type { Playbook, PlaybookOutput } from '../../../src/schema/generated.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { withTempFolder } from '../../support/temp-folder.ts';
import { playbookOf, ruleOf, stepOf } from '../playbook/sample-playbook.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const READ = { maxBytes: 64 * 1024 * 1024 };
const PODS = 5000;

const podOf = (number: number): object => ({
  metadata: { name: `web-${number}`, namespace: 'shop' },
  spec: { token: `sw0rdfish-4711 ${'words '.repeat(20)}` },
  status: { phase: number === PODS - 1 ? 'Failed' : 'Running', message: `as seen ${number}` },
});
const PODS_TEXT = JSON.stringify({ kind: 'List', items: Array.from({ length: PODS }, (_, index) => podOf(index)) });

const podRule = ruleOf('failed', {
  iterate: 'items[*]',
  where: [{ path: 'status.phase', op: 'eq', value: 'Failed' }],
  finding: { object: 'pod/${metadata.namespace}/${metadata.name}', title: 'pod ${metadata.name} has failed' },
});
const lineRule = ruleOf('error', {
  iterate: 'lines[*]',
  where: [{ path: 'text', op: 'matches', value: '^ERROR' }],
  finding: { title: 'the program complains' },
});

function lookingAt(output: PlaybookOutput, rule: Playbook['spec']['rules'][number]): Playbook {
  return playbookOf({
    budget: { seconds: 60, outputBytes: 64 * 1024 * 1024, parallel: 1 },
    steps: [stepOf('a', { output: { ...READ, ...output } })],
    rules: [rule],
  });
}

/** Without rules it removes what it is told and nothing else, which takes no time. */
function plainRedaction(): Redaction {
  const knownValues = [{ name: 'token', value: 'sw0rdfish-4711' }];
  return createRedaction({ knownValues, key: new Uint8Array(32), rules: [], maxBytes: 64 * 1024 * 1024 });
}

async function diagnosed(
  playbook: Playbook,
  answer: string | Recorded,
  redaction = plainRedaction(),
): Promise<Diagnosis> {
  const clock = new FakeClock(NOW);
  const steps = { a: typeof answer === 'string' ? { stdout: answer } : answer };
  const target = createRecordedTarget({ playbook, steps, platform: 'linux', clock });
  return await diagnose({ playbook, target, inputs: {}, redaction, clock });
}

function quotesOf({ judgement }: Diagnosis): readonly (readonly [string, boolean])[] {
  return judgement.findings.flatMap(({ citations }) =>
    citations.map(({ quote, verified }) => [quote, verified] as const),
  );
}

describe('an output that is longer than one file of evidence', () => {
  const playbook = lookingAt({ format: 'json' }, podRule);
  const ofPods = diagnosed(playbook, PODS_TEXT);

  it('is recorded with the last of 5,000 pods, when that is the sick one', async () => {
    const diagnosis = await ofPods;
    expect(diagnosis.judgement.findings.map(({ object }) => object)).toEqual(['pod/shop/web-4999']);
    expect(quotesOf(diagnosis)).toEqual([['"status": { "phase": "Failed", "message": "as seen 4999" }', true]]);
    const [evidence] = diagnosis.evidence;
    const text = evidence?.text ?? '';
    expect(evidence?.truncated).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_EVIDENCE_BYTES);
    expect(text).toContain('"message": "as seen 4999"');
    expect(text).toContain('"message": "as seen 0"');
    expect(text).not.toContain('sw0rdfish');
    expect(text).toMatch(/^--- left out: [\d,]+ lines ---$/mu);
    expect(text).toMatch(
      /\n--- left out: [\d,]+ of [\d,]+ lines, [\d,]+ of [\d,]+ bytes; what is quoted was kept first ---\n$/u,
    );
  });

  it('says the same when its record is replayed', async () => {
    const first = await ofPods;
    await withTempFolder(async (folder) => {
      for (const [name, bytes] of recordRun(first, { playbook, inputs: {}, now: NOW, platform: 'linux' })) {
        await writeFile(join(folder, name), bytes);
      }
      const clock = new FakeClock(NOW);
      const replay = await replayRecording(folder, { playbook, inputs: {}, clock, redaction: plainRedaction() });
      if (replay.kind !== 'replayed') throw new Error(replay.kind);
      expect(replay.diagnosis.judgement.findings).toEqual(first.judgement.findings);
      expect(replay.diagnosis.judgement.coverage).toMatchObject([{ known: false, reason: 'the output was cut' }]);
    });
  });

  const lines = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
  const LOG = lines(25_000, (index) =>
    index === 20_000 ? 'ERROR it broke here' : `INFO all is well so far, number ${index}`,
  );

  it.each<[string, PlaybookOutput, string]>([
    ['a text, with its beginning', { format: 'text' }, 'number 0\n'],
    ['a log, with its newest lines', { format: 'text', cut: 'start' }, 'number 24999\n'],
  ])('keeps a quoted line of %s', async (_what, output, rest) => {
    const diagnosis = await diagnosed(lookingAt(output, lineRule), LOG);
    expect(quotesOf(diagnosis)).toEqual([['ERROR it broke here', true]]);
    expect(diagnosis.evidence[0]?.text).toContain(rest);
    expect(diagnosis.evidence[0]?.text).toContain('--- left out: ');
  });

  it('keeps a quoted line of JSON lines, and what the command complained of', async () => {
    const rule = ruleOf('bad', { iterate: 'items[*]', where: [{ path: 'ok', op: 'eq', value: false }] });
    const text = lines(25_000, (id) => JSON.stringify({ id, ok: id !== 24_999, note: 'a few words' }));
    const diagnosis = await diagnosed(lookingAt({ format: 'jsonl' }, rule), {
      stdout: text,
      stderr: 'warning: slow\n',
    });
    expect(quotesOf(diagnosis)).toEqual([['{"id":24999,"ok":false,"note":"a few words"}', true]]);
    expect(diagnosis.evidence[0]?.text.endsWith('\n--- stderr ---\nwarning: slow\n')).toBe(true);
  });

  it('keeps less when the marks of redaction make it too long', async () => {
    const redaction = plainRedaction();
    const long: Redaction = {
      ...redaction,
      redact: async (text) =>
        await redaction.redact(text.replaceAll('well', '[removed: a very long mark of redaction]')),
    };
    const { evidence, ...diagnosis } = await diagnosed(lookingAt({ format: 'text' }, lineRule), LOG, long);
    expect(Buffer.byteLength(evidence[0]?.text ?? '')).toBeLessThanOrEqual(MAX_EVIDENCE_BYTES);
    expect(quotesOf({ evidence, ...diagnosis })).toEqual([['ERROR it broke here', true]]);
  });

  it('tells of a rollout that stands behind its beginning', async () => {
    const old = (index: number): object => ({
      kind: 'ReplicaSet',
      metadata: {
        ...{ name: `old-${index}`, namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' },
        ownerReferences: [{ kind: 'Deployment', name: `old-${index}` }],
      },
      spec: { replicas: 0, template: { spec: { containers: [{ image: `registry.example.com/old:${index}` }] } } },
    });
    const made = {
      ...old(0),
      metadata: {
        ...(old(0) as { metadata: object }).metadata,
        name: 'new-1',
        creationTimestamp: '2026-11-20T11:50:00Z',
      },
    };
    const items = [...Array.from({ length: 3000 }, (_, index) => old(index)), { ...made, spec: { replicas: 1 } }];
    const diagnosis = await diagnosed(lookingAt({ format: 'json' }, podRule), JSON.stringify({ items }));
    expect(diagnosis.judgement.changes).toMatchObject([{ kind: 'rollout', citation: { verified: true } }]);
  });
});
