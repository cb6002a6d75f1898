import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { isRecord } from '../../src/schema/record.ts';
import { readText } from '../../src/schema/read-text.ts';
import type { ExpectedCause } from './fault.ts';

/** What a case asks, and what a report must say. Lies as `case.yaml` beside the recording. */
export interface EvalCase {
  readonly playbook: string;
  /** Where the recording comes from, in one sentence. */
  readonly provenance: string;
  /** Any of them is right; empty for a healthy target. */
  readonly causes: readonly ExpectedCause[];
  readonly inputs: Readonly<Record<string, string>>;
  /** Capture time of a recording that does not hold it. */
  readonly now?: Date;
  /** How long the playbook took when it was recorded. */
  readonly liveMs?: number;
  /** Set when the first result led to a change of a playbook: where the cause was at first, and what was changed. */
  readonly development?: Note;
  /** Set when the right cause is not at rank 1 and that is known: where it is, and why. */
  readonly limitation?: Note;
}

/** A place among the hypotheses with a sentence about it. */
export interface Note {
  readonly rank: number | 'none';
  readonly why: string;
}

export const CASE_FILE = 'case.yaml';

/** Reads `case.yaml` of a folder. Throws what is wrong with it. */
export async function readEvalCase(folder: string): Promise<EvalCase> {
  const file = join(folder, CASE_FILE);
  const reading = readText(await readFile(file, 'utf8'), file, { yaml: 100_000, json: 100_000 });
  if (!reading.ok || !isRecord(reading.value)) throw new Error(`${file} is not a YAML mapping`);
  const value = reading.value;
  const { playbook, provenance, expect, inputs, now, liveMs, development, limitation } = value;
  const unknown = Object.keys(value).filter((name) => !FIELDS.has(name));
  if (unknown.length > 0) throw new Error(`${file} has unknown fields: ${unknown.join(', ')}`);
  return {
    playbook: text(file, 'playbook', playbook),
    provenance: text(file, 'provenance', provenance),
    causes: parseExpect(file, expect),
    inputs: inputs === undefined ? {} : parseInputs(file, inputs),
    ...(now === undefined ? {} : { now: new Date(text(file, 'now', now)) }),
    ...(typeof liveMs === 'number' ? { liveMs } : {}),
    ...(development === undefined ? {} : { development: parseNote(file, development) }),
    ...(limitation === undefined ? {} : { limitation: parseNote(file, limitation) }),
  };
}

/** `case.yaml` of a case. */
export function formatEvalCase(each: EvalCase): string {
  const { playbook, provenance, causes, inputs, now, liveMs, development, limitation } = each;
  return stringify(
    {
      playbook,
      provenance,
      expect: causes.length === 0 ? 'healthy' : causes,
      ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
      ...(now === undefined ? {} : { now: now.toISOString() }),
      ...(liveMs === undefined ? {} : { liveMs }),
      ...(development === undefined ? {} : { development }),
      ...(limitation === undefined ? {} : { limitation }),
    },
    { lineWidth: 0 },
  );
}

const FIELDS = new Set(['playbook', 'provenance', 'expect', 'inputs', 'now', 'liveMs', 'development', 'limitation']);

function parseExpect(file: string, value: unknown): readonly ExpectedCause[] {
  if (value === 'healthy') return [];
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${file}: expect is neither healthy nor causes`);
  return value.map((entry: unknown) => {
    if (!isRecord(entry)) throw new Error(`${file}: a cause needs a code`);
    const more = (['object', 'title', 'cites'] as const).filter((name) => entry[name] !== undefined);
    return {
      code: text(file, 'code', entry['code']),
      ...Object.fromEntries(more.map((name) => [name, text(file, name, entry[name])])),
    };
  });
}

function parseInputs(file: string, value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) throw new Error(`${file}: inputs is not a mapping`);
  return Object.fromEntries(Object.entries(value).map(([name, input]) => [name, String(input)]));
}

function parseNote(file: string, value: unknown): Note {
  if (!isRecord(value)) throw new Error(`${file}: a note is not a mapping of rank and why`);
  const { rank, why } = value;
  if (rank !== 'none' && typeof rank !== 'number') throw new Error(`${file}: a note has no rank`);
  return { rank, why: text(file, 'why', why) };
}

function text(file: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${file}: ${name} is not a text`);
}
