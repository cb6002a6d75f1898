import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearestName } from '../lib/nearest-name.ts';
import { patternWords } from './pattern-words.ts';
import { quoteValue } from './problem.ts';
import { isRecord } from './record.ts';
import type { Path } from './text-map.ts';

/** What a document does wrong, and where to point. */
export interface Complaint {
  readonly path: Path;
  readonly at: 'value' | 'key';
  readonly message: string;
  readonly hint?: string | undefined;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a group of fields',
  array: 'a list',
  null: 'nothing',
};

const FEW_FIELDS = 12;

/** An error of the schema in our words; undefined when another error of the same document says it better. */
export function explainError(error: ErrorObject, root: unknown): Complaint | undefined {
  // A branch of a choice says what it alone lacks; the choice itself says it in one sentence.
  if (error.schemaPath.includes('/oneOf/')) return undefined;
  const path = pathOf(error.instancePath, root);
  const params: Readonly<Record<string, unknown>> = error.params;
  const schema: unknown = error.parentSchema;
  const value: unknown = error.data;
  const here = (message: string, hint?: string): Complaint => ({ path, at: 'value', message, hint });

  switch (error.keyword) {
    case 'required': {
      const name = String(params['missingProperty']);
      return { path: [...path, name], at: 'key', message: 'is missing', hint: describeField(schema, name) };
    }
    case 'additionalProperties':
      return unknownField(path, String(params['additionalProperty']), schema);
    case 'propertyNames':
      return undefined;
    case 'pattern': {
      const words = patternWords(String(params['pattern'])) ?? describe(schema) ?? 'in the form that is asked for';
      if (error.propertyName === undefined) return here(`${quoteValue(value)} is not ${words}`);
      return { path: [...path, error.propertyName], at: 'key', message: `the name is not ${words}` };
    }
    case 'type':
      return here(`must be ${typeWords(params['type'])}, not ${actualWords(value)}`, typeHint(params['type'], value));
    case 'enum':
      return notOneOf(here, value, params['allowedValues']);
    case 'const':
      return notOneOf(here, value, [params['allowedValue']]);
    case 'format':
      return here(`${quoteValue(value)} is not a date and time such as 2026-11-20T14:30:12Z`);
    case 'oneOf':
      return here(explainChoice(schema, value));
    case 'uniqueItems': {
      const [first = 0, second = 0] = [Number(params['i']), Number(params['j'])].sort((a, b) => a - b);
      return { path: [...path, second], at: 'value', message: `repeats entry ${String(first + 1)} of the list` };
    }
    case 'minimum':
      return here(`${quoteValue(value)} is less than the ${String(params['limit'])} that is needed`);
    case 'maximum':
      return here(`${quoteValue(value)} is more than the ${String(params['limit'])} that is allowed`);
    default:
      return here(explainSize(error.keyword, value, Number(params['limit'])) ?? `breaks the rule ${error.keyword}`);
  }
}

/** JSON pointer to path; whether a segment is an index depends on what is there. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let value: unknown = root;
  for (const escaped of pointer.split('/').slice(1)) {
    const segment = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) {
      path.push(Number(segment));
      value = value[Number(segment)];
    } else {
      path.push(segment);
      value = isRecord(value) ? value[segment] : undefined;
    }
  }
  return path;
}

function unknownField(path: Path, name: string, schema: unknown): Complaint {
  const fields = Object.keys(propertiesOf(schema));
  const nearest = nearestName(name, fields);
  const few = fields.length <= FEW_FIELDS ? `possible here: ${fields.join(', ')}` : undefined;
  return {
    path: [...path, name],
    at: 'key',
    message: 'is not a known field',
    hint: nearest === undefined ? few : didYouMean(nearest),
  };
}

export function didYouMean(name: string): string {
  return `did you mean ${quoteValue(name)}?`;
}

function notOneOf(
  here: (message: string, hint?: string) => Complaint,
  value: unknown,
  allowedValues: unknown,
): Complaint | undefined {
  const allowed = Array.isArray(allowedValues) ? allowedValues.map(String) : [];
  // A value of another type is reported as such.
  if (typeof value !== 'string') return undefined;
  const nearest = nearestName(value, allowed);
  const message = `${quoteValue(value)} is not ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}`;
  return here(message, nearest === undefined || allowed.length === 1 ? undefined : didYouMean(nearest));
}

/** A choice between groups of required fields. */
function explainChoice(schema: unknown, value: unknown): string {
  const options = (isRecord(schema) && Array.isArray(schema['oneOf']) ? schema['oneOf'] : []).map(requiredOf);
  const present = (name: string): boolean => isRecord(value) && Object.hasOwn(value, name);
  const complete = options.filter((option) => option.every(present));
  const [started] = options.filter((option) => option.some(present));
  const choice = `${options.map((option) => option.join(' with ')).join(' or ')}, not both`;
  if (complete.length > 1)
    return `has ${complete.map((option) => option.join(' with ')).join(' and ')}, needs one of them`;
  if (started === undefined) return `needs ${choice}`;
  const given = started.filter(present).join(' and ');
  return `has ${given} without ${started.filter((name) => !present(name)).join(' and ')}; needs ${choice}`;
}

function explainSize(keyword: string, value: unknown, limit: number): string | undefined {
  const count = (one: string, many: string, size: number): string => `${String(size)} ${size === 1 ? one : many}`;
  const length = typeof value === 'string' ? Array.from(value).length : 0;
  const entries = Array.isArray(value) ? value.length : 0;
  const fields = isRecord(value) ? Object.keys(value).length : 0;
  switch (keyword) {
    case 'minLength':
      return length === 0
        ? 'must not be empty'
        : `has ${count('character', 'characters', length)}, at least ${String(limit)} are needed`;
    case 'maxLength':
      return `has ${count('character', 'characters', length)}, at most ${String(limit)} are allowed`;
    case 'minItems':
      return `has ${count('entry', 'entries', entries)}, at least ${String(limit)} are needed`;
    case 'maxItems':
      return `has ${count('entry', 'entries', entries)}, at most ${String(limit)} are allowed`;
    case 'maxProperties':
      return `has ${count('field', 'fields', fields)}, at most ${String(limit)} are allowed`;
    default:
      return undefined;
  }
}

function typeWords(types: unknown): string {
  return [types]
    .flat()
    .map((type) => TYPE_WORDS[String(type)] ?? String(type))
    .join(', ');
}

function actualWords(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a group of fields';
  return `${typeof value === 'string' ? 'the text' : 'the value'} ${quoteValue(value)}`;
}

function typeHint(expected: unknown, actual: unknown): string | undefined {
  const isScalar = typeof actual === 'number' || typeof actual === 'boolean';
  return expected === 'string' && isScalar ? 'put it in quotes' : undefined;
}

function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> {
  return isRecord(schema) && isRecord(schema['properties']) ? schema['properties'] : {};
}

function requiredOf(option: unknown): readonly string[] {
  return isRecord(option) && Array.isArray(option['required']) ? option['required'].map(String) : [];
}

function describeField(schema: unknown, name: string): string | undefined {
  const fields = propertiesOf(schema);
  return Object.hasOwn(fields, name) ? describe(fields[name]) : undefined;
}

function describe(schema: unknown): string | undefined {
  if (!isRecord(schema) || typeof schema['description'] !== 'string') return undefined;
  return schema['description'].charAt(0).toLowerCase() + schema['description'].slice(1);
}
