import { stringify } from 'yaml';
import { schemaOf, type Kind, type Kinds } from './kinds.ts';
import { isRecord } from './record.ts';

/**
 * A document as YAML: fields in the order of the schema, multi-line text as a block, long lines left alone. The first
 * line tells editors where the schema is.
 */
export function formatYaml<Name extends Kind>(kind: Name, value: Kinds[Name]): string {
  const body = stringify(inSchemaOrder(kind, value), {
    version: '1.2',
    schema: 'core',
    lineWidth: 0,
    blockQuote: 'literal',
    // The same object in two places is written twice: readers refuse anchors.
    aliasDuplicateObjects: false,
  });
  return `# yaml-language-server: $schema=${String(schemaOf(kind)['$id'])}\n${body}`;
}

/** A document as indented JSON, fields in the order of the schema. */
export function formatJson<Name extends Kind>(kind: Name, value: Kinds[Name]): string {
  return `${JSON.stringify(inSchemaOrder(kind, value), undefined, 2)}\n`;
}

/** A document as one line of JSON, fields in the order of the schema. */
export function formatJsonLine<Name extends Kind>(kind: Name, value: Kinds[Name]): string {
  return `${JSON.stringify(inSchemaOrder(kind, value))}\n`;
}

function inSchemaOrder(kind: Kind, document: unknown): unknown {
  const root = schemaOf(kind);

  function ordered(value: unknown, schema: unknown): unknown {
    const node = resolve(schema);
    if (Array.isArray(value)) return value.map((entry) => ordered(entry, node['items']));
    if (!isRecord(value)) return value;
    const fields = isRecord(node['properties']) ? node['properties'] : {};
    const known = Object.keys(fields).filter((name) => Object.hasOwn(value, name));
    const free = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
    return Object.fromEntries(
      [...known, ...free].map((name) => [name, ordered(value[name], fields[name] ?? node['additionalProperties'])]),
    );
  }

  /** Follows a reference such as `#/$defs/condition`. */
  function resolve(schema: unknown): Readonly<Record<string, unknown>> {
    if (!isRecord(schema)) return {};
    if (typeof schema['$ref'] !== 'string') return schema;
    let target: unknown = root;
    for (const name of schema['$ref'].split('/').slice(1)) target = isRecord(target) ? target[name] : undefined;
    return isRecord(target) ? target : {};
  }

  return ordered(document, root);
}
