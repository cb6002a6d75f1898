import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../lib/digest.ts';
import { isRecord } from '../schema/record.ts';
import type { Playbook } from '../schema/generated.ts';

/**
 * Playbooks that were read and checked when the program was built, by the digest of their text. Reading 17,000 lines of
 * YAML and compiling the schema takes over two seconds of a processor; this takes a few milliseconds.
 */
export type CompiledPlaybooks = ReadonlyMap<string, Playbook>;

/** `dist/playbooks.json`: as far from src/playbook as from dist/playbook. */
const COMPILED = fileURLToPath(new URL('../../dist/playbooks.json', import.meta.url));
const SCHEMA = fileURLToPath(new URL('../../schemas/playbook.schema.json', import.meta.url));

/** Empty when the program was not built, or was built with another schema: then the files are read as they are. */
export async function readCompiledPlaybooks(file = COMPILED): Promise<CompiledPlaybooks> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return new Map();
  const content = parse(text);
  if (!isCompiled(content) || content.schema !== (await schemaDigest())) return new Map();
  return new Map(Object.entries(content.playbooks));
}

/**
 * The content of the file for playbooks that have been read and checked.
 * @public the build calls it: schemas/compile-playbooks.js
 */
export async function formatCompiledPlaybooks(
  read: readonly { readonly sha256: string; readonly playbook: Playbook }[],
): Promise<string> {
  const content: CompiledFile = {
    schema: await schemaDigest(),
    playbooks: Object.fromEntries(read.map((each) => [each.sha256, each.playbook])),
  };
  return JSON.stringify(content);
}

interface CompiledFile {
  /** Digest of the schema that they follow. */
  readonly schema: string;
  readonly playbooks: Readonly<Record<string, Playbook>>;
}

async function schemaDigest(): Promise<string> {
  return sha256(await readFile(SCHEMA));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The build wrote it from what follows the schema, so its outline is enough. */
function isCompiled(value: unknown): value is CompiledFile {
  return (
    isRecord(value) &&
    typeof value['schema'] === 'string' &&
    isRecord(value['playbooks']) &&
    Object.values(value['playbooks']).every((each) => isRecord(each) && each['kind'] === 'Playbook')
  );
}
