// Writes src/schema/generated.ts from the schemas beside this file; with --check only says whether it is stale.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';

const folder = new URL('./', import.meta.url);
const output = new URL('../src/schema/generated.ts', import.meta.url);

const names = (await readdir(folder)).filter((name) => name.endsWith('.schema.json')).sort();
const definitions = new Map();
for (const name of names) {
  const schema = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
  const text = await compile(forTypes(schema), schema.title, {
    additionalProperties: false,
    bannerComment: '',
    format: false,
    ignoreMinAndMaxItems: true,
  });
  for (const [title, body] of splitDefinitions(text)) definitions.set(title, definitions.get(title) ?? body);
}
const content = `// Generated from schemas/ by schemas/generate-types.js. Do not edit.\n\n${[...definitions.values()].join('\n\n')}\n`;

if (process.argv.includes('--check')) {
  const current = await readFile(output, 'utf8').catch(() => '');
  if (current !== content) {
    process.stderr.write('error: src/schema/generated.ts is stale\nhint:  node schemas/generate-types.js\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(output, content);
}

/** Drops what only validation needs: presence rules, and 2020-12 words that the compiler does not know. */
function forTypes(node) {
  if (Array.isArray(node)) return node.map(forTypes);
  if (node === null || typeof node !== 'object') return node;
  const isPresenceRule =
    Array.isArray(node.oneOf) && node.oneOf.every((option) => Object.keys(option).join() === 'required');
  const dropped = new Set(['examples', 'propertyNames', ...(isPresenceRule ? ['oneOf'] : [])]);
  return Object.fromEntries(
    Object.entries(node)
      // A property may be called `default` too; what is dropped is the word of a schema.
      .filter(([key]) => !dropped.has(key) && !(key === 'default' && typeof node.type === 'string'))
      .map(([key, value]) => [key, forTypes(value)]),
  );
}

function splitDefinitions(text) {
  return text
    .split(/\n(?=\/\*\*\n|export )(?=(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?export )/u)
    .map((body) => body.trim())
    .filter((body) => body.includes('export '))
    .map((body) => [/export (?:interface|type) (\w+)/u.exec(body)?.[1], body]);
}
