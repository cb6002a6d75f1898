import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { formatProblem } from '../../../src/schema/problem.ts';

const HEAD = 'apiVersion: warroom.intility.io/v1\nkind: Policy\n';
const RULE = 'name: a, who: [alice@example.com], clusters: [hub-1], strategies: [general], engines: [claude]';

function problems(text: string): readonly string[] {
  const parsed = parseDocument('Policy', HEAD + text, { file: 'policy.yaml' });
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe('a policy file', () => {
  it('is accepted with everything in it', () => {
    expect(
      problems(`timeZone: Europe/Oslo
groups:
  sre: [alice@example.com, bob@example.com]
administrators: [carol@example.com, group:sre]
rules:
  - name: sre-read
    who: [group:sre, dave@example.com]
    clusters: [hub-*, "?-test"]
    namespaces: [clusters-*]
    strategies: ["*"]
    engines: [diagnostics, claude]
    tools: [kubectl, grep]
    modes: [read, propose]
    maxTimeout: 900
    maxUsd: 1.5
    hours: {days: [mon, sun], from: 22:00, to: 06:00, timeZone: America/New_York}
limits:
  - {name: each, per: person, requestsPerHour: 10}
  - {name: sre, who: [group:sre], per: group, requestsPerDay: 0, minutesPerDay: 30, usdPerDay: 0.5}
`),
    ).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'a wildcard principal',
      'rules:\n  - {name: a, who: ["*@example.com"], clusters: [hub-1], strategies: [general], engines: [claude]}\n',
      'policy.yaml:4:21: rules[0].who[0]: has the character *: there are no wildcard principals (name each person, or put them into a group)',
    ],
    [
      'a wildcard in a group',
      `groups: {sre: ["?lice@example.com"]}\nrules:\n  - {${RULE}}\n`,
      'policy.yaml:3:16: groups.sre[0]: has the character ?: there are no wildcard principals (name each person, or put them into a group)',
    ],
    [
      'a group in a group',
      `groups: {sre: [a@example.com], all: [group:sre]}\nrules:\n  - {${RULE}}\n`,
      'policy.yaml:3:38: groups.all[0]: is a group: a group holds people only (name the people)',
    ],
    [
      'an unknown group',
      `groups: {sre: [a@example.com]}\nadministrators: [group:srf]\nrules:\n  - {${RULE}}\n`,
      'policy.yaml:4:18: administrators[0]: there is no group "srf" (did you mean "sre"?)',
    ],
    [
      'a group named like a part of JavaScript',
      `administrators: ["group:toString"]\nrules:\n  - {${RULE}}\n`,
      'policy.yaml:3:18: administrators[0]: there is no group "toString" (groups: none)',
    ],
    [
      'an empty group',
      `groups:\n  sre: []\nrules:\n  - {${RULE}}\n`,
      'policy.yaml:4:8: groups.sre: has 0 entries, at least 1 are needed',
    ],
    [
      'two rules of one name',
      `rules:\n  - {${RULE}}\n  - {${RULE}}\n`,
      'policy.yaml:5:12: rules[1].name: is the name of an earlier rule',
    ],
    [
      'two limits of one name',
      `rules:\n  - {${RULE}}\nlimits:\n  - {name: x, per: person, usdPerDay: 1}\n  - {name: x, per: group, usdPerDay: 1}\n`,
      'policy.yaml:7:12: limits[1].name: is the name of an earlier limit',
    ],
    [
      'a limit of nothing',
      `rules:\n  - {${RULE}}\nlimits:\n  - {name: x, per: person}\n`,
      'policy.yaml:6:5: limits[0]: limits nothing (add requestsPerHour, requestsPerDay, minutesPerDay or usdPerDay)',
    ],
    [
      'two spellings of one person',
      `administrators: [Alice@example.com]\nrules:\n  - {${RULE}}\n`,
      'policy.yaml:5:21: rules[0].who[0]: is spelled Alice@example.com elsewhere',
    ],
    [
      'hours that never begin',
      `rules:\n  - ${RULE.replaceAll(', ', '\n    ')}\n    hours: {days: [mon], from: 07:00, to: 07:00}\n`,
      'policy.yaml:9:43: rules[0].hours.to: is the same as from, so the hours never begin (for a whole day write 00:00 to 24:00; for always leave hours out)',
    ],
    [
      'hours from the end of a day',
      `rules:\n  - ${RULE.replaceAll(', ', '\n    ')}\n    hours: {days: [mon], from: 24:00, to: 07:00}\n`,
      'policy.yaml:9:32: rules[0].hours.from: is the end of a day; write 00:00',
    ],
    [
      'a time that no clock shows',
      `rules:\n  - ${RULE.replaceAll(', ', '\n    ')}\n    hours: {days: [mon], from: 07:00, to: 25:00}\n`,
      'policy.yaml:9:43: rules[0].hours.to: "25:00" is not a time of day such as 07:00',
    ],
    [
      'an unknown time zone',
      `timeZone: Europe/Olso\nrules:\n  - {${RULE}}\n`,
      'policy.yaml:3:11: timeZone: "Europe/Olso" is not a time zone that this machine knows (use a name of the IANA database, such as Europe/Oslo or UTC)',
    ],
    [
      'an unknown field',
      `rules:\n  - {${RULE}, cluster: [a]}\n`,
      'policy.yaml:4:102: rules[0].cluster: is not a known field (did you mean "clusters"?)',
    ],
    ['a pattern of another kind', `rules:\n  - {${RULE.replace('hub-1', '"hub-[12]"')}}\n`, ''],
    ['no rule at all', 'rules: []\n', 'policy.yaml:3:8: rules: has 0 entries, at least 1 are needed'],
  ])('is refused with line and column for %s', (_, text, expected) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    if (expected !== '') expect(found).toEqual([expected]);
  });
});

describe('a policy test file', () => {
  it.each([
    ['strategy: auto, expect: allow', 'cases[0].strategy'],
    ['strategy: general, expect: deny, rule: a', 'cases[0].rule'],
    ['strategy: general, expect: allow, code: outside-hours', 'cases[0].code'],
  ])('is refused where it contradicts itself: %s', (text, path) => {
    const file = `apiVersion: warroom.intility.io/v1\nkind: PolicyTest\ncases:\n  - {as: a, cluster: c, ${text}}\n`;
    const parsed = parseDocument('PolicyTest', file, { file: 't.yaml' });
    expect(parsed.ok ? [] : parsed.problems).toMatchObject([{ line: 4, path }]);
  });
});
