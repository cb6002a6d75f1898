/**
 * Puts the section with that heading of the second level in place of the one that a page has, or at its end. Two programs
 * write docs/benchmarks.md, each its own sections.
 */
export function replaceSection(page: string, heading: string, section: string): string {
  const rest = page.replace(sectionOf(page, heading), '').trimEnd();
  return `${rest}\n\n${section.trimEnd()}\n`;
}

/** The section with that heading, up to the next of its level; empty when there is none. */
export function sectionOf(page: string, heading: string): string {
  const start = `\n${page}`.indexOf(`\n## ${heading}\n`);
  if (start === -1) return '';
  const next = page.indexOf('\n## ', start + 1);
  return page.slice(start, next === -1 ? undefined : next + 1);
}
