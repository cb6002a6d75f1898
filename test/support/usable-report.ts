import { expect } from 'vitest';
import type { Playbook, Report } from '../../src/schema/generated.ts';
import { toHtml } from './github-parser.ts';

/** What our pages are made of; anything else came out of the evidence. */
const TAGS = 'h1 h2 p blockquote strong ol ul li pre code table thead tbody tr th td a br details summary'.split(' ');

/**
 * What makes a report something that a person new to the incident can act on, whatever was found: it answers the
 * question of its strategy, says what was looked at and what was not, and what to do next.
 */
export function expectUsableReport(report: Report, playbook: Playbook): void {
  const { id, steps } = { id: playbook.metadata.id, steps: playbook.spec.steps };
  expect(report.strategy.chosenBy).toBe('request');
  expect(playbook.spec.strategies).toContain(report.strategy.name);
  expect(['root-cause', 'no-problem', 'inconclusive']).toContain(report.outcome);
  const told = new Set([
    ...report.coverage.map(({ title }) => title),
    ...(report.notCalled ?? []).map(({ text }) => text),
  ]);
  expect({ id, silent: steps.map(({ title }) => title).filter((title) => !told.has(title)) }).toEqual({
    id,
    silent: [],
  });
  expect(report.bottomLine).not.toBe('');
  expect(report.recommendations).not.toEqual([]);
  const unproven = report.findings.filter(({ citations }) => citations.some(({ verified }) => !verified));
  expect({ id, unproven: unproven.map(({ code }) => code) }).toEqual({ id, unproven: [] });
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
