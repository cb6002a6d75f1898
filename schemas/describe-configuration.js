// Writes docs/configuration.md from processor-config.schema.json; with --check only says whether it is stale.
import { readFile, writeFile } from 'node:fs/promises';

const output = new URL('../docs/configuration.md', import.meta.url);
const schema = JSON.parse(await readFile(new URL('./processor-config.schema.json', import.meta.url), 'utf8'));

/** By the ends of names: a unit stands in the name of its field. */
const UNITS = [
  [/(?:^s|S)econds$|^maxTimeout$/u, 's'],
  [/Minutes$/u, 'min'],
  [/Hours$/u, 'h'],
  [/^days$/u, 'd'],
  [/^megabytes$/u, 'MB'],
  [/KiB$/u, 'KiB'],
  [/(?:^u|U)sd(?:PerDay)?$/u, 'US dollars'],
  [/PerMinute$/u, 'per minute'],
];

const single = Object.entries(schema.properties).filter(([, property]) => !hasFields(property));
const groups = Object.entries(schema.properties).filter(([, property]) => hasFields(property));
const content = `${[
  '# Configuration of a processor',
  'Every field of `processor.yaml`, made from `schemas/processor-config.schema.json` by `schemas/describe-configuration.js`. `claude-warroom validate processor.yaml` checks a file against the same schema. Relative paths count from the folder of the file. **Bold** fields are required; those of a section only where the section is there.',
  ...[table(single.map(([name, property]) => fieldOf(name, property, schema))), ...groups.flatMap(sectionOf)],
].join('\n\n')}\n`;

if (process.argv.includes('--check')) {
  const current = await readFile(output, 'utf8').catch(() => '');
  if (current !== content) {
    process.stderr.write('error: docs/configuration.md is stale\nhint:  node schemas/describe-configuration.js\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(output, content);
}

function sectionOf([name, property]) {
  const isRequired = schema.required.includes(name);
  const note = `${sentence(property.description)}${isRequired ? '; required' : ''}.`;
  return [`## ${name}`, note, table(fieldsOf(name, property))];
}

/** The fields below a property, with their whole names: `target.ssh.jump.user`, `publishers[].s3.bucket`. */
function fieldsOf(path, property) {
  const [place, holder] = property.type === 'array' ? [`${path}[]`, resolved(property.items)] : [path, property];
  return Object.entries(holder.properties).flatMap(([name, each]) => {
    const field = resolved(each);
    const full = `${place}.${name}`;
    const given = { ...field, default: field.default ?? holder.default?.[name] };
    const own = fieldOf(full, given, { required: holder.required ?? [], name });
    return hasFields(field) ? [own, ...fieldsOf(full, given)] : [own];
  });
}

function fieldOf(path, property, { required, name = path }) {
  const [meaning, said] = splitDefault(property.description);
  const value = property.default === undefined ? defaultText(said) : code(property.default);
  const shown = required.includes(name) ? `**\`${path}\`**` : `\`${path}\``;
  return [shown, typeOf(resolved(property)), unitOf(name), value, sentence(meaning)];
}

/** Many descriptions end with `; 22 when absent`. */
function splitDefault(text) {
  const [, meaning, value] = /^(.*)[;,.] ([^;,.]+) when absent$/u.exec(text) ?? [];
  return value === undefined ? [text, undefined] : [meaning, value];
}

/** A value as it is written, or words about it. */
function defaultText(said = '') {
  return /^(?:true|false|[\d.]+|[a-z0-9]+(?:-[a-z0-9]+)+)$/u.test(said) ? code(said) : sentence(said);
}

function typeOf({ type, enum: values, const: only, minimum, maximum, items }) {
  if (only !== undefined) return code(only);
  if (values !== undefined) return values.map(code).join(', ');
  if (type === 'array') return hasFields({ type, items }) ? 'list' : `list of ${typeOf(resolved(items))}`;
  if (type === 'string') return 'text';
  if (type === 'boolean') return '`true`, `false`';
  if (type !== 'integer' && type !== 'number') return 'section';
  const kind = type === 'integer' ? 'whole number' : 'number';
  if (minimum === undefined && maximum === undefined) return kind;
  if (maximum === undefined) return `${kind}, ${minimum} or more`;
  return `${kind}, ${minimum ?? '…'} to ${maximum}`;
}

function unitOf(name) {
  return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? '';
}

function hasFields(property) {
  const { type, items, properties } = resolved(property);
  return type === 'array' ? resolved(items).properties !== undefined : properties !== undefined;
}

function resolved(property) {
  const { $ref: reference } = property;
  return reference === undefined ? property : schema.$defs[reference.split('/').at(-1)];
}

function table(rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(['field', 'type', 'unit', 'default', 'meaning']), '|---|---|---|---|---|', ...rows.map(line)].join('\n');
}

function code(value) {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Names of folders and patterns of files are shown as they are. */
function sentence(text) {
  return text
    .replaceAll('*', '\\*')
    .replaceAll(/<([^>]*)>/gu, '`<$1>`')
    .replaceAll('_', '\\_');
}
