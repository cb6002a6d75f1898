import type { Finding } from '../domain/finding.ts';
import { isProblem } from '../domain/finding.ts';
import type { Hypothesis, Recommendation, RootCause } from '../schema/generated.ts';
import { withDraft } from './draft-conclusion.ts';
import type { Conclusion, ReportParts } from './report-parts.ts';
import { cleanLine, shortened } from './untrusted.ts';
import { counted, firstSentence, sentence, shellQuoted } from './words.ts';

/** The best candidate together with the finding that it rests on. */
interface Lead {
  readonly hypothesis: Hypothesis;
  readonly finding: Finding | undefined;
}

const MAX_RECOMMENDATIONS = 20;

/** What the report says first, and what follows from it; recommendations without repetition. */
export function conclude(parts: ReportParts): Conclusion {
  const own = concludeFromFindings(parts);
  const conclusion = parts.draft === undefined ? own : withDraft(own, parts.draft, parts.assessment.outcome);
  return { ...conclusion, recommendations: distinct(conclusion.recommendations).slice(0, MAX_RECOMMENDATIONS) };
}

/** What follows from findings and hypotheses alone, whoever made them. */
function concludeFromFindings(parts: ReportParts): Conclusion {
  const [best] = parts.hypotheses;
  const lead = best === undefined ? undefined : { hypothesis: best, finding: findingOf(parts, best.finding) };
  const recommendations = recommend(parts, lead);
  switch (parts.assessment.outcome) {
    case 'root-cause':
      return {
        bottomLine: lead === undefined ? 'A cause was found.' : causeSentences(lead),
        confidence: lead?.hypothesis.confidence ?? 0,
        recommendations,
        ...(lead === undefined ? {} : { rootCause: rootCauseOf(lead) }),
      };
    case 'no-problem':
      return { bottomLine: healthSentences(parts), confidence: confidenceInHealth(parts), recommendations };
    case 'inconclusive':
      return { bottomLine: doubtSentences(parts, lead), confidence: lead?.hypothesis.confidence ?? 0, recommendations };
  }
}

function causeSentences({ hypothesis, finding }: Lead): string {
  const { statement } = hypothesis;
  const explanation = finding === undefined ? '' : firstSentence(finding.explanation);
  const isNew = explanation.length > 1 && !statement.includes(explanation.slice(0, -1));
  const cause = finding === undefined ? statement : withObject(statement, finding.object);
  return shortened(isNew ? `${sentence(cause)} ${explanation}` : sentence(cause), 1000);
}

/** `Container etcd is in a crash loop` does not say of which pod. */
function withObject(statement: string, object: string): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const name = object.split('/').at(-1) ?? '';
  const isNamed = !object.includes('/') || plain(statement).includes(plain(name));
  return isNamed ? statement : `${statement.replace(/\.$/u, '')} (${object})`;
}

function healthSentences({ judgement }: ReportParts): string {
  const known = judgement.coverage.filter((step) => step.known).length;
  const missing = judgement.coverage.length - known;
  const health = `No problem was found: ${counted(known, 'check')} ran and none shows anything at or above a warning.`;
  return missing === 0 ? health : `${health} ${counted(missing, 'optional check')} could not be judged.`;
}

function doubtSentences({ judgement }: ReportParts, lead: Lead | undefined): string {
  const total = judgement.coverage.length;
  const unknown = judgement.coverage.filter((step) => !step.known).length;
  const share = `${unknown} of ${counted(total, 'check')}`;
  const all = total === 1 ? 'The only check' : `All ${total} checks`;
  const gap = unknown === 0 ? `${all} could be judged.` : `${share} could not be judged.`;
  if (lead !== undefined) {
    return shortened(
      `The cause is not proven; the best explanation so far is: ${sentence(lead.hypothesis.statement)} ${gap}`,
      1000,
    );
  }
  if (judgement.findings.some(isProblem)) return `Something is wrong, but no finding explains the others. ${gap}`;
  return unknown === 0
    ? 'Nothing was found that explains what was reported.'
    : `No problem was seen, but this is no all-clear: ${share} could not be judged.`;
}

/** What one required check is worth that was not seen (facts of the playbooks, B.2). */
const OPTIONAL_CHECKS = 0.2;

/**
 * Health is claimed only where every required check is known. All optional ones together weigh as much as one of those, so
 * that a playbook does not doubt the more, the more it would like to see.
 */
