import { isProblem } from '../domain/finding.ts';
import type { TimelineEntry } from '../schema/generated.ts';
import type { ReportParts } from './report-parts.ts';
import { shortened } from './untrusted.ts';
import { counted } from './words.ts';

const MAX_SEEN = 8;
const MAX_ENTRIES = 200;

/**
 * What happened when: what changed and when each trouble began, as far as the evidence says it; the request, interrupted
 * attempts, the run, and when the rest was seen.
 */
export function timelineOf(parts: ReportParts): TimelineEntry[] {
  const { request, run, judgement, evidence } = parts;
  const entries: TimelineEntry[] = [
    { at: request.metadata.timestamp, text: `request written by ${parts.requester.name}` },
    ...run.attempts
      .filter(({ result }) => result === 'interrupted')
      .map((attempt) => ({
        at: attempt.endedAt ?? attempt.startedAt,
        text: `attempt ${attempt.number} on ${attempt.holder} was interrupted`,
      })),
    { at: run.startedAt.toISOString(), text: `${run.holder} started to look (attempt ${run.attempt})` },
    ...(parts.moments ?? []),
  ];
  const startOf = new Map(evidence.map(({ id, startedAt }) => [id, startedAt]));
  for (const finding of judgement.findings.filter(isProblem).slice(0, MAX_SEEN)) {
    const source = finding.citations.find((citation) => startOf.has(citation.evidence))?.evidence;
    const at = source === undefined ? undefined : startOf.get(source);
    if (at === undefined || source === undefined) continue;
    entries.push(
      finding.since === undefined
        ? { at: at.toISOString(), text: `seen: ${finding.title}`, evidence: source }
        : { at: finding.since, text: `began: ${finding.title}`, evidence: source },
    );
  }
  for (const { at, text, findings, citation } of judgement.changes ?? []) {
    // What touches nothing that is wrong stands among the changes, and would hide here what does.
    if (at === undefined || findings.length === 0 || !citation.verified) continue;
    entries.push({ at, text: `changed: ${text}`, evidence: citation.evidence });
  }
  const ran = judgement.coverage.filter(({ known }) => known).length;
  entries.push({
    at: run.finishedAt.toISOString(),
    text: `report written: ${ran} of ${counted(judgement.coverage.length, 'check')} judged, ${counted(judgement.findings.filter(isProblem).length, 'finding')}`,
  });
  return entries
    .map((entry) => ({ ...entry, text: shortened(entry.text, 300) }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .slice(0, MAX_ENTRIES);
}
