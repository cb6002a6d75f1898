import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { rowsOf } from './rows.ts';

/**
 * Members of the groups of a machine (rows with `group` and `members`, as in /etc/group), one by one. With `with:
 * {expected}`, names with commas between them, each has `isExpected`; with `with: {before}`, a step with the groups as they
 * were, each has `wasMember`. Undefined while that step is not known.
 */
export function groupMembers(
  data: StepData,
  other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const { expected, before } = settings;
  const earlier = before === undefined ? undefined : rowsOf(other(String(before))?.root);
  if (before !== undefined && earlier === undefined) return undefined;
  const names = expected === undefined ? undefined : namesIn(String(expected));
  return rowsOf(data.root)?.flatMap((row) =>
    namesIn(row['members'] ?? '').map((member) => {
      const was = earlier?.find(({ group }) => group === row['group'])?.['members'];
      return {
        item: {
          ...{ groupName: row['group'], member },
          ...(names === undefined ? {} : { isExpected: names.includes(member) }),
          ...(earlier === undefined ? {} : { wasMember: namesIn(was ?? '').includes(member) }),
        },
        source: row,
      };
    }),
  );
}

function namesIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
