import type { Find, RedactionRule } from '../rule.ts';
import { maySpread } from '../secret-value.ts';
import {
  areAllBase64,
  isCredentialKey,
  isSecretConfiguration,
  isSecretPair,
  LAST_APPLIED,
  SECRET_KIND,
  secretDataFind,
} from './kubernetes.ts';
import { scanYaml, type YamlEntry, type YamlMapping } from './yaml-scanner.ts';

const BLOCK_HEADER = /^[|>][+-]?\d?[+-]?$/;
const FLOW_PAIR = /["']?([A-Za-z0-9_./-]{1,253})["']?\s{0,4}:\s{0,4}["']?([^\s,"'{}]{3,65536})/g;

/** Secrets, kubeconfigs, registry logins and environments in YAML: indented, fenced, in lists, cut at either end. */
export const yamlStructureRule: RedactionRule = {
  id: 'kubernetes-secret',
  keywords: [
    'data:',
    'stringdata:',
    'last-applied-configuration:',
    'user:',
    'auths:',
    'value:',
    'auth-provider:',
    'client-key-data:',
    'passwordhash:',
    'contents:',
    'keys:',
    'tls:',
  ],
  *find({ text, checkBudget }) {
    const mappings = scanYaml(text);
    checkBudget();
    const facts: TextFacts = { hasSecret: SECRET_KIND.test(text), end: text.trimEnd().length };
    for (const mapping of mappings) yield* findInMapping(text, mapping, facts);
  },
};

interface TextFacts {
  /** A Secret is somewhere in the text. */
  readonly hasSecret: boolean;
  /** End of the text without trailing white space. */
  readonly end: number;
}

function* findInMapping(text: string, mapping: YamlMapping, facts: TextFacts): Generator<Find> {
  if (isSecretData(text, mapping, facts)) {
    for (const entry of mapping.entries) yield* dataFinds(text, entry);
    return;
  }
  const path = [mapping.key, mapping.parent?.key];
  for (const entry of mapping.entries) {
    if (entry.key === LAST_APPLIED) {
      const span = valueSpan(text, entry);
      if (isSecretConfiguration(text.slice(span.start, span.end))) yield span;
    } else if (isFlowData(text, mapping, entry)) {
      yield* flowFinds(text, entry);
    } else {
      const span = valueSpan(text, entry);
      if (span.end - span.start >= 3 && isCredentialKey(entry.key, { path }, text.slice(span.start, span.end)))
        yield { ...span, spreads: true, isSure: true };
    }
  }
  const name = mapping.byKey.get('name');
  const value = mapping.byKey.get('value');
  if (name === undefined || value === undefined) return;
  const span = valueSpan(text, value);
  const content = text.slice(span.start, span.end);
  if (content.length >= 3 && isSecretPair(inlineOf(text, name), content, { path }))
    yield { ...span, spreads: maySpread(content) };
}

/** Whether the mapping is the `data` of a Secret. A document that lost its kind to a cut is judged by its values. */
function isSecretData(text: string, mapping: YamlMapping, facts: TextFacts): boolean {
  if (mapping.key !== 'data' && mapping.key !== 'stringData') return false;
  const kind = kindOf(text, mapping.parent);
  if (kind !== undefined) return kind === 'Secret';
  if (facts.hasSecret) return true;
  const isCut = (mapping.entries.at(-1)?.end ?? 0) >= facts.end;
  return isCut && areAllBase64(mapping.entries.map((entry) => inlineOf(text, entry)));
}

function kindOf(text: string, mapping: YamlMapping | undefined): string | undefined {
  const kind = mapping?.byKey.get('kind');
  return kind === undefined ? undefined : inlineOf(text, kind);
}

function isFlowData(text: string, mapping: YamlMapping, entry: YamlEntry): boolean {
  if (entry.key !== 'data' && entry.key !== 'stringData') return false;
  return text.startsWith('{', entry.inlineStart) && kindOf(text, mapping) === 'Secret';
}

function* flowFinds(text: string, entry: YamlEntry): Generator<Find> {
  for (const pair of text.slice(entry.inlineStart, entry.end).matchAll(FLOW_PAIR)) {
    const value = pair[2] ?? '';
    const end = entry.inlineStart + pair.index + pair[0].length;
    const find = secretDataFind(text, pair[1] ?? '', { start: end - value.length, end });
    if (find !== undefined) yield find;
  }
}

function* dataFinds(text: string, entry: YamlEntry): Generator<Find> {
  const find = secretDataFind(text, entry.key, valueSpan(text, entry));
  if (find !== undefined) yield find;
}

function inlineOf(text: string, entry: YamlEntry): string {
  return text.slice(entry.inlineStart, entry.inlineEnd);
}

/** The value with the lines that go on below; for a block scalar only those. */
function valueSpan(text: string, entry: YamlEntry): { start: number; end: number } {
  if (entry.end <= entry.lineEnd) return { start: entry.inlineStart, end: entry.inlineEnd };
  const inline = inlineOf(text, entry);
  const from = inline === '' || BLOCK_HEADER.test(inline) ? entry.lineEnd : entry.inlineStart;
  const block = text.slice(from, entry.end);
  return { start: from + (block.length - block.trimStart().length), end: from + block.trimEnd().length };
}
