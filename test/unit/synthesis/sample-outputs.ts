import type { Evidence } from '../../../src/domain/evidence.ts';
import { parseOutput } from '../../../src/playbook/parse-output.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import type { PlaybookOutput } from '../../../src/schema/generated.ts';
import type { RunOutput } from '../../../src/synthesis/run-outputs.ts';

const redaction = createRedaction({ knownValues: [], key: new Uint8Array(32) });

export const NOW = new Date('2026-11-20T12:00:00Z');

export function minutesBefore(minutes: number): string {
  return new Date(NOW.getTime() - minutes * 60_000).toISOString();
}

/** An output as a run would have read and recorded it. */
export async function outputOf(
  content: unknown,
  parts: { readonly output?: PlaybookOutput; readonly side?: string; readonly id?: string } = {},
): Promise<RunOutput> {
  const { output = { format: 'json' }, side = 'target', id = 'E001' } = parts;
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const parsed = parseOutput(text, output, { isPartial: false });
  if (parsed.kind === 'unreadable') throw new Error(parsed.why);
  const evidence: Evidence = {
    ...{ id, step: 'look', title: 'look', source: 'playbook', argv: [], status: 'ok', truncated: false },
    startedAt: NOW,
    ms: 1,
    text: await redaction.redact(parsed.shown ?? text),
  };
  return { step: 'look', side, data: parsed.data, evidence };
}

/** `deployment/shop/api` as an object of the API. */
export function objectOf(path: string, content: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const [kind = '', first = '', second] = path.split('/');
  const metadata = second === undefined ? { name: first } : { namespace: first, name: second };
  const { metadata: more = {}, ...rest } = content;
  return { kind, metadata: { ...metadata, ...(typeof more === 'object' ? more : {}) }, ...rest };
}

export const ownedBy = (kind: string, name: string): Record<string, unknown> => ({ ownerReferences: [{ kind, name }] });
