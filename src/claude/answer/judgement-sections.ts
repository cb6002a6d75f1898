import { evidenceFile, type Evidence } from '../../domain/evidence.ts';
import type { DependencyMap, Finding, Hypothesis, Judgement } from '../../domain/finding.ts';
import { nodeText } from '../../report/markdown-dependencies.ts';
import { reasonTexts } from '../../report/ranking-text.ts';
import { cleanLine, shortened } from '../../report/untrusted.ts';
import { commandText } from '../../report/words.ts';
import type { ReportChange } from '../../schema/generated.ts';
import type { PromptSection } from './prompt-section.ts';

const KIB = 1024;
/** Quotes of one finding, and characters of one line. */
const MAX_QUOTES = 5;
const MAX_LINE = 1400;
const MAX_COMMAND = 240;

export interface JudgementFacts {
  readonly judgement: Judgement;
  readonly hypotheses: readonly Hypothesis[];
  readonly evidence: readonly Evidence[];
}

/** What the checks recorded and what code made of it, for a model that goes on from there. */
export function judgementSections({ judgement, hypotheses, evidence }: JudgementFacts): readonly PromptSection[] {
  const gaps = judgement.coverage.filter((step) => !step.known);
  return [
    list('Ranked candidates of the checks', {
      intro:
        'Ranked by rules: problems that no other finding explains. You may overrule the order, with quotes from the evidence.',
      name: 'candidates',
      noun: 'candidates',
      lines: hypotheses.map(candidateLine),
      maxBytes: 3 * KIB,
      priority: 2,
    }),
    list('Findings of the checks', {
      intro: 'A finding that points to a strategy says where to look; it cannot carry a root cause.',
      name: 'findings',
      noun: 'findings',
      lines: judgement.findings.map(findingLine),
      maxBytes: 12 * KIB,
      priority: 2,
    }),
    list('What changed', {
      intro:
        'Newest first; what stands without a time is a difference. A change is no cause before you have shown how.',
      name: 'changes',
      noun: 'changes',
      lines: (judgement.changes ?? []).map(changeLine),
      maxBytes: 4 * KIB,
      priority: 3,
    }),
    list('What depends on what', {
      intro: 'Around the findings. The first needs the second: trouble goes from right to left.',
      name: 'dependencies',
      noun: 'dependencies',
      lines: dependencyLines(judgement.dependencies),
      maxBytes: 4 * KIB,
      priority: 3,
    }),
    list('Ruled out by the checks', {
      name: 'ruled-out',
      noun: 'entries',
      lines: judgement.ruledOut.map(({ text, evidence: ids }) => line(`${text} (${ids.join(', ')})`)),
      maxBytes: 2 * KIB,
      priority: 5,
    }),
    list('Evidence recorded so far', {
      intro: 'id | step | command | end | size | file',
      name: 'evidence',
      noun: 'pieces of evidence',
      lines: evidence.map(evidenceLine),
      maxBytes: 10 * KIB,
      priority: 3,
      rest: 'every file lies in the folder evidence',
    }),
    list('Checks that say nothing', {
      intro: 'What a check could not see is unknown, not healthy.',
      name: 'gaps',
      noun: 'checks',
      lines: gaps.map(({ step, title, required, status, reason }) =>
        line(
          `${step} (${required ? 'required' : 'optional'}): ${title}: ${status}${reason === undefined ? '' : `, ${reason}`}`,
        ),
      ),
      maxBytes: 4 * KIB,
      priority: 3,
    }),
    list('Not known', {
      name: 'unknowns',
      noun: 'entries',
      lines: judgement.unknowns.map(({ text, why }) => line(`${text}: ${why}`)),
      maxBytes: 3 * KIB,
      priority: 3,
    }),
  ].filter((section) => section.body.lines.length > 0 || section.name === 'findings' || section.name === 'evidence');
}

interface ListSection extends PromptSection {
  readonly body: Extract<PromptSection['body'], { readonly kind: 'lines' }>;
}

function list(
  heading: string,
  {
    lines,
    noun,
    ...rest
  }: Omit<PromptSection, 'heading' | 'body'> & { readonly lines: readonly string[]; readonly noun: string },
): ListSection {
  return { ...rest, heading, body: { kind: 'lines', lines, noun } };
}

function candidateLine(hypothesis: Hypothesis): string {
  const { rank, statement, finding, confidence, explains, disprovedBy } = hypothesis;
  const reasons = reasonTexts(hypothesis);
  const made = reasons.length === 0 ? '' : `; made of ${reasons.join('; ')}`;
  const effects = explains.length === 0 ? '' : `, explains ${explains.join(', ')}`;
  const doubt = disprovedBy === undefined ? '' : `; would be disproved by: ${disprovedBy}`;
  return line(`${rank}. ${statement} (${finding}, confidence ${confidence.toFixed(2)}${effects})${doubt}${made}`);
}

function changeLine({ at, kind, object, text, findings, citation }: ReportChange): string {
  const about = findings.length === 0 ? '' : ` | touches ${findings.join(', ')}`;
  const quote = `seen in ${citation.evidence} «${cleanLine(citation.quote)}»`;
  return line(`${at ?? 'not known when'} | ${kind} | ${object} | ${text}${about} | ${quote}`);
}

function dependencyLines(map: DependencyMap | undefined): readonly string[] {
  if (map === undefined) return [];
  const sides = new Set(map.nodes.map(({ side }) => side));
  const named = new Map(
    map.nodes.map((node) => {
      const about = node.findings.length === 0 ? '' : ` (${node.findings.join(', ')})`;
      return [node.id, `${nodeText(node, sides.size > 1)}${about}`] as const;
    }),
  );
  return map.edges.map(({ from, to, why, confidence, evidence }) =>
    line(
      `${named.get(from) ?? from} | ${why} | ${named.get(to) ?? to} | ${confidence.toFixed(2)}${evidence === undefined ? '' : ` | ${evidence}`}`,
    ),
  );
}

function findingLine(finding: Finding): string {
  const { id, severity, confidence, code, object, title, expected, explanation, since, citations, pointsTo } = finding;
  // Not as JSON: an escaped quotation mark would be copied into a quote, and the quote would not be found.
  const quotes = citations.slice(0, MAX_QUOTES).map(({ evidence, quote }) => `${evidence} «${cleanLine(quote)}»`);
  const parts = [
    `${id} ${severity} ${confidence.toFixed(2)} ${code}`,
    ...(object === '' ? [] : [`object ${object}`]),
    title,
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(explanation === '' ? [] : [shortened(explanation, 300)]),
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(quotes.length === 0 ? [] : [`seen in ${quotes.join('; ')}`]),
    ...(pointsTo === undefined ? [] : [`points to the strategy ${pointsTo}`]),
  ];
  return line(parts.join(' | '));
}

function evidenceLine(item: Evidence): string {
  const { id, step, status, exit, truncated, text } = item;
  const end = exit === undefined ? status : `${status}, exit ${exit}`;
  const size = `${Buffer.byteLength(text)} bytes${truncated ? ', output was cut' : ''}`;
  const command = shortened(cleanLine(commandText(item.argv)), MAX_COMMAND);
  return line([id, step, command, end, size, evidenceFile(item)].join(' | '));
}

function line(text: string): string {
  return shortened(cleanLine(text), MAX_LINE);
}
