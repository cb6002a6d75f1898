import type { Aggregate, AggregatePart } from '../../schema/generated.ts';
import type { TerminalOptions } from '../terminal.ts';
import { cells, padded, wrapped } from '../terminal-text.ts';
import { cleanLine, shortened } from '../untrusted.ts';
import { confidenceText, minuteText, outcomeText, secondText } from '../words.ts';
import { wrongClocks, type WrongClock } from './aggregate-timeline.ts';
import { advisers, doneText, howAskedText } from './aggregate-words.ts';

const LABEL = 14;
const MIN_WIDTH = 60;
const MAX_WIDTH = 120;
const MAX_FINDINGS = 3;
const MAX_ADVICE = 3;
const MAX_LIST = 10;

/** The page over all parts for a terminal: the answer first, then cluster by cluster. Ends without a line end. */
export function renderAggregateTerminal(aggregate: Aggregate, options: TerminalOptions): string {
  const { style } = options;
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, options.width));
  const room = width - LABEL - 2;
  const section = (label: string, lines: readonly string[]): readonly string[] =>
    lines.map((line, at) => `  ${at === 0 ? style.accent(padded(label, LABEL)) : ' '.repeat(LABEL)}${line}`.trimEnd());
  const wrap = (text: string): readonly string[] => wrapped(cleanLine(text), room);
  const { firstSymptom, shared, disagreements, timeline } = aggregate;
  const blocks = [
    header(aggregate, { ...options, width }),
    section(
      'BOTTOM LINE',
      wrap(aggregate.bottomLine).map((line) => style.bold(line)),
    ),
    section(
      '',
      wrap(sureness(aggregate)).map((line) => style.dim(line)),
    ),
    section(
      'FIRST SIGN',
      firstSymptom === undefined
        ? []
        : wrap(`${minuteText(firstSymptom.at)}  ${firstSymptom.cluster}: ${firstSymptom.text}`),
    ),
    section(
      'DO NOW',
      advisers(aggregate)
        .slice(0, MAX_ADVICE)
        .flatMap(({ cluster, doNow }) => wrap(`${cluster}: ${doNow}`)),
    ),
    ...aggregate.parts.map((part, at) => section(at === 0 ? 'CLUSTERS' : '', partLines(part, { room, style }))),
    section(
      'IN COMMON',
      shared.slice(0, MAX_LIST).flatMap(({ title, clusters, isCause }) => {
        return wrap(`${isCause ? 'cause: ' : ''}${title} (${clusters.join(', ')})`);
      }),
    ),
    section(
      'DIFFERENT',
      disagreements.slice(0, MAX_LIST).flatMap(({ text }) => wrap(text)),
    ),
    section(
      'TIME',
      timeline.slice(0, MAX_LIST).flatMap(({ at, cluster, text }) => {
        return wrap(`${at.slice(0, 10)} ${secondText(at)}  ${cluster}  ${shortened(text, 160)}`);
      }),
    ),
    ...wrongClocks(aggregate, options.now ?? new Date(aggregate.writtenAt)).map((clock) =>
      section(
        '',
        wrap(clockText(clock)).map((line) => style.bold(line)),
      ),
    ),
    [style.dim(`  one cluster: claude-warroom get-results ${aggregate.id} --cluster ${exampleOf(aggregate)}`)],
  ];
  return blocks.flat().join('\n');
}

function clockText({ cluster, minutes, direction }: WrongClock): string {
  const why = direction === 'ahead' ? 'it ended later than now' : 'it was at work before the question was asked';
  return `the clock of ${cluster} is at least ${minutes} minutes ${direction}: ${why}`;
}

type Paint = Pick<TerminalOptions, 'style'>;

function header(
  { title, parts, writtenAt }: Aggregate,
  { width, style, verification }: TerminalOptions,
): readonly string[] {
  const stamp = `${minuteText(writtenAt)} · ${parts.length} clusters · ${verification ?? 'unverified'}`;
  const shown = cleanLine(title);
  const gap = width - 2 - cells(shown) - cells(stamp);
  const rule = style.dim(`  ${'─'.repeat(width - 2)}`);
  if (gap >= 2) return [`  ${style.bold(shown)}${' '.repeat(gap)}${style.dim(stamp)}`, rule];
  const lines = [
    ...wrapped(shown, width - 2).map((line) => style.bold(line)),
    ...wrapped(stamp, width - 2).map((line) => style.dim(line)),
  ];
  return [...lines.map((line) => `  ${line}`), rule];
}

