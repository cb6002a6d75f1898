import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { KIND_NAMES, isKind, schemaOf } from '../../../src/schema/kinds.ts';
import { parseAnyDocument, parseDocument } from '../../../src/schema/parse-document.ts';
import { patternWords } from '../../../src/schema/pattern-words.ts';
import { formatProblem } from '../../../src/schema/problem.ts';

const REQUEST = `# yaml-language-server: $schema=https://warroom.intility.io/schemas/v1/request.schema.json
apiVersion: warroom.intility.io/v1
kind: TroubleshootingRequest
metadata:
  name: 2026-11-20-1430-api-timeout-k7m2
  title: API server answers after 30 s
  timestamp: 2026-11-20T14:30:12.000Z
  engineer: alice@example.com
spec:
  targetCluster:
    type: hub
    name: production-hub
  issue:
    description: API server answers after 30 s
  investigation:
    strategy: auto
    timeout: 900
    mode: read
    engine: auto
  output:
    format: markdown
  origin:
    kind: person
  expiresAt: 2026-11-21T14:30:12.000Z
  nonce: 9f86d081884c7d659a2feaa0c55ad015
  repository: https://github.com/acme/warroom.git
`;

/** All problems of the request after one replacement, as a person sees them. */
function problemsAfter(search: string, replacement: string): readonly string[] {
  const text = REQUEST.replace(search, replacement);
  if (text === REQUEST) throw new Error(`the request does not contain ${search}`);
  const parsed = parseDocument('TroubleshootingRequest', text, { file: 'r.yaml' });
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

it('reads a request', () => {
  const parsed = parseDocument('TroubleshootingRequest', REQUEST, { file: 'r.yaml' });
  expect(parsed.ok ? parsed.value.spec.targetCluster?.name : parsed).toBe('production-hub');
  expect(parsed.ok ? parsed.locate(['spec', 'nonce']) : parsed).toStrictEqual({ line: 25, column: 10 });
});

describe('says what is wrong, where, and what would be right', () => {
  it.each([
    [
      'type: hub',
      'type: hubb',
      'r.yaml:11:11: spec.targetCluster.type: "hubb" is not one of hub, hosted, host (did you mean "hub"?)',
    ],
    ['type: hub', 'type: toaster', 'r.yaml:11:11: spec.targetCluster.type: "toaster" is not one of hub, hosted, host'],
    ['type: hub', 'type: 5', 'r.yaml:11:11: spec.targetCluster.type: must be text, not the value 5 (put it in quotes)'],
    ['type: hub', 'type:', 'r.yaml:11:10: spec.targetCluster.type: must be text, not empty'],
    [
      '    name: production-hub',
      '    name: Production Hub',
      'r.yaml:12:11: spec.targetCluster.name: "Production Hub" is not a name of small letters, digits and inner hyphens, at most 63 characters',
    ],
    [
      '    strategy: auto',
      '    stratgy: auto',
      'r.yaml:15:3: spec.investigation.strategy: is missing (strategy that a processor advertises, or auto)|r.yaml:16:5: spec.investigation.stratgy: is not a known field (did you mean "strategy"?)',
    ],
    [
      '    format: markdown',
      '    format: markdown\n    color: red',
      'r.yaml:22:5: spec.output.color: is not a known field (possible here: format, destination)',
    ],
    [
      'timeout: 900',
      'timeout: 9000',
      'r.yaml:17:14: spec.investigation.timeout: 9000 is more than the 7200 that is allowed',
    ],
    ['timeout: 900', 'timeout: 1', 'r.yaml:17:14: spec.investigation.timeout: 1 is less than the 10 that is needed'],
    [
      'timeout: 900',
      'timeout: 90.5',
      'r.yaml:17:14: spec.investigation.timeout: must be a whole number, not the value 90.5',
    ],
    [
      'timeout: 900',
      'timeout: "900"',
      'r.yaml:17:14: spec.investigation.timeout: must be a whole number, not the text "900"',
    ],
    [
      '    mode: read',
      '    mode: read\n    budget: {turns: 0}',
      'r.yaml:19:21: spec.investigation.budget.turns: 0 is less than the 1 that is needed',
    ],
    [
      '    mode: read',
      '    mode: read\n    allowedTools: [read, grep, read]',
      'r.yaml:19:32: spec.investigation.allowedTools[2]: repeats entry 1 of the list',
    ],
    [
      '    mode: read',
      '    mode: read\n    allowedTools: [read, kubctl]',
      'r.yaml:19:26: spec.investigation.allowedTools[1]: "kubctl" is not one of read, grep, kubectl, oc, systemctl, journalctl, docker, podman, crictl, host, network, database (did you mean "kubectl"?)',
    ],
    [
      'description: API server answers after 30 s',
      'description: ""',
      'r.yaml:14:18: spec.issue.description: must not be empty',
    ],
    [
      'title: API server answers after 30 s',
      `title: ${'x'.repeat(121)}`,
      'r.yaml:6:10: metadata.title: has 121 characters, at most 120 are allowed',
    ],
    [
      'timestamp: 2026-11-20T14:30:12.000Z',
      'timestamp: yesterday',
      'r.yaml:7:14: metadata.timestamp: "yesterday" is not a date and time such as 2026-11-20T14:30:12Z',
    ],
    [
      'timestamp: 2026-11-20T14:30:12.000Z',
      'timestamp: 2016-12-31T23:59:60Z',
      'r.yaml:7:14: metadata.timestamp: "2016-12-31T23:59:60Z" is not a date and time such as 2026-11-20T14:30:12Z',
    ],
    [
      '  engineer: alice@example.com',
      '  engineer: alice@example.com\n  labels: {Team A: x}',
      'r.yaml:9:12: metadata.labels["Team A"]: the name is not a name of small letters, digits and inner dots, slashes and hyphens, at most 63 characters',
    ],
    [
      '  issue:\n',
      '  targetClusters: []\n  issue:\n',
      'r.yaml:13:19: spec.targetClusters: has 0 entries, at least 2 are needed',
    ],
    [
      '  issue:\n',
      '  targetClusters: [{type: hub, name: a}, {type: hub, name: b}]\n  coordination: {mode: parallel}\n  issue:\n',
      'r.yaml:10:3: spec: has targetCluster and targetClusters with coordination, needs one of them',
    ],
    [
      '  targetCluster:\n    type: hub\n    name: production-hub\n',
      '',
      'r.yaml:10:3: spec: needs targetCluster or targetClusters with coordination, not both',
    ],
    [
      '  targetCluster:\n    type: hub\n    name: production-hub\n',
      '  targetClusters: [{type: hub, name: a}, {type: hub, name: b}]\n',
      'r.yaml:10:3: spec: has targetClusters without coordination; needs targetCluster or targetClusters with coordination, not both',
    ],
    [
      '  issue:\n    description: API server answers after 30 s\n',
      '  issue: slow\n',
      'r.yaml:13:10: spec.issue: must be a group of fields, not the text "slow"',
    ],
    [
      '  nonce: 9f86d081884c7d659a2feaa0c55ad015\n',
      '',
      'r.yaml:9:1: spec.nonce: is missing (128 random bits; a second request with the same value is refused)',
    ],
    [
      'nonce: 9f86d081884c7d659a2feaa0c55ad015',
      'nonce: 9f86',
      'r.yaml:25:10: spec.nonce: "9f86" is not a number of 32 digits of 0-9 a-f',
    ],
    ['kind: TroubleshootingRequest\n', '', 'r.yaml:2:1: kind: is missing (TroubleshootingRequest)'],
    ['kind: TroubleshootingRequest', 'kind: Cancel', 'r.yaml:3:7: kind: "Cancel" is not TroubleshootingRequest'],
    [
      'apiVersion: warroom.intility.io/v1',
      'apiVersion: warroom.intility.io/v2',
      'r.yaml:2:13: apiVersion: "warroom.intility.io/v2" is not a version that this program reads (it reads warroom.intility.io/v1)',
    ],
    [
      'kind: person',
      'kind: &x person',
      'r.yaml:23:11: anchors (&) are not allowed (put text that begins with & in quotes)',
    ],
    [
      '2026-11-20-1430-api',
      '2026-11-20-1431-api',
      'r.yaml:5:9: metadata.name: begins with the minute 2026-11-20T14:31Z, metadata.timestamp is in the minute 2026-11-20T14:30Z (both are in UTC)',
    ],
    [
      '    format: markdown',
      '    format: markdown\n    destination: results/elsewhere',
      'r.yaml:22:18: spec.output.destination: must be results/2026/11/20/2026-11-20-1430-api-timeout-k7m2 or left out (the id of a request gives the folder of its result)',
    ],
  ])('%s → %s', (search, replacement, expected) => {
    expect(problemsAfter(search, replacement).join('|')).toBe(expected);
  });

  it('lists 20 problems in the order of the file and counts the rest', () => {
    const fields = Array.from({ length: 30 }, (_, i) => `  x${String(i)}: 1\n`).join('');
    const parsed = parseDocument('TroubleshootingRequest', `${REQUEST}${fields}`, { file: 'r.yaml' });
    expect(parsed.ok ? 0 : parsed.more).toBe(10);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.line)).toStrictEqual(
      Array.from({ length: 20 }, (_, i) => 27 + i),
    );
  });

  it('never prints what could steer a terminal', () => {
    const [problem] = problemsAfter('type: hub', 'type: "\u202eevil\u200b"');
    expect(problem).toContain('"<U+202E>evil<U+200B>" is not one of');
  });

  it('reads the same rules from JSON', () => {
    const parsed = parseDocument(
      'Cancel',
      '{\n "apiVersion": "warroom.intility.io/v1",\n "kind": "Cancel",\n "x": 1}',
      { file: 'c.json' },
    );
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toStrictEqual([
      'c.json:1:1: metadata: is missing (which request, who, when)',
      'c.json:1:1: spec: is missing (why)',
      'c.json:4:2: x: is not a known field (possible here: apiVersion, kind, metadata, spec)',
    ]);
  });
});

