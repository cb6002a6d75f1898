import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { formatProblem } from '../../../src/schema/problem.ts';
import { arbitraryRequest } from '../../support/arbitrary-request.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

/** Pieces that readers of YAML have understood differently, or not survived. */
const PIECES = [
  ...['&a ', '*a', '!!js/function ', '!<x> ', '<<: *a\n', '? ', '- ', '{', '}', '[', ']', ',', ': ', '#', '"', "'", '|', '>', '%YAML 1.1\n'],
  ...['---\n', '...\n', '\n', '\r', '\t', '\u0000', '\u0085', '\u2028', '\ufeff', '\u202e', '\u001b[2J', '\ud800'],
  ...['__proto__: {polluted: 1}\n', 'constructor: {prototype: {polluted: 1}}\n', 'spec: {}\n', '  nonce: 1\n', '1e999', '0x10', '.nan', '~', 'yes'],
]; // prettier-ignore

type Edit = readonly [at: number, length: number, piece: string];
const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(12),
  fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })),
);

function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const [at, length, piece] of edits) {
    const from = Math.floor(at * result.length);
    result = result.slice(0, from) + piece + result.slice(from + length);
  }
  return result;
}

describe('a request that was bent', () => {
  it('is read as what it says, or refused in words that are safe to print', () => {
    const file = { file: 'r.yaml' };
    fc.assert(
      fc.property(arbitraryRequest, fc.array(edit, { minLength: 1, maxLength: 4 }), (request, edits) => {
        const text = edited(formatYaml('TroubleshootingRequest', request), edits);
        const parsed = parseDocument('TroubleshootingRequest', text, file);
        expect(Object.prototype).not.toHaveProperty('polluted');
        if (!parsed.ok) {
          expect(parsed.problems.length).toBeGreaterThan(0);
          for (const problem of parsed.problems) expect(formatProblem(problem)).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
          return;
        }
        // What was read can be written down and is read as the same again: nothing hides between two readers.
        const again = parseDocument('TroubleshootingRequest', formatYaml('TroubleshootingRequest', parsed.value), file);
        expect(again).toMatchObject({ ok: true, value: parsed.value });
      }),
      { numRuns: fuzzRuns(100) },
    );
  });
});
