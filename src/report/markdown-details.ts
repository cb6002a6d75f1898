import type { Report, ReportCommand } from '../schema/generated.ts';
import { folded, markdownTable } from './markdown-blocks.ts';
import { evidenceLink, requestFile, type PagePlace } from './markdown-links.ts';
import { inlineCode, plainMarkdown, shortened } from './untrusted.ts';
import { commandText, counted, minuteText, secondText } from './words.ts';

/** Rows of one table; the rest is in audit.jsonl. */
const MAX_ROWS = 250;
const MAX_COMMAND = 200;

/** What is worth checking, but not at 3 a.m. */
export function foldedParts(report: Report, page: PagePlace): readonly string[] {
  return [
    folded(`Every command (${report.commands.length})`, commandTable(report)),
    ...(report.coverage.length === 0 ? [] : [folded(`Checks (${report.coverage.length})`, coverageTable(report))]),
    folded(`Redactions (${report.redactions.total})`, redactionTable(report)),
    folded('About this run', runTable(report, page)),
    folded('How to check this result', verification(report, page)),
  ];
}

function commandTable(report: Report): string {
  if (report.commands.length === 0) return 'No command ran.';
  const rows = report.commands
    .slice(0, MAX_ROWS)
    .map((command) => [
      secondText(command.at),
      inlineCode(shortened(commandText(command.argv), MAX_COMMAND)),
      endOf(command),
      `${command.decision}${command.reason === undefined ? '' : `: ${plainMarkdown(command.reason)}`}`,
      command.evidence === undefined ? '' : evidenceLink(report, command.evidence),
    ]);
  const left = report.commands.length - rows.length;
  const more = left > 0 ? `\n\n${counted(left, 'more command')} in [audit.jsonl](audit.jsonl).` : '';
  return `${markdownTable(['UTC', 'command', 'end', 'decision', 'evidence'], rows)}${more}`;
}

function endOf({ status, exit, ms }: ReportCommand): string {
  const end = exit === undefined ? status : `exit ${exit}`;
  return status === 'denied' || status === 'skipped' ? status : `${end}, ${ms} ms`;
}

function coverageTable(report: Report): string {
  const rows = report.coverage
    .slice(0, MAX_ROWS)
    .map((step) => [
      plainMarkdown(step.title),
      step.required ? 'required' : 'optional',
      step.known ? '✔ judged' : `unknown: ${plainMarkdown(step.reason ?? step.status)}`,
      step.evidence === undefined ? '' : evidenceLink(report, step.evidence),
    ]);
  const idle = (report.notCalled ?? [])
    .slice(0, MAX_ROWS)
    .map(({ text, why }) => [plainMarkdown(text), 'not called for', `did not run: ${plainMarkdown(why)}`, '']);
  return markdownTable(['check', 'needed', 'result', 'evidence'], [...rows, ...idle]);
}

function redactionTable({ redactions }: Report): string {
  if (redactions.total === 0)
    return 'No secret was recognised in what was recorded. That reduces the risk; it does not exclude it.';
  const rows = Object.entries(redactions.byRule).map(([rule, count]) => [inlineCode(rule), String(count)]);
  const legend =
    'Removed before anything was stored. A mark such as `[REDACTED:rule:1a2b]` stands for one value; equal marks stand for equal values.';
  return `${legend}\n\n${markdownTable(['rule', 'removed'], rows)}`;
}

function runTable(report: Report, page: PagePlace): string {
  const { run, target, engine, strategy } = report;
  const request = requestFile(report.id, page);
  const why = (reason: string | undefined): string => (reason === undefined ? '' : ` (${plainMarkdown(reason)})`);
  const rows: (readonly [string, string])[] = [
    ['request', request === undefined ? inlineCode(report.id) : `[${report.id}](${request})`],
    ['asked of', `${inlineCode(report.cluster.name)} (${report.cluster.type})`],
    ['looked at', `${inlineCode(target.name)} (${plainMarkdown(target.kind)}, ${inlineCode(target.identity)})`],
    ['processor', `${inlineCode(run.holder)}, claude-warroom ${plainMarkdown(run.version)}`],
    ['strategy', `${inlineCode(strategy.name)}, chosen by ${strategy.chosenBy}${why(strategy.why)}`],
    ['engine', `${engine.name}${why(engine.why)}`],
  ];
  if (run.playbook !== undefined) {
    const { id, version, sha256 } = run.playbook;
    rows.push(['playbook', `${inlineCode(id)} version ${version}, sha256 ${inlineCode(sha256.slice(0, 12))}`]);
  }
  if (run.model !== undefined) rows.push(['model', inlineCode(run.model)]);
  if (run.cost !== undefined) rows.push(['cost', `$${run.cost.usd.toFixed(2)} in ${counted(run.cost.turns, 'turn')}`]);
  rows.push(['ran', `${minuteText(run.startedAt)} to ${minuteText(run.finishedAt)}, ${run.seconds} s`]);
  for (const attempt of run.attempts) {
    rows.push([
      `attempt ${attempt.number}`,
      `${inlineCode(attempt.holder)} from ${minuteText(attempt.startedAt)}: ${attempt.result}`,
    ]);
  }
  return markdownTable(['what', 'value'], rows);
}

function verification(report: Report, page: PagePlace): string {
  const request = requestFile(report.id, page);
  const lines = [
    '# in the folder of this result: every file is as its manifest says',
    `jq -r '.files[] | select(.external == null) | "\\(.sha256)  \\(.path)"' manifest.json | sha256sum --check`,
    ...(request === undefined
      ? []
      : ['# the request that was answered', `echo '${report.requestSha256}  ${request}' | sha256sum --check`]),
    '# when the manifest is signed: who signed it (allowed_signers comes from your administrator)',
    'ssh-keygen -Y find-principals -f allowed_signers -s manifest.json.sig',
    'ssh-keygen -Y verify -f allowed_signers -I PRINCIPAL -n warroom-result@v1 -s manifest.json.sig < manifest.json',
  ];
  return ['```sh', ...lines, '```'].join('\n');
}
