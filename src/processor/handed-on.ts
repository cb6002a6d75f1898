import { coordinationOf, isSkipped, partsThatMatter } from '../domain/coordination.ts';
import { HANDED_ON_STEP, type Evidence } from '../domain/evidence.ts';
import { isWarroomError } from '../domain/errors.ts';
import { resultFolder } from '../domain/repository-layout.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { summaryLines } from '../report/summary-lines.ts';
import { cleanLine, shortened } from '../report/untrusted.ts';
import { counted } from '../report/words.ts';
import type { TroubleshootingRequest, Unknown } from '../schema/generated.ts';
import { isTrustedPart, readPublishedPart, type PublishedPart } from './published-part.ts';
import type { Work } from './work.ts';

/** What the clusters before this one have found. It is the text of others: recorded, quoted, and never believed. */
export interface HandedOn {
  readonly evidence: readonly Evidence[];
  /** Whoever did not answer in time, and whoever's answer cannot be used. */
  readonly unknowns: readonly Unknown[];
}

interface Recording {
  readonly redaction: Redaction;
  readonly now: Date;
  readonly counter: () => string;
}

const NOTHING: HandedOn = { evidence: [], unknowns: [] };
/** The nearest ones; with more the prompt has no room for the evidence of this cluster. */
const MAX_PARTS = 5;
const MAX_LINES = 60;
const MAX_LINE = 600;

/** Reads the parts before this one, when clusters are asked one after the other. */
export async function readHandedOn(work: Work, request: TroubleshootingRequest, record: Recording): Promise<HandedOn> {
  if (coordinationOf(request).mode !== 'sequential') return NOTHING;
  const { context, candidate } = work;
  const before = partsThatMatter(request, context.settings.cluster.name);
  if (before.length === 0) return NOTHING;
  try {
    const snapshot = await context.warRoom.refresh({ refPrefixes: [] });
    const evidence: Evidence[] = [];
    const unknowns: Unknown[] = [];
    for (const cluster of before.slice(-MAX_PARTS)) {
      const folder = resultFolder(candidate.id, cluster);
      const place = { id: candidate.id, cluster, folder, requestSha256: candidate.file.sha256 };
      const part = await readPublishedPart(context, snapshot, place);
      if (part !== undefined && isSkipped(part.status.phase, part.status.reason?.code)) continue;
      const problem = part === undefined ? missingText(work) : whyUnusable(work, part);
      if (problem !== undefined) unknowns.push({ text: `what ${cluster} has found`, why: problem });
      else if (part !== undefined) evidence.push(await evidenceOf(part, record));
    }
    return { evidence, unknowns };
  } catch (error) {
    if (!isWarroomError(error)) throw error;
    const why = `the war room could not be read: ${error.message}`;
    return { evidence: [], unknowns: [{ text: 'what the clusters before this one have found', why }] };
  }
}

function missingText({ context }: Work): string {
  const time = counted(context.settings.predecessorSeconds, 'second');
  return `it had not answered when its turn was over (${time} to begin); this part went on without it`;
}

function whyUnusable({ context }: Work, part: PublishedPart): string | undefined {
  if (isTrustedPart(context, part)) return undefined;
  if (part.signature === 'broken') return `its answer is not used: ${part.problem ?? 'it is broken'}`;
  return 'its answer is not used: no key of its processor is enrolled here (namespace warroom-result@v1)';
}

async function evidenceOf(part: PublishedPart, { redaction, now, counter }: Recording): Promise<Evidence> {
  const { cluster } = part;
  return {
    id: counter(),
    step: HANDED_ON_STEP,
    title: `handed on by ${cluster}`,
    source: 'playbook',
    argv: [await redaction.redact('handed-on'), await redaction.redact(cluster)],
    status: 'ok',
    startedAt: now,
    ms: 0,
    text: await redaction.redact(`${linesOf(part).join('\n')}\n`),
    truncated: false,
  };
}

function linesOf({ cluster, status, signature, report }: PublishedPart): readonly string[] {
  const signed = signature === 'verified' ? 'signature verified' : 'signature not checked';
  const lines = [
    `cluster: ${cluster} (${signed})`,
    `ended: ${status.phase} ${status.times.finishedAt ?? ''}`,
    ...(report === undefined ? withoutReport(status) : summaryLines(report)),
  ];
  return lines.slice(0, MAX_LINES).map((line) => shortened(cleanLine(line), MAX_LINE));
}

function withoutReport({ outcome, bottomLine, reason }: PublishedPart['status']): readonly string[] {
  return [
    ...(outcome === undefined ? [] : [`outcome: ${outcome}`]),
    ...(bottomLine === undefined ? [] : [`bottom line: ${bottomLine}`]),
    ...(reason === undefined ? [] : [`reason: ${reason.code}: ${reason.message}`]),
  ];
}
