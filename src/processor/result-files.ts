import { evidenceFile, type Evidence } from '../domain/evidence.ts';
import { terminalPhase } from '../domain/phase.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import { signaturePath } from '../domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES, type Signer } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import { unreachable } from '../lib/unreachable.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import {
  keptEvidenceNote,
  renderSummaryMarkdown,
  summaryStatus,
  withoutQuotes,
  type Disclosure,
} from '../report/disclosed.ts';
import { renderFailureMarkdown } from '../report/failure-markdown.ts';
import { renderReportMarkdown } from '../report/markdown.ts';
import type {
  AuditLine,
  Manifest,
  ManifestContext,
  ManifestPolicy,
  ManifestRequest,
  Report,
  Status,
} from '../schema/generated.ts';
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
  /** Policy that decided; absent without one. */
  readonly policy?: ManifestPolicy;
}

/** What becomes public, and what stays in the zone; by path inside the result folder. */
export interface ResultFiles {
  readonly files: ReadonlyMap<string, RedactedText>;
  readonly kept: ReadonlyMap<string, RedactedText>;
}

interface ReportParts extends CommonParts {
  readonly report: Report;
  readonly evidence: readonly Evidence[];
  readonly commands: readonly AuditEntry[];
  readonly siteContext: readonly ManifestContext[];
  readonly publish: Disclosure;
}

/** Every file of a result, redacted twice: the texts, and then the final bytes. */
export async function reportFiles(parts: ReportParts): Promise<ResultFiles> {
  const all = fullTexts(parts);
  const shown = shownTexts(all, parts);
  return await sealed({ shown, kept: new Map([...all].filter(([path, text]) => shown.get(path) !== text)) }, parts);
}

function fullTexts({ report, status, evidence, commands, redaction, folder }: ReportParts): Map<string, string> {
  return new Map<string, string>([
    ['README.md', renderReportMarkdown(report, { resultFolderDepth: folder.split('/').length })],
    ['report.json', formatJson('Report', report)],
    ['status.yaml', formatYaml('Status', status)],
    ...evidence.map((item): [string, string] => [evidenceFile(item), item.text]),
    ['audit.jsonl', auditLines(report, commands)],
    redactionsFile({ redaction }),
  ]);
}

/** What was removed, by rule; never a value. */
function redactionsFile({ redaction }: Pick<CommonParts, 'redaction'>): [string, string] {
  return ['redactions.json', `${JSON.stringify(redaction.counts(), undefined, 2)}\n`];
}

function shownTexts(all: ReadonlyMap<string, string>, parts: ReportParts): ReadonlyMap<string, string> {
  const { publish, status, folder, evidence } = parts;
  switch (publish) {
    case 'full':
      return all;
    case 'report': {
      const report = withoutQuotes(parts.report);
      const page = renderReportMarkdown(report, { resultFolderDepth: folder.split('/').length });
      const shown = new Map(all);
      for (const item of evidence) shown.delete(evidenceFile(item));
      shown.set('README.md', `${page}${keptEvidenceNote(status.cluster)}`);
      return shown.set('report.json', formatJson('Report', report));
    }
    case 'summary': {
      const summary = summaryStatus(status);
      return new Map([
        ['README.md', renderSummaryMarkdown(summary)],
        ['status.yaml', formatYaml('Status', summary)],
      ]);
    }
    default:
      return unreachable(publish);
  }
}

/** Files of a terminal record without a report. */
export async function failureFiles(parts: CommonParts): Promise<ReadonlyMap<string, RedactedText>> {
  const texts = new Map<string, string>([
    ['README.md', renderFailureMarkdown(parts.status)],
    ['status.yaml', formatYaml('Status', parts.status)],
    redactionsFile(parts),
  ]);
  return (await sealed({ shown: texts, kept: new Map() }, parts)).files;
}

/** Second pass over the final bytes, then the manifest over exactly these bytes, then the signature over the manifest. */
async function sealed(
  texts: { readonly shown: ReadonlyMap<string, string>; readonly kept: ReadonlyMap<string, string> },
  parts: CommonParts & { readonly siteContext?: readonly ManifestContext[]; readonly publish?: Disclosure },
): Promise<ResultFiles> {
  const { redaction, status, siteContext = [], publish = 'full' } = parts;
  let { shown, kept } = texts;
  // A secret that the last file gives away may stand in the first one too.
  for (let round = 0; round < 2; round++) {
    shown = await redactAll(shown, redaction);
    kept = await redactAll(kept, redaction);
  }
  const files = await verifyAll(shown, redaction);
  const keptFiles = await verifyAll(kept, redaction);
  const manifest: Manifest = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Manifest',
    id: status.id,
    cluster: status.cluster,
    attempt: status.attempt,
    phase: terminalPhase(status.phase),
    request: { path: parts.requestPath, sha256: status.requestSha256, ...signerOf(parts) },
    files: digestsOf(files),
    ...(publish === 'full' ? {} : { disclosure: publish, kept: digestsOf(keptFiles) }),
    ...(siteContext.length === 0
      ? {}
      : { context: siteContext.map(({ name, sha256: digest }) => ({ name, sha256: digest })) }),
    ...(parts.policy === undefined ? {} : { policy: parts.policy }),
    versions: { ...parts.versions },
    finishedAt: status.times.finishedAt ?? status.times.createdAt,
  };
  const sealing = await redaction.verify(formatJson('Manifest', manifest));
  files.set('manifest.json', sealing);
  const signature = await parts.key.sign(sealing, SIGNATURE_NAMESPACES.result);
  files.set(signaturePath('manifest.json'), await redaction.verify(signature));
  return { files, kept: keptFiles };
}

function digestsOf(files: ReadonlyMap<string, string>): { path: string; sha256: string; bytes: number }[] {
  return [...files].map(([path, text]) => ({ path, sha256: sha256(text), bytes: Buffer.byteLength(text) }));
}

async function verifyAll(texts: ReadonlyMap<string, string>, redaction: Redaction): Promise<Map<string, RedactedText>> {
  const verified = new Map<string, RedactedText>();
  for (const [path, text] of texts) verified.set(path, await redaction.verify(text));
  return verified;
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
