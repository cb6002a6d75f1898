import { secretNameKind } from './secret-name.ts';
import { isSecretValue } from './secret-value.ts';
import { isCredentialKey, isSecretPair } from './structure/kubernetes.ts';

interface StringRedaction {
  redact(text: string): Promise<string>;
  /** Replaces a whole string by a mark. */
  hide(secret: string): Promise<string>;
}

interface Place {
  /** Keys around the value, innermost first. */
  readonly path: readonly string[];
  /** Everything below `data` of a Secret. */
  readonly isSecret: boolean;
}

/**
 * Redacts the strings of plain JSON data. A key, an environment pair, a flag before an argument, or the kind of a
 * Kubernetes object can say that a string is secret which alone would look harmless. Dates and bytes stay.
 */
export async function redactStrings<T>(value: T, redaction: StringRedaction): Promise<T> {
  const redacted = await visit(value, { path: [], isSecret: false });
  // The walk keeps the shape: strings become strings, lists lists, objects objects with the same keys.
  return redacted as T;

  async function visit(node: unknown, place: Place): Promise<unknown> {
    if (typeof node === 'string') return await visitText(node, place);
    if (Array.isArray(node)) return await visitList(node, place);
    if (!isPlainObject(node)) return node;
    const copy: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(node)) {
      const isSecret = place.isSecret || (node['kind'] === 'Secret' && (key === 'data' || key === 'stringData'));
      const isPair = key === 'value' && typeof child === 'string' && isSecretPair(textOf(node['name']), child, place);
      copy[key] = isPair ? await mark(child) : await visit(child, { path: [key, ...place.path], isSecret });
    }
    return copy;
  }

  async function visitList(list: readonly unknown[], place: Place): Promise<readonly unknown[]> {
    const copy: unknown[] = [];
    for (const [index, item] of list.entries()) {
      const flag = textOf(list[index - 1]);
      const kind = flag.startsWith('-') && !flag.includes('=') ? secretNameKind(flag) : undefined;
      const isArgument = kind !== undefined && typeof item === 'string' && isSecretValue(item, kind);
      copy.push(isArgument ? await mark(item) : await visit(item, place));
    }
    return copy;
  }

  async function visitText(text: string, place: Place): Promise<string> {
    const [key = '', ...path] = place.path;
    const kind = secretNameKind(key);
    const isNamed = kind !== undefined && !/\s/.test(text) && isSecretValue(text, kind);
    const isHidden = text.length >= 3 && (place.isSecret || isNamed || isCredentialKey(key, { path }, text));
    return isHidden ? await mark(text) : await redaction.redact(text);
  }

  async function mark(text: string): Promise<string> {
    return text.includes('[REDACTED:') ? text : await redaction.hide(text);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