function confidenceInHealth({ judgement }: ReportParts): number {
  const { coverage } = judgement;
  if (coverage.length === 0) return 0;
  const optional = coverage.filter((step) => !step.required);
  const missing = optional.filter((step) => !step.known).length;
  const share = optional.length === 0 ? 0 : missing / optional.length;
  return Math.round((1 - OPTIONAL_CHECKS * share) * 100) / 100;
}

function rootCauseOf({ hypothesis, finding }: Lead): RootCause {
  const cited = [...new Set(finding?.citations.map(({ evidence }) => evidence))].join(', ');
  const repeat = `the same look${cited === '' ? '' : ` (${cited})`} without this result while the problem lasts`;
  const explanation = finding?.explanation.trim() ?? '';
  return {
    cause: shortened(hypothesis.statement, 500),
    mechanism: shortened(explanation === '' ? hypothesis.statement : explanation, 1000),
    disprovedBy: shortened(hypothesis.disprovedBy ?? finding?.disprovedBy ?? repeat, 500),
  };
}

function recommend(parts: ReportParts, lead: Lead | undefined): Recommendation[] {
  if (parts.assessment.outcome === 'no-problem') return [{ action: 'Nothing to do.', risk: 'none' }];
  const ranked = parts.hypotheses.map(({ finding }) => findingOf(parts, finding)).filter((each) => each !== undefined);
  const ordered = [
    ...ranked,
    ...parts.judgement.findings.filter((finding) => isProblem(finding) && !ranked.includes(finding)),
  ];
  const look = parts.assessment.outcome === 'inconclusive' ? nextLook(parts, lead, ordered) : [];
  const steps = [...look, ...ordered.flatMap(({ recommendations }) => recommendations)];
  return steps.length > 0 ? steps : [testLead(ordered[0])];
}

/** A report always has a next step; where no rule gives one, it is to test the first suspicion. */
function testLead(suspect: Finding | undefined): Recommendation {
  if (suspect === undefined) return { action: 'Say more of what you see, and ask again.', risk: 'none' };
  const test = suspect.disprovedBy === undefined ? '' : `, which would be disproved by: ${suspect.disprovedBy}`;
  return { action: shortened(sentence(`Test the first suspicion, ${suspect.title}${test}`), 500), risk: 'none' };
}

/** Once each: two actions with one command are one, in the words of the first. */
function distinct(recommendations: readonly Recommendation[]): Recommendation[] {
  const seen = new Set<string>();
  return recommendations.filter(({ action, command }) => {
    const isNew = !seen.has(command === undefined ? `action ${action}` : `command ${command}`);
    seen.add(`action ${action}`);
    if (command !== undefined) seen.add(`command ${command}`);
    return isNew;
  });
}

/** Where to look when nothing is proven: closer, or again when more can be seen. */
function nextLook(parts: ReportParts, lead: Lead | undefined, ordered: readonly Finding[]): Recommendation[] {
  const pointing =
    lead?.finding?.pointsTo === undefined ? ordered.find((finding) => finding.pointsTo !== undefined) : lead.finding;
  if (pointing?.pointsTo !== undefined) {
    return [
      {
        action: `Look closer with the strategy ${pointing.pointsTo}.`,
        ...commandOf(parts, pointing.pointsTo),
        risk: 'none',
        why: shortened(sentence(pointing.title), 500),
      },
    ];
  }
  const missing = parts.judgement.coverage.filter((step) => step.required && !step.known);
  if (missing.length === 0) return [];
  return [
    {
      action: shortened(
        `Give access to what could not be checked, then ask again: ${missing.map(({ title }) => title).join('; ')}.`,
        500,
      ),
      ...commandOf(parts, parts.strategy.name),
      risk: 'none',
    },
  ];
}

/** The field `command` of a recommendation to look with a strategy; without it where nobody could run it. */
function commandOf(parts: ReportParts, strategy: string): { readonly command?: string } {
  const { investigateCommand } = parts;
  const command = investigateCommand === undefined ? askCommand(parts, strategy) : investigateCommand(strategy);
  return command === undefined ? {} : { command };
}

/** Asks the war room that the report is for. */
function askCommand({ cluster, request }: ReportParts, strategy: string): string {
  const { namespace } = request.spec.investigation;
  const place = namespace === undefined ? '' : ` --namespace ${shellQuoted(namespace)}`;
  const issue = shellQuoted(shortened(cleanLine(request.metadata.title), 200));
  return `claude-warroom investigate --cluster ${cluster.name} --strategy ${strategy}${place} --issue ${issue}`;
}

function findingOf({ judgement }: ReportParts, id: string): Finding | undefined {
  return judgement.findings.find((finding) => finding.id === id);
}
