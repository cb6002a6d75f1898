import { evidenceFile, type Evidence } from '../domain/evidence.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import { signaturePath } from '../domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES, type Signer } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { renderFailureMarkdown } from '../report/failure-markdown.ts';
import { renderReportMarkdown } from '../report/markdown.ts';
import type { AuditLine, Manifest, ManifestContext, ManifestRequest, Report, Status } from '../schema/generated.ts';
import { formatJson, formatJsonLine, formatYaml } from '../schema/format-document.ts';
import type { ProcessorKey } from '../signature/processor-key.ts';
import type { AuditEntry } from './audit-entry.ts';

interface CommonParts {
  readonly status: Status;
  readonly redaction: Redaction;
  readonly requestPath: string;
  /** Result folder, from the root of the war room. */
  readonly folder: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Whose signature over the request was verified. */
  readonly signer: Signer | undefined;
  readonly key: Pick<ProcessorKey, 'sign'>;
}

/** Every file of a result folder, redacted twice: the texts, and then the final bytes. */
export async function reportFiles(
  parts: CommonParts & {
    readonly report: Report;
    readonly evidence: readonly Evidence[];
    readonly commands: readonly AuditEntry[];
    readonly siteContext: readonly ManifestContext[];
  },
): Promise<ReadonlyMap<string, RedactedText>> {
  const { report, status, evidence, commands } = parts;
  const counts = parts.redaction.counts();
  const texts = new Map<string, string>([
    ['README.md', renderReportMarkdown(report, { resultFolderDepth: parts.folder.split('/').length })],
    ['report.json', formatJson('Report', report)],
    ['status.yaml', formatYaml('Status', status)],
    ...evidence.map((item): [string, string] => [evidenceFile(item), item.text]),
    ['audit.jsonl', auditLines(report, commands)],
    ['redactions.json', `${JSON.stringify(counts, undefined, 2)}\n`],
  ]);
  return await sealed(texts, parts);
}

/** Files of a terminal record without a report. */
export async function failureFiles(parts: CommonParts): Promise<ReadonlyMap<string, RedactedText>> {
  const texts = new Map<string, string>([
    ['README.md', renderFailureMarkdown(parts.status)],
    ['status.yaml', formatYaml('Status', parts.status)],
  ]);
  return await sealed(texts, parts);
}

/** Second pass over the final bytes, then the manifest over exactly these bytes, then the signature over the manifest. */
async function sealed(
  texts: ReadonlyMap<string, string>,
  parts: CommonParts & { readonly siteContext?: readonly ManifestContext[] },
): Promise<Map<string, RedactedText>> {
  const { redaction, status, siteContext = [] } = parts;
  let redacted = texts;
  // A secret that the last file gives away may stand in the first one too.
  for (let round = 0; round < 2; round++) redacted = await redactAll(redacted, redaction);
  const files = new Map<string, RedactedText>();
  for (const [path, text] of redacted) files.set(path, await redaction.verify(text));
  const manifest: Manifest = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Manifest',
    id: status.id,
    cluster: status.cluster,
    attempt: status.attempt,
    phase: terminal(status.phase),
    request: { path: parts.requestPath, sha256: status.requestSha256, ...signerOf(parts) },
    files: [...files].map(([path, text]) => ({ path, sha256: sha256(text), bytes: Buffer.byteLength(text) })),
    ...(siteContext.length === 0
      ? {}
      : { context: siteContext.map(({ name, sha256: digest }) => ({ name, sha256: digest })) }),
    versions: { ...parts.versions },
    finishedAt: status.times.finishedAt ?? status.times.createdAt,
  };
  const sealing = await redaction.verify(formatJson('Manifest', manifest));
  files.set('manifest.json', sealing);
  const signature = await parts.key.sign(sealing, SIGNATURE_NAMESPACES.result);
  files.set(signaturePath('manifest.json'), await redaction.verify(signature));
  return files;
}

function signerOf({ signer }: CommonParts): Pick<ManifestRequest, 'signer'> {
  if (signer === undefined) return {};
  return { signer: { principal: signer.principal, fingerprint: signer.fingerprint } };
}

async function redactAll(texts: ReadonlyMap<string, string>, redaction: Redaction): Promise<Map<string, string>> {
  const redacted = new Map<string, string>();
  for (const [path, text] of texts) redacted.set(path, await redaction.redact(text));
  return redacted;
}

function terminal(phase: Status['phase']): Manifest['phase'] {
  switch (phase) {
    case 'succeeded':
    case 'failed':
    case 'timed-out':
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return phase;
    default:
      throw new Error(`phase ${phase} is not the end of a request`);
  }
}

/** Each line holds the digest of the one before it. */
function auditLines(report: Report, entries: readonly AuditEntry[]): string {
  let prev = '0'.repeat(64);
  const lines: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const line: AuditLine = {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'AuditLine',
      seq: index + 1,
      prev,
      id: report.id,
      attempt: report.run.attempt,
      ...entry,
      bytes: report.evidence.find(({ id }) => id === entry.evidence)?.bytes ?? 0,
    };
    const text = formatJsonLine('AuditLine', line);
    prev = sha256(text.trimEnd());
    lines.push(text);
  }
  return lines.join('');
}
