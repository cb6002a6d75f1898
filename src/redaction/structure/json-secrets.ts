import type { Find, RedactionRule, Subject } from '../rule.ts';
import { maySpread } from '../secret-value.ts';
import { scanJson, type JsonNode, type JsonString } from './json-scanner.ts';
import {
  areAllBase64,
  isCredentialKey,
  isSecretConfiguration,
  isSecretPair,
  LAST_APPLIED,
  SECRET_KIND,
  secretDataFind,
} from './kubernetes.ts';

const DATA_KEYS: ReadonlySet<string | undefined> = new Set(['data', 'stringData']);

/** Secrets, kubeconfigs, registry logins and environments in JSON: pretty, in one line, in a string, in lists, cut. */
export const jsonStructureRule: RedactionRule = {
  id: 'kubernetes-secret',
  keywords: ['":', '" :'],
  *find(subject) {
    for (const level of [0, 1, 2]) {
      const escapes = '\\'.repeat(2 ** level - 1);
      if (!subject.text.includes(`${escapes}":`) && !subject.text.includes(`${escapes}" :`)) continue;
      subject.checkBudget();
      yield* findAtLevel(subject, level);
    }
  },
};

function* findAtLevel({ text, checkBudget }: Subject, level: number): Generator<Find> {
  const nodes = scanJson(text, level);
  checkBudget();
  const hasSecret = SECRET_KIND.test(text);
  for (const node of nodes) {
    if (node.strings.size === 0) continue;
    const path = pathOf(node);
    if (isSecretData(text, node, hasSecret)) {
      for (const [key, span] of node.strings) yield* present(secretDataFind(text, key, span));
      continue;
    }
    for (const [key, span] of node.strings) {
      const value = text.slice(span.start, span.end);
      if (key === LAST_APPLIED) {
        if (isSecretConfiguration(value)) yield span;
      } else if (value.length >= 3 && isCredentialKey(key, { path }, value)) {
        yield { ...span, spreads: true, isSure: true };
      }
    }
    const name = node.strings.get('name');
    const value = node.strings.get('value');
    if (name === undefined || value === undefined) continue;
    const content = text.slice(value.start, value.end);
    if (isSecretPair(text.slice(name.start, name.end), content, { path }))
      yield { ...value, spreads: maySpread(content) };
  }
}

/** Whether `node` is the `data` of a Secret. A document that lost its kind to a cut is judged by its values. */
function isSecretData(text: string, node: JsonNode, hasSecret: boolean): boolean {
  const key = node.parent === undefined ? keyBefore(text, node.start) : node.key;
  if (!DATA_KEYS.has(key)) return false;
  const owner = node.parent;
  const kind = kindOf(text, owner);
  if (kind !== undefined) return kind === 'Secret';
  if (kindOf(text, listOf(owner)) === 'SecretList') return true;
  if (hasSecret) return true;
  const isCut = !node.isClosed || owner?.isClosed === false;
  return isCut && areAllBase64(Array.from(node.strings.values(), (span) => text.slice(span.start, span.end)));
}

function kindOf(text: string, node: JsonNode | undefined): string | undefined {
  const span: JsonString | undefined = node?.strings.get('kind');
  return span === undefined ? undefined : text.slice(span.start, span.end);
}

/** The object whose array holds `node`. */
function listOf(node: JsonNode | undefined): JsonNode | undefined {
  return node?.parent?.isObject === false ? node.parent.parent : undefined;
}

function pathOf(node: JsonNode): readonly (string | undefined)[] {
  const parent = node.parent?.isObject === false ? node.parent.parent : node.parent;
  return [node.key, parent?.key];
}

/** The key before an object whose own document was broken before it. */
function keyBefore(text: string, start: number): string | undefined {
  return /["'](data|stringData)\\{0,7}["']\s{0,8}:\s{0,8}$/.exec(text.slice(Math.max(0, start - 60), start))?.[1];
}

function present(find: Find | undefined): readonly Find[] {
  return find === undefined ? [] : [find];
}