describe('picks the kind from the document', () => {
  it.each([
    [
      'kind: TroubleshotingRequest\napiVersion: warroom.intility.io/v1',
      `f.yaml:1:7: kind: "TroubleshotingRequest" is not one of ${KIND_NAMES.join(', ')} (did you mean "TroubleshootingRequest"?)`,
    ],
    ['kind: 5\napiVersion: warroom.intility.io/v1', `f.yaml:1:7: kind: 5 is not one of ${KIND_NAMES.join(', ')}`],
    ['- a', 'f.yaml:1:1: must be a group of fields that begins with apiVersion and kind'],
    ['hello', 'f.yaml:1:1: must be a group of fields that begins with apiVersion and kind'],
    ['kind: Cancel', 'f.yaml:1:1: apiVersion: is missing (add apiVersion: warroom.intility.io/v1)'],
    [
      'a: [',
      'f.yaml:1:5: is not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])('%s', (text, expected) => {
    const parsed = parseAnyDocument(text, { file: 'f.yaml' });
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toStrictEqual([expected]);
  });

  it('reads a request', () => {
    expect(parseAnyDocument(REQUEST, { file: 'stdin' })).toMatchObject({
      ok: true,
      value: { kind: 'TroubleshootingRequest' },
    });
  });

  it('applies the size limit of the kind', () => {
    const text = `${REQUEST}${'#'.repeat(65_536)}\n`;
    const parsed = parseAnyDocument(text, { file: 'r.yaml' });
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.message)).toStrictEqual([
      `the file has ${String(text.length)} bytes, at most 65536 are allowed`,
    ]);
  });
});

