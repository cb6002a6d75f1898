import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTAINERS, ENCODINGS, KNOWN_VALUES, knownRows } from '../../bench/redaction/known-matrix.ts';
import { kubernetesRows } from '../../bench/redaction/kubernetes-documents.ts';
import { survives } from '../../bench/redaction/recall.ts';
import { testRedaction } from './redaction-samples.ts';

describe('known values', () => {
  it.each(KNOWN_VALUES)('of %j are removed in every encoding and container', async (value) => {
    for (const { encoding, container, sample, secrets } of knownRows(value)) {
      const redacted = await testRedaction({ knownValues: [{ name: 'known', value }] }).redact(sample);
      for (const secret of secrets)
        expect({ encoding, container, left: survives(secret, redacted) }).toMatchObject({ left: false });
    }
  });

  it('of any text are removed in every encoding and container', async () => {
    const encodings = fc.constantFrom(...Object.values(ENCODINGS));
    const containers = fc.constantFrom(...Object.values(CONTAINERS));
    const values = fc
      .string({ unit: 'grapheme', minLength: 8, maxLength: 60 })
      .filter((value) => value.trim().length >= 8 && value.isWellFormed());
    await fc.assert(
      fc.asyncProperty(values, encodings, containers, async (value, encode, put) => {
        const redaction = testRedaction({ knownValues: [{ name: 'known', value }] });
        const secret = encode(value);
        fc.pre(!'[REDACTED:known:0000]'.includes(secret));
        expect(survives(secret, await redaction.redact(put(secret)))).toBe(false);
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});

describe('Kubernetes documents', () => {
  const rows = kubernetesRows(2);
  it.each([...new Set(rows.map(({ form }) => form))])('lose every secret, written as %s', async (form) => {
    for (const row of rows.filter((each) => each.form === form)) {
      const redacted = await testRedaction().redact(row.sample);
      for (const secret of row.secrets) {
        expect({ kind: row.kind, left: survives(secret, redacted) }).toMatchObject({ left: false });
      }
    }
  });

  it('give away values that are removed everywhere, whatever they look like', async () => {
    const words = ['letmein', 'opensesame', 'somebody', 'production-db-credentials'];
    for (const word of words) {
      const redaction = testRedaction();
      const early = await redaction.redact(`tried ${word} first`);
      expect(early).toContain(word);
      await redaction.redact(`kind: Secret\ndata:\n  k: ${Buffer.from(word).toString('base64')}\n`);
      expect(await redaction.redact(early)).not.toContain(word);
      expect(await redaction.redact(JSON.stringify({ log: `tried ${word}` }))).not.toContain(word);
    }
  });
});
