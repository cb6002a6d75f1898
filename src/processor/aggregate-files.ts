import type { RedactedText } from '../domain/redacted-text.ts';
import { signaturePath } from '../domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import { renderAggregateMarkdown } from '../report/aggregate/aggregate-markdown.ts';
import type { Aggregate, Manifest, ManifestPart, ManifestRequest } from '../schema/generated.ts';
import { formatJson } from '../schema/format-document.ts';
import type { ProcessorContext } from './context.ts';

/** Files over all parts, in the folder of the request. */
export const AGGREGATE_FILES = ['README.md', 'aggregate.json', 'manifest.json', 'manifest.json.sig'] as const;

/**
 * Page, data, and a manifest that names both and the manifest of every part. Its signature says: this is what I have seen
 * of the parts, and this is what I made of it. Parts stay signed by those who made them.
 */
export async function aggregateFiles(
  context: Pick<ProcessorContext, 'createRedaction' | 'key' | 'versions'>,
  aggregate: Aggregate,
  request: ManifestRequest,
): Promise<ReadonlyMap<string, RedactedText>> {
  const redaction = await context.createRedaction();
  // Parts were redacted in their zones; here they meet the secrets that this processor knows.
  const clean = await redaction.redactValue(aggregate);
  const files = new Map<string, RedactedText>();
  for (const [path, text] of [
    ['README.md', renderAggregateMarkdown(clean)],
    ['aggregate.json', formatJson('Aggregate', clean)],
  ] as const) {
    files.set(path, await redaction.verify(await redaction.redact(text)));
  }
  const manifest: Manifest = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Manifest',
    id: aggregate.id,
    cluster: aggregate.writer.cluster,
    attempt: 0,
    phase: aggregate.phase,
    request,
    files: [...files].map(([path, text]) => ({ path, sha256: sha256(text), bytes: Buffer.byteLength(text) })),
    parts: partsOf(aggregate),
    versions: { ...context.versions },
    finishedAt: aggregate.writtenAt,
  };
  const sealing = await redaction.verify(formatJson('Manifest', manifest));
  files.set('manifest.json', sealing);
  const signature = await context.key.sign(sealing, SIGNATURE_NAMESPACES.result);
  return files.set(signaturePath('manifest.json'), await redaction.verify(signature));
}

/** What an aggregate was made of: two with the same parts say the same. */
export function partsOf({ parts }: Pick<Aggregate, 'parts'>): ManifestPart[] {
  return parts.map(({ cluster, phase, manifestSha256 }) => ({
    cluster,
    phase,
    ...(manifestSha256 === undefined ? {} : { sha256: manifestSha256 }),
  }));
}