function sureness(aggregate: Aggregate): string {
  const { outcome, confidence, coordination } = aggregate;
  return [
    ...(outcome === undefined ? [] : [outcomeText(outcome)]),
    ...(confidence === undefined ? [] : [`confidence ${confidenceText(confidence)}`]),
    `${doneText(aggregate)} have ended`,
    `asked ${howAskedText(coordination)}`,
  ].join(' · ');
}

function partLines(part: AggregatePart, { room, style }: Paint & { readonly room: number }): readonly string[] {
  const { cluster, findings = [], cause } = part;
  const answer = cleanLine(part.bottomLine ?? part.reason ?? '');
  const shown = findings.slice(0, MAX_FINDINGS);
  const left = findings.length - shown.length;
  return [
    `${style.bold(cleanLine(cluster))}  ${paint(part, style)(stateText(part))}`,
    ...wrapped(answer, room - 2).map((line) => `  ${line}`),
    ...shown.flatMap(({ severity, title, object, code }) => {
      const where = object === '' ? '' : ` (${object})`;
      const text = cleanLine(`${code === cause ? 'cause: ' : ''}${title}${where}`);
      return wrapped(`● ${severity}  ${text}`, room - 2).map((line) => style.dim(`  ${line}`));
    }),
    ...(left > 0 ? [style.dim(`  and ${left} more`)] : []),
  ];
}

function stateText({ phase, outcome, quality, confidence, isSkipped, signature }: AggregatePart): string {
  if (signature === 'broken') return 'not believed';
  if (isSkipped === true) return 'not asked any more';
  if (phase === 'pending') return 'no answer yet';
  if (outcome === undefined) return phase;
  const sure = confidence === undefined ? [] : [`confidence ${confidenceText(confidence)}`];
  return [outcomeText(outcome), ...(quality === 'degraded' ? [quality] : []), ...sure].join(' · ');
}

function paint({ phase, signature, isSkipped }: AggregatePart, style: Paint['style']): (text: string) => string {
  if (signature === 'broken') return (text) => style.bad(text);
  if (phase === 'succeeded') return (text) => style.good(text);
  if (phase === 'pending' || isSkipped === true) return (text) => style.dim(text);
  return (text) => style.bad(text);
}

/** The cluster that a reader wants to see next. */
function exampleOf({ parts }: Aggregate): string {
  const best =
    parts.find(({ outcome }) => outcome === 'root-cause') ?? parts.find(({ outcome }) => outcome !== undefined);
  return (best ?? parts[0])?.cluster ?? 'NAME';
}

/** As plain lines for an assistant of the reader. */
export function renderAggregateForAgent(aggregate: Aggregate): readonly string[] {
  const { outcome, confidence } = aggregate;
  const sure = confidence === undefined ? '' : `, confidence ${confidenceText(confidence)}`;
  return [
    `request: ${aggregate.id}`,
    `asked of: ${aggregate.parts.map(({ cluster }) => cluster).join(', ')}, ${howAskedText(aggregate.coordination)}`,
    `title: ${cleanLine(aggregate.title)}`,
    `ended: ${doneText(aggregate)}`,
    ...(outcome === undefined ? [] : [`outcome: ${outcomeText(outcome)}${sure}`]),
    `bottom line: ${cleanLine(aggregate.bottomLine)}`,
    ...aggregate.parts.map((part) => {
      return `${cleanLine(part.cluster)}: ${stateText(part)}: ${cleanLine(part.bottomLine ?? part.reason ?? '')}`;
    }),
    ...aggregate.shared.map(({ title, clusters }) => `in common: ${cleanLine(title)} (${clusters.join(', ')})`),
    ...aggregate.disagreements.map(({ text }) => `different: ${cleanLine(text)}`),
  ];
}