describe('every schema', () => {
  const kinds = KIND_NAMES.filter(isKind);

  it('belongs to a kind', () => {
    const files = readdirSync('schemas').filter((name) => name.endsWith('.schema.json'));
    const ids = files.map((name) => `https://warroom.intility.io/schemas/v1/${name}`);
    expect(kinds.map((kind) => schemaOf(kind)['$id']).sort()).toStrictEqual(ids.sort());
    for (const kind of kinds) expect(schemaOf(kind)['title']).toBe(kind);
  });

  it.each(kinds)('compiles strictly and refuses an empty document: %s', (kind) => {
    const text = `apiVersion: warroom.intility.io/v1\nkind: ${kind}\n`;
    expect(parseDocument(kind, text, { file: 'f.yaml' }).ok).toBe(kind === 'ClientConfig');
  });

  it.each(kinds)('follows the meta-schema: %s', (kind) => {
    expect(new Ajv2020({ strict: false }).validateSchema(schemaOf(kind))).toBe(true);
  });

  it('has words for each of its patterns', () => {
    for (const name of readdirSync('schemas').filter((file) => file.endsWith('.schema.json'))) {
      const schema: unknown = JSON.parse(readFileSync(`schemas/${name}`, 'utf8'));
      for (const pattern of patternsOf(schema)) expect(patternWords(pattern), `${name}: ${pattern}`).toBeDefined();
    }
  });
});

/** Values of the keyword `pattern`, not of fields that are called so. */
function patternsOf(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'pattern' in node && typeof node.pattern === 'string' ? [node.pattern] : [];
  const inner = Object.entries(node).filter(([name]) => name !== 'examples');
  return [...own, ...inner.flatMap(([, value]) => patternsOf(value))];
}
