import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WarroomError } from '../../domain/errors.ts';
import { unreadableFile } from '../../domain/unreadable-file.ts';
import { readText } from '../../schema/read-text.ts';
import { isRecord } from '../../schema/record.ts';

const MAX_BYTES = 4 * 1024 * 1024;

export interface NamedKubeconfig {
  /** Absolute. */
  readonly file: string;
  /** Of its cluster, as the file calls it: what a report by hand is headed with. */
  readonly name: string;
}

/**
 * The kubeconfig that somebody gave. Throws `invalid-file` where kubectl could not use it: each of its commands would say
 * the same once more, and the report nothing else.
 */
export async function readNamedKubeconfig(cwd: string, given: string): Promise<NamedKubeconfig> {
  const file = resolve(cwd, given);
  const fail = (why: string, hint: string): WarroomError =>
    new WarroomError('invalid-file', `cannot use the kubeconfig ${given}`, { why, hint });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadableFile(`the kubeconfig ${given}`, cause);
  });
  const reading = readText(text, 'kubeconfig.yaml', { yaml: MAX_BYTES, json: MAX_BYTES });
  // Only the place: the text around it can be a credential.
  if (!reading.ok) {
    const line = reading.faults[0]?.place.line ?? 1;
    throw fail(`line ${line} cannot be read`, 'write it as plain YAML, without anchors and tags');
  }
  const current = textOf(reading.value, 'current-context');
  if (current === undefined || current === '') {
    throw fail('it has no current-context', `set one: kubectl --kubeconfig=${given} config use-context NAME`);
  }
  const context = entryOf(reading.value, { list: 'contexts', name: current });
  if (context === undefined) throw fail(`it has no context ${JSON.stringify(current)}`, 'correct its current-context');
  return { file, name: textOf(isRecord(context) ? context['context'] : undefined, 'cluster') ?? current };
}

function entryOf(root: unknown, { list, name }: { readonly list: string; readonly name: string }): unknown {
  const entries = isRecord(root) ? root[list] : undefined;
  return Array.isArray(entries) ? entries.find((entry) => textOf(entry, 'name') === name) : undefined;
}

function textOf(record: unknown, key: string): string | undefined {
  const value = isRecord(record) ? record[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}
