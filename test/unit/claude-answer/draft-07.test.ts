import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerSchema, toDraft07, type AnswerKind } from '../../../src/claude/answer/draft-07.ts';
import { API_VERSION, schemaOf } from '../../../src/schema/kinds.ts';
import { followsSchema } from '../../../src/schema/validators.ts';
import { answerOf, draftOf } from './draft-samples.ts';

const DRAFT = answerOf(draftOf());
const VERIFICATION = {
  confidence: 0.8,
  why: 'the trigger is assumed',
  findings: [{ finding: 'F03', confidence: 0.7, why: 'the line says so' }],
};

const ANSWERS: readonly (readonly [AnswerKind, object])[] = [
  ['ReportDraft', DRAFT],
  ['DraftVerification', VERIFICATION],
];

describe('the form for --json-schema', () => {
  it.each(ANSWERS)('has only words of draft-07 and no constant fields: %s', (kind) => {
    const schema = answerSchema(kind);
    const words = JSON.stringify(schema);
    for (const word of ['$schema', '$id', 'format', 'examples', 'apiVersion'])
      expect(words).not.toContain(`"${word}":`);
    expect(schema['type']).toBe('object');
    expect(new Ajv({ strict: true, strictRequired: true }).validateSchema(schema)).toBe(true);
  });

  it.each(ANSWERS)('describes every field: %s', (kind) => {
    expect(fieldsWithout('description', answerSchema(kind))).toEqual([]);
    expect(fieldsWithout('examples', schemaOf(kind))).toEqual([]);
  });

  it.each(ANSWERS)('accepts exactly what the contract accepts: %s', (kind, sample) => {
    const accepts = new Ajv({ strict: true }).compile({ ...answerSchema(kind) });
    const judgeBoth = (answer: object): readonly [boolean, boolean] => [
      accepts(answer),
      followsSchema(kind, { ...answer, apiVersion: API_VERSION, kind }),
    ];
    expect(judgeBoth(sample)).toEqual([true, true]);
    let refused = 0;
    fc.assert(
      fc.property(mutationOf(sample), (answer) => {
        const [derived, contract] = judgeBoth(answer);
        if (!contract) refused += 1;
        expect(derived).toBe(contract);
      }),
      { numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  it('keeps fields that are called like a word of the schema', () => {
    const field = { type: 'string', format: 'date-time', examples: ['x'] };
    const schema = { type: 'object', properties: { format: field, examples: field } };
    expect(toDraft07(schema)['properties']).toEqual({ format: { type: 'string' }, examples: { type: 'string' } });
  });

  it.each([
    ['a word that draft-07 lacks', { type: 'object', unevaluatedProperties: false }],
    ['another top level', { type: 'array', items: { type: 'string' } }],
  ])('refuses %s', (_what, schema) => {
    expect(() => toDraft07(schema)).toThrow(/draft-07|top level/);
  });
});

/** The sample with one value anywhere replaced, removed or added to. */
function mutationOf(sample: object): fc.Arbitrary<object> {
  const paths = pathsOf(sample);
  const value = fc.oneof(
    fc.constantFrom<unknown>('', 'x', 'x'.repeat(450), 'E001', 'F01', 'E1', -1, 0.5, 2, true, [], {}, 'root-cause'),
    fc.constantFrom<unknown>('2026-11-20T13:50Z', '2026-11-20 13:50', 'critical', Array(40).fill('E001')),
    fc.jsonValue(),
  );
  return fc.tuple(fc.constantFrom(...paths), value, fc.boolean()).map(([path, replacement, isRemoved]) => {
    const copy: unknown = structuredClone(sample);
    change(copy, path, isRemoved ? undefined : replacement);
    return typeof copy === 'object' && copy !== null ? copy : {};
  });
}

function pathsOf(node: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof node !== 'object' || node === null) return [path];
  const inner = Object.entries(node).flatMap(([name, child]) => pathsOf(child, [...path, name]));
  return path.length === 0 ? [['unknown'], ...inner] : [path, ...inner];
}

function change(node: unknown, [name, ...rest]: readonly string[], value: unknown): void {
  if (typeof node !== 'object' || node === null || name === undefined) return;
  if (rest.length > 0) {
    change(Reflect.get(node, name), rest, value);
    return;
  }
  if (value === undefined && !Array.isArray(node)) Reflect.deleteProperty(node, name);
  else Reflect.set(node, name, value ?? null);
}

function fieldsWithout(word: string, node: unknown, path = ''): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const properties: unknown = Reflect.get(node, 'properties');
  const own = Object.entries(typeof properties === 'object' && properties !== null ? properties : {});
  return [
    ...own.flatMap(([name, field]) => [
      ...(typeof field === 'object' && field !== null && word in field ? [] : [`${path}.${name}`]),
      ...fieldsWithout(word, field, `${path}.${name}`),
    ]),
    ...fieldsWithout(word, Reflect.get(node, 'items'), `${path}[]`),
  ];
}
