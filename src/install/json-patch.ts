import { isRecord } from '../schema/record.ts';
import type { YamlObject } from '../schema/yaml-objects.ts';

/** One operation of RFC 6902, as far as manifests use it. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  /** JSON pointer; `-` at its end names the place after the last entry of a list. */
  readonly path: string;
  readonly value?: unknown;
}

/** What a pointer leads to; undefined when there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  return segmentsOf(path).reduce<unknown>((at, segment) => {
    if (Array.isArray(at)) return at[Number(segment)] as unknown;
    return isRecord(at) && Object.hasOwn(at, segment) ? at[segment] : undefined;
  }, value);
}

/** The object with the operations carried out, in order; throws `Error` where one does not fit, for that is our mistake. */
export function applyPatch(object: YamlObject, operations: readonly PatchOperation[]): YamlObject {
  return operations.reduce<YamlObject>((current, operation) => {
    const changed = change(current, segmentsOf(operation.path), operation);
    if (!isRecord(changed)) throw new Error(`the patch of ${operation.path} leaves no object`);
    return changed;
  }, object);
}

function change(value: unknown, [segment, ...rest]: readonly string[], operation: PatchOperation): unknown {
  if (segment === undefined) return operation.value;
  if (Array.isArray(value)) return changeList(value, { segment, rest, operation });
  if (!isRecord(value)) throw unfit(operation);
  if (rest.length > 0) {
    if (!Object.hasOwn(value, segment)) throw unfit(operation);
    return { ...value, [segment]: change(value[segment], rest, operation) };
  }
  if (operation.op !== 'add' && !Object.hasOwn(value, segment)) throw unfit(operation);
  if (operation.op !== 'remove') return { ...value, [segment]: operation.value };
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== segment));
}

function changeList(
  list: readonly unknown[],
  at: { readonly segment: string; readonly rest: readonly string[]; readonly operation: PatchOperation },
): readonly unknown[] {
  const { segment, rest, operation } = at;
  const index = segment === '-' ? list.length : Number(segment);
  const isInside = Number.isInteger(index) && index >= 0 && index < list.length;
  if (rest.length > 0) {
    if (!isInside) throw unfit(operation);
    return list.map((entry, place) => (place === index ? change(entry, rest, operation) : entry));
  }
  if (operation.op === 'add' && (isInside || index === list.length)) {
    return [...list.slice(0, index), operation.value, ...list.slice(index)];
  }
  if (!isInside) throw unfit(operation);
  if (operation.op === 'remove') return list.filter((_, place) => place !== index);
  return list.map((entry, place) => (place === index ? operation.value : entry));
}

function segmentsOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function unfit({ op, path }: PatchOperation): Error {
  return new Error(`the patch ${op} ${path} does not fit the manifest`);
}
