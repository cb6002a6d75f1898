import { schemaOf } from '../../schema/kinds.ts';
import { isRecord } from '../../schema/record.ts';

/** Documents that a model writes. */
export type AnswerKind = 'ReportDraft' | 'DraftVerification';

export type Draft07Schema = Readonly<Record<string, unknown>>;

/**
 * What `--json-schema` takes: words of draft-07 only, without `format`, and without the envelope, whose constant fields
 * code writes (facts of the command line: other schemas are ignored without a word, or refused).
 */
export function answerSchema(kind: AnswerKind): Draft07Schema {
  const schema = toDraft07(schemaOf(kind));
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const properties = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {});
  return {
    ...schema,
    required: required.filter((name) => !ENVELOPE.has(name)),
    properties: Object.fromEntries(properties.filter(([name]) => !ENVELOPE.has(name))),
  };
}

const ENVELOPE: ReadonlySet<string> = new Set(['apiVersion', 'kind']);

/** Words that only help people and editors, or that a reader of draft-07 does not take. */
const DROPPED: ReadonlySet<string> = new Set(['$schema', '$id', 'format', 'examples']);

/** Words that mean the same in both versions. A schema that needs another one must be written differently. */
const KEPT: ReadonlySet<string> = new Set([
  ...['title', 'description', 'type', 'additionalProperties', 'required', 'properties', 'items', 'enum', 'const'],
  ...['minLength', 'maxLength', 'pattern', 'minimum', 'maximum', 'minItems', 'maxItems'],
]);

/** The draft-07 form of a schema of ours, with an object at the top. */
export function toDraft07(schema: Readonly<Record<string, unknown>>): Draft07Schema {
  if (schema['type'] !== 'object') throw new Error('the top level of an answer must be an object');
  return convert(schema);
}

function convert(schema: Readonly<Record<string, unknown>>): Draft07Schema {
  const converted: Record<string, unknown> = {};
  for (const [word, value] of Object.entries(schema)) {
    if (DROPPED.has(word)) continue;
    if (!KEPT.has(word)) throw new Error(`draft-07 does not know "${word}", or knows it differently`);
    converted[word] = convertWord(word, value);
  }
  return converted;
}

function convertWord(word: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  if (word === 'items') return convert(value);
  if (word !== 'properties') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isRecord(field) ? convert(field) : field]),
  );
}
