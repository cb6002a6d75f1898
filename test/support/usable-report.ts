import { expect } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { isProblem } from '../../src/domain/finding.ts';
import type { Playbook, Report, ReportFinding } from '../../src/schema/generated.ts';
import { toHtml } from './github-parser.ts';

/** What our pages are made of; anything else came out of the evidence. */
const TAGS = 'h1 h2 p blockquote strong ol ul li pre code table thead tbody tr th td a br details summary'.split(' ');

/**
 * What makes a report something that a person new to the incident can act on, whatever was found: it answers the
 * question of its strategy, says what was looked at and what was not, and what to do next.
 */
export function expectUsableReport(report: Report, playbook: Playbook): void {
  expect({ id: playbook.metadata.id, problems: usabilityProblems(report, playbook) }).toEqual({
    id: playbook.metadata.id,
    problems: [],
  });
}

/** Why nobody could act on a report, a line each. */
export function usabilityProblems(report: Report, playbook: Playbook): readonly string[] {
  return [
    ...strategyProblems(report, playbook),
    ...report.findings.flatMap((finding) => findingProblems(finding, report, playbook)),
    ...outcomeProblems(report),
    ...adviceProblems(report),
  ];
}

function strategyProblems(report: Report, { spec }: Playbook): readonly string[] {
  const told = new Set([
    ...report.coverage.map(({ title }) => title),
    ...(report.notCalled ?? []).map(({ text }) => text),
  ]);
  const silent = spec.steps.map(({ title }) => title).filter((title) => !told.has(title));
  return [
    ...(report.strategy.chosenBy === 'request' ? [] : ['another strategy was chosen than the request names']),
    ...(spec.strategies.includes(report.strategy.name) ? [] : [`${report.strategy.name} is not of this playbook`]),
    ...silent.map((title) => `nothing is said of the step ${title}`),
    ...report.coverage
      .filter(({ known, reason, status }) => !known && reason === undefined && status === 'failed')
      .map(({ title }) => `nobody says why ${title} is unknown`),
  ];
}

function findingProblems(finding: ReportFinding, report: Report, playbook: Playbook): readonly string[] {
  const { code, citations, object, title } = finding;
  const missing = citations.filter(({ evidence }) => !report.evidence.some(({ id }) => id === evidence));
  return [
    ...(object === '' ? [`${code} is about nothing`] : []),
    ...(/\$\{|undefined|\[object /u.test(`${title} ${object}`) ? [`${code} has a hole: ${title}`] : []),
    ...(citations.every(({ verified }) => verified) ? [] : [`${code} has a quote that is not in its evidence`]),
    ...missing.map(({ evidence }) => `${code} cites ${evidence}, which is not there`),
    ...(!isProblem(finding) || citations.length > 0 || isAboutTheEnd(code, playbook) ? [] : [`${code} cites nothing`]),
  ];
}

/** A rule about an exit code or an error has no output to cite. */
function isAboutTheEnd(code: string, { spec }: Playbook): boolean {
  const rules = spec.rules.filter((rule) => JSON.stringify(rule).includes(`"code":"${code}"`));
  return rules.some((rule) => /"step\.(?:exit|signal|stderr|status)|"detector"/u.test(JSON.stringify(rule)));
}

function outcomeProblems(report: Report): readonly string[] {
  const { outcome, bottomLine, hypotheses, findings, rootCause } = report;
  const [best] = hypotheses;
  const lead = findings.find(({ id }) => id === best?.finding);
  switch (outcome) {
    case 'root-cause':
      return [
        ...(rootCause === undefined ? ['a cause is claimed and not told'] : []),
        ...(lead === undefined ? ['the cause rests on no finding'] : []),
        ...(best !== undefined && bottomLine.startsWith(best.statement.slice(0, 40))
          ? []
          : ['the bottom line is not the cause']),
        ...(lead === undefined || names(bottomLine, lead.object)
          ? []
          : [`the bottom line does not name ${lead.object}`]),
      ];
    case 'no-problem':
      return [
        ...(bottomLine.startsWith('No problem was found') ? [] : ['health is not said plainly']),
        ...findings.filter(isProblem).map(({ code }) => `healthy in spite of ${code}`),
        ...report.coverage
          .filter(({ known, required }) => required && !known)
          .map(({ title }) => `healthy without ${title}`),
      ];
    case 'inconclusive':
      return [
        ...(/not proven|no all-clear|no finding explains|Nothing was found/u.test(bottomLine)
          ? []
          : ['doubt is not said plainly']),
        ...(findings.some(isProblem) || report.unknowns.length > 0 ? [] : ['nothing says what is in doubt']),
      ];
  }
}

function names(text: string, object: string): boolean {
  const plain = (each: string): string => each.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  return !object.includes('/') || plain(text).includes(plain(object.split('/').at(-1) ?? ''));
}

/** Somebody must be able to do the first thing: by a command, or because it says with what. */
function adviceProblems({ recommendations, findings, coverage, outcome, cluster }: Report): readonly string[] {
  const [first] = recommendations;
  if (first === undefined) return ['nothing says what to do'];
  const commands = recommendations.flatMap(({ command }) => (command === undefined ? [] : [command]));
  const things = [
    ...findings.map(({ object }) => object.split('/').at(-1) ?? ''),
    ...coverage.map(({ title }) => title),
  ];
  const isConcrete =
    first.command !== undefined || things.some((thing) => thing !== '' && first.action.includes(thing));
  return [
    ...(outcome === 'no-problem' || findings.every((each) => !isProblem(each)) || isConcrete
      ? []
      : [`nobody can do: ${first.action}`]),
    ...(new Set(commands).size === commands.length ? [] : ['one command is recommended twice']),
    ...commands
      .filter((command) => /\$\{|undefined/u.test(command))
      .map((command) => `the command has a hole: ${command}`),
    ...commands
      .filter((command) => command.startsWith('claude-warroom '))
      .flatMap((command) => ownProblems(command, cluster.name)),
  ];
}

function ownProblems(command: string, cluster: string): readonly string[] {
  const isKnown = COMMANDS.some(({ path }) => command.startsWith(`claude-warroom ${path} `));
  const isAsked = !command.includes(' --cluster ') || command.includes(` --cluster ${cluster} `);
  return [...(isKnown ? [] : [`no such command: ${command}`]), ...(isAsked ? [] : [`another cluster: ${command}`])];
}

/** The page as GitHub shows it: one heading, the sections of a report, and no HTML but ours. */
export function expectPageOnGitHub(page: string): void {
  const html = toHtml(page.slice(page.indexOf('\n---\n', 4) + 5));
  const tags = new Set(Array.from(html.matchAll(/<\/?(?<name>[a-z][a-z0-9]*)/gu), (match) => match.groups?.['name']));
  expect([...tags].filter((tag) => !TAGS.includes(tag ?? ''))).toEqual([]);
  expect(html.match(/<h1>/gu)).toHaveLength(1);
  expect(html).not.toContain('<!--');
  for (const heading of ['Evidence', 'What to do']) expect(html).toContain(`<h2>${heading}`);
}

/** Code of the finding that the first hypothesis rests on. */
export function firstCause({ hypotheses, findings }: Report): string | undefined {
  return findings.find(({ id }) => id === hypotheses[0]?.finding)?.code;
}
