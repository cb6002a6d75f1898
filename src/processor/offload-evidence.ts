import type { RedactedText } from '../domain/redacted-text.ts';
import { signaturePath } from '../domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import type { OffloadedFile } from '../publisher/port.ts';
import { externalEvidenceNote } from '../report/external-evidence-note.ts';
import { formatJson } from '../schema/format-document.ts';
import type { Manifest } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import type { ProcessorContext } from './context.ts';
import type { OutboxEntry } from './outbox.ts';

/**
 * Takes large evidence off Git, as far as a store has it now: the manifest names an object only after it was delivered, so
 * it never promises what is not there. Everything else stays in the entry. What came of it is in the outbox before it is
 * pushed, so that a push whose answer is lost is recognised.
 */
export async function offloadEvidence(context: ProcessorContext, entry: OutboxEntry): Promise<OutboxEntry> {
  const { publishers } = context;
  if (publishers === undefined) return entry;
  const delivered = await publishers.offload(entry);
  if (delivered.length === 0) return entry;
  const files = await withoutDelivered(context, entry, delivered);
  const slim: OutboxEntry = { ...entry, files };
  await context.outbox.store(slim);
  return slim;
}

async function withoutDelivered(
  context: Pick<ProcessorContext, 'createRedaction' | 'key'>,
  entry: OutboxEntry,
  delivered: readonly OffloadedFile[],
): Promise<ReadonlyMap<string, RedactedText>> {
  const redaction = await context.createRedaction();
  const files = new Map(entry.files);
  for (const { path } of delivered) files.delete(path);
  const page = files.get('README.md') ?? '';
  const paths = delivered.map(({ path }) => path);
  files.set('README.md', await redaction.redact(`${page}${externalEvidenceNote(entry.id, paths)}`));
  const manifest = await redaction.verify(formatJson('Manifest', renewed(manifestOf(entry), files, delivered)));
  // Another manifest needs another signature.
  const signature = await context.key.sign(manifest, SIGNATURE_NAMESPACES.result);
  files.set('manifest.json', manifest);
  return files.set(signaturePath('manifest.json'), await redaction.verify(signature));
}

function renewed(
  manifest: Manifest,
  files: ReadonlyMap<string, string>,
  delivered: readonly OffloadedFile[],
): Manifest {
  const keys = new Map(delivered.map(({ path, key }) => [path, key]));
  return {
    ...manifest,
    files: manifest.files.map((file) => {
      const external = keys.get(file.path);
      if (external !== undefined) return { ...file, external };
      const text = files.get(file.path);
      return text === undefined ? file : { ...file, sha256: sha256(text), bytes: Buffer.byteLength(text) };
    }),
  };
}

function manifestOf({ id, files }: OutboxEntry): Manifest {
  const parsed = parseDocument('Manifest', files.get('manifest.json') ?? '', { file: 'manifest.json' });
  if (!parsed.ok) throw new Error(`the result ${id} has no manifest that can be read`);
  return parsed.value;
}
