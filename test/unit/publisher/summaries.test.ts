import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSummaries } from '../../../src/publisher/configmap/merge-summaries.ts';
import { summaryLines } from '../../../src/publisher/configmap/summary.ts';
import type { Status } from '../../../src/schema/generated.ts';
import { redacted } from '../../support/war-room-rig.ts';

const STATUS: Status = {
  apiVersion: 'warroom.intility.io/v1',
  kind: 'Status',
  id: '2026-11-20-1430-api-timeout-k7m2',
  cluster: 'production-hub',
  title: 'API is slow',
  requester: 'alice@example.com',
  phase: 'succeeded',
  outcome: 'root-cause',
  bottomLine: 'etcd is slow\u001b[2J on one node',
  attempt: 1,
  attempts: [],
  processor: { holder: 'claude-processor-0', version: '0.1.0', incarnation: '0011223344556677' },
  times: { createdAt: '2026-11-20T14:30:00.000Z', finishedAt: '2026-11-20T14:35:00.000Z' },
  requestSha256: 'a'.repeat(64),
};

describe('a summary', () => {
  it('says in four lines what came out, without control characters', () => {
    const text = summaryLines(STATUS, 'results/2026/11/20/2026-11-20-1430-api-timeout-k7m2');
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toMatch(/^succeeded · .*production-hub · /u);
    expect(text).toContain('etcd is slow');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/u);
    expect(text).toContain('asked by alice@example.com · results/2026/11/20/');
  });

  it('cuts what is too long', () => {
    const lines = summaryLines({ ...STATUS, bottomLine: 'x'.repeat(5000) }, 'f').split('\n');
    expect(Math.max(...lines.map((line) => Array.from(line).length))).toBe(300);
  });
});

describe('summaries in one ConfigMap', () => {
  const id = (number: number): string => `2026-11-20-1430-r${String(number).padStart(3, '0')}-k7m2`;

  it('drop what is not a summary, and the oldest ones', async () => {
    const present = { [id(1)]: 'one', [id(2)]: 'two', note: 'by somebody', [id(9)]: 'x'.repeat(9000), [id(8)]: 7 };
    const parcels = [{ name: id(3), text: await redacted('three') }];
    expect(mergeSummaries(present, parcels, { keep: 2, maxBytes: 1000 })).toEqual({ [id(2)]: 'two', [id(3)]: 'three' });
    expect(mergeSummaries(undefined, parcels, { keep: 2, maxBytes: 1000 })).toEqual({ [id(3)]: 'three' });
  });

  it('never take more than the limits', () => {
    const data = fc.dictionary(
      fc.integer({ min: 0, max: 400 }).map(id),
      fc.string({ maxLength: 300, unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(
        data,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 2000 }),
        (present, keep, maxBytes) => {
          const merged = Object.entries(mergeSummaries(present, [], { keep, maxBytes }));
          const bytes = merged.reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), 0);
          const newest = Object.keys(present)
            .sort()
            .slice(-merged.length || Infinity);
          expect(merged.length).toBeLessThanOrEqual(keep);
          expect(bytes).toBeLessThanOrEqual(maxBytes);
          expect(merged.map(([name]) => name)).toEqual(merged.length === 0 ? [] : newest);
        },
      ),
    );
  });
});
