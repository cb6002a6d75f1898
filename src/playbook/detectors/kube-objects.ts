import { asText } from '../compare-values.ts';
import { isRecord } from '../path.ts';

export type KubeObject = Readonly<Record<string, unknown>>;

/** A condition of an object, by the names that all Kubernetes conditions have. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string | undefined;
  /** As it stands in the output, for the quote. */
  readonly source: KubeObject;
}

/** The objects of a `kubectl -o json` answer: of a list, or the single one. Undefined when it is neither. */
export function objectsOf(root: unknown): readonly KubeObject[] | undefined {
  if (!isRecord(root)) return undefined;
  const items: unknown = root['items'];
  if (Array.isArray(items)) {
    const list: readonly unknown[] = items;
    return list.filter(isRecord);
  }
  return isRecord(root['metadata']) ? [root] : undefined;
}

/** The value that plain keys lead to. */
export function valueAt(object: unknown, ...keys: readonly string[]): unknown {
  let value = object;
  for (const key of keys) value = isRecord(value) ? value[key] : undefined;
  return value;
}

/** As `valueAt`, as text; empty when nothing is there. */
export function textAt(object: unknown, ...keys: readonly string[]): string {
  return asText(valueAt(object, ...keys));
}

export function listAt(object: unknown, ...keys: readonly string[]): readonly unknown[] {
  const value = valueAt(object, ...keys);
  return Array.isArray(value) ? value : [];
}

export function conditionsOf(object: KubeObject): readonly Condition[] {
  return listAt(object, 'status', 'conditions')
    .filter(isRecord)
    .map((source) => ({
      type: textAt(source, 'type'),
      status: textAt(source, 'status'),
      reason: textAt(source, 'reason'),
      message: textAt(source, 'message'),
      lastTransitionTime: textAt(source, 'lastTransitionTime') || undefined,
      source,
    }));
}
