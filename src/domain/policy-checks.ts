import { nearestName } from '../lib/nearest-name.ts';
import type { Policy, PolicyHours, PolicyTest } from '../schema/generated.ts';
import type { DocumentProblem } from './document-problem.ts';
import { isTimeZone } from './time-zone.ts';

type Path = DocumentProblem['path'];

/** How a list of people names a team of the policy. */
export const GROUP_PREFIX = 'group:';

/** What the schema of a policy cannot say. */
export function checkPolicy(policy: Policy): readonly DocumentProblem[] {
  const { rules, limits = [], administrators = [], groups = {} } = policy;
  return [
    ...checkZone(policy.timeZone, ['timeZone']),
    ...repeated(Object.keys(groups), (index) => ['groups', Object.keys(groups)[index] ?? ''], 'is an earlier group'),
    ...Object.entries(groups).flatMap(([name, people]) => checkMembers(people, ['groups', name])),
    ...checkWho(administrators, groups, ['administrators']),
    ...repeated(
      rules.map(({ name }) => name),
      (index) => ['rules', index, 'name'],
      'is the name of an earlier rule',
    ),
    ...rules.flatMap(({ who, hours }, index) => [
      ...checkWho(who, groups, ['rules', index, 'who']),
      ...(hours === undefined ? [] : checkHours(hours, ['rules', index, 'hours'])),
    ]),
    ...repeated(
      limits.map(({ name }) => name),
      (index) => ['limits', index, 'name'],
      'is the name of an earlier limit',
    ),
    ...limits.flatMap((limit, index) => [
      ...checkWho(limit.who ?? [], groups, ['limits', index, 'who']),
      ...(isEmptyLimit(limit) ? [emptyLimit(['limits', index])] : []),
    ]),
    ...checkSpelling(policy),
  ];
}

/** What the schema of a test file cannot say. */
export function checkPolicyTest({ cases }: PolicyTest): readonly DocumentProblem[] {
  return cases.flatMap(({ as, strategy, expect, rule, code }, index): DocumentProblem[] => {
    const path = ['cases', index];
    return [
      ...checkPrincipal(as, [...path, 'as']),
      ...(strategy === 'auto' ? [{ path: [...path, 'strategy'], message: AUTO, hint: 'general, for example' }] : []),
      ...(rule !== undefined && expect === 'deny'
        ? [{ path: [...path, 'rule'], message: 'goes with expect: allow' }]
        : []),
      ...(code !== undefined && expect === 'allow'
        ? [{ path: [...path, 'code'], message: 'goes with expect: deny' }]
        : []),
    ];
  });
}

const AUTO = 'is not a strategy: a policy decides about the one that auto chooses';

/** A person is named literally; anything else could be somebody else tomorrow. */
function checkPrincipal(principal: string, path: Path): readonly DocumentProblem[] {
  const found = /[*?!,[\]]/u.exec(principal)?.[0];
  if (found === undefined) return [];
  const hint = 'name each person, or put them into a group';
  return [{ path, message: `has the character ${found}: there are no wildcard principals`, hint }];
}

function checkMembers(people: readonly string[], path: Path): readonly DocumentProblem[] {
  return people.flatMap((person, index) => {
    const here = [...path, index];
    if (!person.startsWith(GROUP_PREFIX)) return checkPrincipal(person, here);
    return [{ path: here, message: 'is a group: a group holds people only', hint: 'name the people' }];
  });
}

function checkWho(
  who: readonly string[],
  groups: Readonly<Record<string, readonly string[]>>,
  path: Path,
): readonly DocumentProblem[] {
  return who.flatMap((entry, index): readonly DocumentProblem[] => {
    const here = [...path, index];
    if (!entry.startsWith(GROUP_PREFIX)) return checkPrincipal(entry, here);
    const name = entry.slice(GROUP_PREFIX.length);
    if (Object.hasOwn(groups, name)) return [];
    const nearest = nearestName(name, Object.keys(groups));
    const known = Object.keys(groups).slice(0, 10).join(', ');
    const hint = nearest === undefined ? `groups: ${known === '' ? 'none' : known}` : `did you mean "${nearest}"?`;
    return [{ path: here, message: `there is no group ${JSON.stringify(name)}`, hint }];
  });
}

function checkHours({ from, to, timeZone }: PolicyHours, path: Path): readonly DocumentProblem[] {
  const problems: DocumentProblem[] = [...checkZone(timeZone, [...path, 'timeZone'])];
  if (from === '24:00') problems.push({ path: [...path, 'from'], message: 'is the end of a day; write 00:00' });
  if (from === to) {
    const hint = 'for a whole day write 00:00 to 24:00; for always leave hours out';
    problems.push({ path: [...path, 'to'], message: 'is the same as from, so the hours never begin', hint });
  }
  return problems;
}

function checkZone(timeZone: string | undefined, path: Path): readonly DocumentProblem[] {
  if (timeZone === undefined || isTimeZone(timeZone)) return [];
  const hint = 'use a name of the IANA database, such as Europe/Oslo or UTC';
  return [{ path, message: `${JSON.stringify(timeZone)} is not a time zone that this machine knows`, hint }];
}

function isEmptyLimit(limit: NonNullable<Policy['limits']>[number]): boolean {
  const { requestsPerHour, requestsPerDay, minutesPerDay, usdPerDay } = limit;
  return [requestsPerHour, requestsPerDay, minutesPerDay, usdPerDay].every((value) => value === undefined);
}

function emptyLimit(path: Path): DocumentProblem {
  return {
    path,
    message: 'limits nothing',
    hint: 'add requestsPerHour, requestsPerDay, minutesPerDay or usdPerDay',
  };
}

/** Names that came before; whatever the case, because people read them so. */
function repeated(
  names: readonly string[],
  pathOf: (index: number) => Path,
  message: string,
): readonly DocumentProblem[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const folded = foldName(name);
    const isRepeated = seen.has(folded);
    seen.add(folded);
    return isRepeated ? [{ path: pathOf(index), message }] : [];
  });
}

/** Principals are compared literally, so two spellings of one person are a mistake that grants less than it says. */
function checkSpelling(policy: Policy): readonly DocumentProblem[] {
  const spelled = new Map<string, string>();
  const lists: readonly (readonly [Path, readonly string[]])[] = [
    ...Object.entries(policy.groups ?? {}).map(([name, people]) => [['groups', name], people] as const),
    [['administrators'], policy.administrators ?? []],
    ...policy.rules.map(({ who }, index) => [['rules', index, 'who'], who] as const),
    ...(policy.limits ?? []).map(({ who }, index) => [['limits', index, 'who'], who ?? []] as const),
  ];
  return lists.flatMap(([path, people]) =>
    people.flatMap((person, index): readonly DocumentProblem[] => {
      if (person.startsWith(GROUP_PREFIX)) return [];
      const first = spelled.get(foldName(person)) ?? person;
      spelled.set(foldName(person), first);
      return first === person ? [] : [{ path: [...path, index], message: `is spelled ${first} elsewhere` }];
    }),
  );
}

/** One name, however it is typed. */
function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
