import type { Aggregate, AggregatePart } from '../../schema/generated.ts';
import { requestFile, type PagePlace } from '../markdown-links.ts';
import { folded, frontMatter, markdownTable, mermaid, quoted } from '../markdown-blocks.ts';
import { cleanLine, inlineCode, mermaidLabel, plainMarkdown, shortened } from '../untrusted.ts';
import { confidenceText, minutesText, minuteText, outcomeText, secondText, sentence, severityMark } from '../words.ts';
import { wrongClocks, type WrongClock } from './aggregate-timeline.ts';
import { advisers, doneText, howAskedText } from './aggregate-words.ts';

/** README.md of a request to several clusters lies in results/yyyy/mm/dd/id. */
const PLACE: PagePlace = { resultFolderDepth: 5 };
const MAX_FINDINGS = 3;
const MAX_ADVICE = 3;
const MAX_MOMENTS = 40;

/** The page over all parts: the answer first, then the clusters side by side, then what they share and where they differ. */
export function renderAggregateMarkdown(aggregate: Aggregate): string {
  const blocks = [
    frontMatter({
      id: aggregate.id,
      clusters: aggregate.parts.map(({ cluster }) => cluster).join(', '),
      status: aggregate.isComplete ? aggregate.phase : `${doneText(aggregate)} have ended`,
      outcome: aggregate.outcome === undefined ? undefined : outcomeText(aggregate.outcome),
      confidence: aggregate.confidence === undefined ? undefined : confidenceText(aggregate.confidence),
      requester: requesterText(aggregate.requester),
      asked: howAskedText(aggregate.coordination),
    }),
    `# ${plainMarkdown(aggregate.title)}`,
    answerBlock(aggregate),
    '## Side by side',
    partsTable(aggregate),
    ...sharedSection(aggregate),
    ...disagreementSection(aggregate),
    ...timelineSection(aggregate),
    '## Question',
    plainMarkdown(aggregate.question),
    footer(aggregate),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function answerBlock(aggregate: Aggregate): string {
  const { bottomLine, firstSymptom, isComplete, outcome, confidence } = aggregate;
  const sure = [
    ...(confidence === undefined ? [] : [`confidence ${confidenceText(confidence)}`]),
    ...(outcome === undefined ? [] : [outcomeText(outcome)]),
    `${doneText(aggregate)} have ended`,
  ];
  const first =
    firstSymptom === undefined
      ? []
      : [
          '',
          `**First sign:** ${minuteText(firstSymptom.at)}, ${inlineCode(firstSymptom.cluster)}: ${plainMarkdown(sentence(firstSymptom.text))}`,
        ];
  return quoted([
    `**Bottom line.** ${plainMarkdown(bottomLine)}`,
    '',
    `**How sure:** ${sure.join(' · ')}`,
    ...first,
    ...advice(aggregate),
    ...(isComplete ? [] : ['', '**Not complete:** this page is written again with every answer.']),
  ]);
}

/** What each says, once where several say the same. */
function advice(aggregate: Aggregate): readonly string[] {
  const said = new Map<string, string[]>();
  for (const { cluster, doNow } of advisers(aggregate)) said.set(doNow, [...(said.get(doNow) ?? []), cluster]);
  return [...said]
    .slice(0, MAX_ADVICE)
    .flatMap(([doNow, clusters]) => [
      '',
      `**Do now** (${clusters.map(inlineCode).join(', ')}): ${plainMarkdown(sentence(doNow))}`,
    ]);
}

function requesterText({ name, verified }: Aggregate['requester']): string {
  return verified ? `signed as ${cleanLine(name)}` : `${cleanLine(name)} (unverified)`;
}

function partsTable({ parts }: Aggregate): string {
  return markdownTable(
    ['cluster', 'outcome', 'answer', 'findings', 'minutes'],
    parts.map((part) => [
      `${clusterLink(part)}<br>${part.type}`,
      outcomeCell(part),
      plainMarkdown(
        shortened(part.bottomLine ?? part.reason ?? (part.phase === 'pending' ? 'no answer yet' : ''), 300),
      ),
      findingsCell(part),
      part.startedAt === undefined || part.finishedAt === undefined
        ? ''
        : minutesText((Date.parse(part.finishedAt) - Date.parse(part.startedAt)) / 1000),
    ]),
  );
}

/** Only what has ended has a page of its own. */
function clusterLink({ cluster, signature }: AggregatePart): string {
  return signature === undefined ? inlineCode(cluster) : `[${plainMarkdown(cluster)}](${encodeURI(cluster)}/README.md)`;
}

const MARKS = { 'root-cause': '🔴', 'no-problem': '🟢', inconclusive: '🟡' } as const;

function outcomeCell({ phase, outcome, quality, confidence, isSkipped, signature }: AggregatePart): string {
  if (signature === 'broken') return '⚫ not believed';
  if (isSkipped === true) return '⚪ not asked any more';
  if (phase === 'pending') return '⏳ waiting';
  if (outcome === undefined) return `⚫ ${phase}`;
  const sure = confidence === undefined ? '' : `<br>${confidenceText(confidence)}`;
  return `${MARKS[outcome]} ${outcomeText(outcome)}${quality === 'degraded' ? ' · degraded' : ''}${sure}`;
}

function findingsCell({ findings = [], cause }: AggregatePart): string {
  const lines = findings.slice(0, MAX_FINDINGS).map(({ severity, title, code, object }) => {
    const what = `${severityMark(severity)} ${plainMarkdown(shortened(title, 120))}`;
    const where = object === '' ? '' : ` ${inlineCode(shortened(object, 60))}`;
    return code === cause ? `**${what}**${where}` : `${what}${where}`;
  });
  const left = findings.length - lines.length;
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('<br>');
}

function sharedSection({ shared, parts }: Aggregate): readonly string[] {
  if (shared.length === 0) return ['## In common', 'No finding is the same in two clusters.'];
  const rows = shared.map(({ title, clusters, isCause, severity, object }) => [
    `${severityMark(severity)} ${isCause ? '**cause:** ' : ''}${plainMarkdown(title)}${object === undefined ? '' : `<br>${inlineCode(object)}`}`,
    `${clusters.length} of ${parts.length}`,
    clusters.map(inlineCode).join(', '),
  ]);
  return ['## In common', markdownTable(['finding', 'clusters', 'where'], rows)];
}

function disagreementSection({ disagreements }: Aggregate): readonly string[] {
  if (disagreements.length === 0) return [];
  return ['## Where they differ', disagreements.map(({ text }) => `- ${plainMarkdown(text)}`).join('\n')];
}

function timelineSection(aggregate: Aggregate): readonly string[] {
  const { timeline } = aggregate;
  if (timeline.length === 0) return [];
  const moments = timeline.slice(0, MAX_MOMENTS);
  const chart = ['timeline'];
  let last = '';
  for (const { at, cluster, text } of moments) {
    const day = at.slice(0, 10);
    if (day !== last) chart.push(`  section ${day}`);
    last = day;
    // A colon would end the time; this character looks the same.
    chart.push(`    ${secondText(at).replaceAll(':', '∶')} : ${mermaidLabel(`${cluster}, ${text}`, 60)}`);
  }
  const rows = moments.map(({ at, cluster, text }) => [
    `${at.slice(0, 10)} ${secondText(at)}`,
    inlineCode(cluster),
    plainMarkdown(text),
  ]);
  return [
    '## One line of time',
    mermaid(chart),
    folded('The same as a table', markdownTable(['UTC', 'cluster', 'what happened'], rows)),
    'Each cluster has a clock of its own; moments that are close to each other may have another order.',
    ...wrongClocks(aggregate, new Date(aggregate.writtenAt)).map((clock) => clockText(clock, aggregate.writer.cluster)),
  ];
}

function clockText({ cluster, minutes, direction }: WrongClock, writer: string): string {
  const than =
    direction === 'ahead'
      ? `ahead of that of ${inlineCode(writer)}`
      : 'behind: it was at work before the question was asked';
  return `**The clock of ${inlineCode(cluster)} is at least ${minutes} minutes ${than}.** Its moments stand in the wrong place.`;
}

function footer({ id, writer, writtenAt, parts }: Aggregate): string {
  const request = requestFile(id, PLACE);
  const checked = parts.flatMap(({ cluster, signature }) =>
    signature === undefined ? [] : [`${inlineCode(cluster)} ${SIGNATURES[signature]}`],
  );
  return [
    `Put together by ${inlineCode(writer.cluster)} (${inlineCode(writer.holder)}) ${minuteText(writtenAt)}. Signatures of the parts as it saw them: ${checked.join(', ') || 'none'}.`,
    `It has signed this page, and the digest of the manifest of each part: check all with  ${inlineCode(`claude-warroom get-results ${id} --require-verified`)}. The same as data: [aggregate.json](aggregate.json)${request === undefined ? '' : `, the request: [${id}](${request})`}.`,
  ].join('\n\n');
}

const SIGNATURES = {
  own: 'its own',
  verified: 'verified',
  unchecked: 'not checked',
  broken: 'broken',
} as const satisfies Record<NonNullable<AggregatePart['signature']>, string>;
