import { isRecord } from './record.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The JSON object in `text`; undefined when it is anything else. */
export function parseRecord(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function textField(record: JsonRecord | undefined, name: string): string | undefined {
  const value = record?.[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberField(record: JsonRecord | undefined, name: string): number | undefined {
  const value = record?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function recordField(record: JsonRecord | undefined, name: string): JsonRecord | undefined {
  const value = record?.[name];
  return isRecord(value) ? value : undefined;
}

/** The objects of a list; nothing when it is no list. */
export function recordsField(record: JsonRecord | undefined, name: string): readonly JsonRecord[] {
  const value: unknown = record?.[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
