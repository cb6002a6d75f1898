import type { Report } from '../schema/generated.ts';

export interface UnknownGroup {
  readonly why: string;
  /** What cannot be said for that reason. */
  readonly texts: readonly string[];
}

/**
 * What is not known, by reason: one tool that is missing leaves many rules open, and its error is worth saying once. The
 * reason that leaves most open comes first.
 */
export function groupUnknowns(report: Pick<Report, 'unknowns' | 'coverage' | 'notCalled'>): readonly UnknownGroup[] {
  const titles = [...report.coverage.map(({ title }) => title), ...(report.notCalled ?? []).map(({ text }) => text)];
  const groups: { why: string; readonly texts: Set<string> }[] = [];
  for (const { text, why } of report.unknowns) {
    const reason = withoutChecks(why, titles);
    const known = groups.find((group) => isSame(group.why, reason));
    const group = known ?? { why: reason, texts: new Set<string>() };
    if (known === undefined) groups.push(group);
    if (reason.length > group.why.length) group.why = reason;
    for (const each of text.split('; ')) group.texts.add(each);
  }
  return groups.map(({ why, texts }) => ({ why, texts: [...texts] })).sort((a, b) => b.texts.length - a.texts.length);
}

/** A rule names the checks that it waited for before it says what was wrong with the last of them. */
function withoutChecks(why: string, titles: readonly string[]): string {
  const title = titles.find((each) => why.startsWith(`${each}: `));
  return title === undefined ? why : withoutChecks(why.slice(title.length + 2), titles);
}

/** The same reason may have been cut at different ends, as a longer or shorter text stood before it. */
function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  const [short = '', long = ''] = [one, other].sort((a, b) => a.length - b.length);
  return short.endsWith('…') && short.length > 20 && long.startsWith(short.slice(0, -1));
}
