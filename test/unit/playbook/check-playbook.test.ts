import { describe, expect, it } from 'vitest';
import { checkPlaybook } from '../../../src/playbook/check-playbook.ts';
import type { PlaybookSpec, PlaybookStep } from '../../../src/schema/generated.ts';
import { playbookOf, ruleOf, stepOf } from './sample-playbook.ts';

function messages(spec: Partial<PlaybookSpec>): readonly string[] {
  return checkPlaybook(playbookOf({ steps: [stepOf('a')], ...spec }), new Set(['general'])).map(
    ({ path, message, hint }) => `${path.join('.')}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

function withoutArgv(id: string): PlaybookStep {
  const { argv, ...step } = stepOf(id);
  expect(argv).toBeDefined();
  return step;
}

describe('lint of a playbook', () => {
  it('finds nothing wrong with a good one', () => {
    const rules = [
      ruleOf('one', {
        iterate: 'rows[*]',
        where: [{ path: 'x', op: 'newerThan', value: '1h' }],
        finding: { pointsTo: 'general' },
      }),
      ruleOf('two', {
        detector: 'file-handles',
        group: { by: 'x', atLeast: 2 },
        finding: { title: '${group.key}', raise: [{ if: 'one', by: 0.1 }] },
      }),
    ];
    const inputs = { ns: { type: 'k8s-name' as const, description: 'namespace' } };
    expect(messages({ inputs, steps: [stepOf('a', { argv: ['x', '${ns}', '{{.Names}}'] })], rules })).toEqual([]);
  });

  it.each<[string, Partial<PlaybookSpec>, string]>([
    ['two steps of one name', { steps: [stepOf('a'), stepOf('a')] }, 'spec.steps.1.id: "a" is used twice'],
    ['two rules of one name', { rules: [ruleOf('r'), ruleOf('r')] }, 'spec.rules.1.id: "r" is used twice'],
    [
      'a step with command and reader',
      { steps: [stepOf('a', { collector: 'host-facts' })] },
      'spec.steps.0: a step has either argv, collector or promql (give exactly one of them)',
    ],
    [
      'a condition on a later step',
      { steps: [stepOf('a', { when: { step: 'b' } }), stepOf('b')] },
      'spec.steps.0.when.step: "b" is no earlier step',
    ],
    [
      'an input that is not declared',
      { inputs: { name: { type: 'port', description: 'x' } }, steps: [stepOf('a', { argv: ['x', '${nam}'] })] },
      'spec.steps.0.argv.1: "nam" is no input of this playbook (did you mean "name"?)',
    ],
    [
      'something else than an input in an argument',
      { steps: [stepOf('a', { argv: ['x', '--since=${a.b}'] })] },
      'spec.steps.0.argv.1: only an input can stand in ${} (write it like ${name})',
    ],
    [
      'an input that nobody can set',
      { inputs: { file: { type: 'path', description: 'x' } } },
      'spec.inputs.file: nothing can be given for this input (add allow, or a default)',
    ],
    [
      'a bad row pattern',
      { steps: [stepOf('a', { output: { format: 'table', pattern: '(' } })] },
      'spec.steps.0.output.pattern: not a usable regular expression (it must be valid, at most 500 characters, and repeat no repetition)',
    ],
    [
      'a pattern of something else than a table',
      { steps: [stepOf('a', { output: { format: 'kv', pattern: 'x' } })] },
      'spec.steps.0.output.pattern: only a table has a pattern',
    ],
    [
      'a bad fallback',
      { steps: [stepOf('a', { fallback: [{ on: ['failed'], argv: ['${x}'] }] })] },
      'spec.steps.0.fallback.0.argv.0: "x" is no input of this playbook',
    ],
    [
      'an unknown step',
      { rules: [ruleOf('r', { from: 'aa' })] },
      'spec.rules.0.from: "aa" is no step (did you mean "a"?)',
    ],
    [
      'an unknown detector',
      { rules: [ruleOf('r', { detector: 'file-handle' })] },
      'spec.rules.0.detector: there is no detector "file-handle" (did you mean "file-handles"?)',
    ],
    [
      'a detector with a path',
      { rules: [ruleOf('r', { detector: 'file-handles', iterate: 'rows[*]' })] },
      'spec.rules.0.iterate: a detector picks its items itself (remove iterate)',
    ],
    [
      'a bad path',
      { rules: [ruleOf('r', { iterate: 'rows[' })] },
      'spec.rules.0.iterate: "rows[" is not a path (write it like a.b[*].c or a[type=Ready].b)',
    ],
    [
      'a bad path deep inside',
      { rules: [ruleOf('r', { where: [{ any: [{ not: { path: '.', op: 'exists' } }] }] })] },
      'spec.rules.0.where.0.any.0.not.path: "." is not a path (write it like a.b[*].c or a[type=Ready].b)',
    ],
    [
      'a path without operator',
      { rules: [ruleOf('r', { where: [{ path: 'x' }] })] },
      'spec.rules.0.where.0: path and op belong together',
    ],
    [
      'an empty condition',
      { rules: [ruleOf('r', { where: [{}] })] },
      'spec.rules.0.where.0: the condition says nothing',
    ],
    [
      'a comparison with nothing',
      { rules: [ruleOf('r', { where: [{ path: 'x', op: 'gte' }] })] },
      'spec.rules.0.where.0: gte needs a value',
    ],
    [
      'a value too many',
      { rules: [ruleOf('r', { where: [{ path: 'x', op: 'exists', value: true }] })] },
      'spec.rules.0.where.0: exists takes no value',
    ],
    [
      'a bad regular expression',
      { rules: [ruleOf('r', { where: [{ path: 'x', op: 'matches', value: '(a+)+' }] })] },
      'spec.rules.0.where.0.value: not a usable regular expression (it must be valid, at most 500 characters, and repeat no repetition)',
    ],
    [
      'a bad duration',
      { rules: [ruleOf('r', { where: [{ path: 'x', op: 'olderThan', value: 'a while' }] })] },
      'spec.rules.0.where.0.value: "a while" is not a duration (write it like 30m)',
    ],
    [
      'an unknown rule to raise by',
      { rules: [ruleOf('r', { finding: { raise: [{ if: 'q', by: 0.1 }] } })] },
      'spec.rules.0.finding.raise.0.if: "q" is no rule (did you mean "r"?)',
    ],
    [
      'an unknown rule to lower by',
      { rules: [ruleOf('r', { finding: { lower: [{ if: 'other', by: 0.1 }] } })] },
      'spec.rules.0.finding.lower.0.if: "other" is no rule',
    ],
    [
      'a pointer to nowhere',
      { rules: [ruleOf('r', { finding: { pointsTo: 'generall' } })] },
      'spec.rules.0.finding.pointsTo: no playbook has the strategy "generall" (did you mean "general"?)',
    ],
    [
      'a group where there is none',
      { rules: [ruleOf('r', { finding: { title: '${group.count}' } })] },
      'spec.rules.0.finding: ${group.count} needs a group (add group to the rule)',
    ],
    [
      'a group where there is none, in what is expected',
      { rules: [ruleOf('r', { finding: { expected: 'fewer than ${group.count}' } })] },
      'spec.rules.0.finding: ${group.count} needs a group (add group to the rule)',
    ],
    [
      'a bad path in a text',
      { rules: [ruleOf('r', { finding: { recommendations: [{ action: 'x', command: 'du ${a b}', risk: 'none' }] } })] },
      'spec.rules.0.finding: "a b" is not a path (write it like a.b[*].c or a[type=Ready].b)',
    ],
    [
      'a step without a command',
      { steps: [{ ...stepOf('a'), promql: { query: 'up' } }] },
      'spec.steps.0: a step has either argv, collector or promql (give exactly one of them)',
    ],
    [
      'a query over too long a range',
      { steps: [{ ...withoutArgv('a'), promql: { query: 'up', range: '8d' } }] },
      'spec.steps.0.promql.range: is longer than 7 days',
    ],
    [
      'a query for too many points',
      { steps: [{ ...withoutArgv('a'), promql: { query: 'up', range: '1d', step: '1s' } }] },
      'spec.steps.0.promql.step: makes more than 11000 points of the range (use a larger one)',
    ],
    [
      'a step of a query without a range',
      { steps: [{ ...withoutArgv('a'), promql: { query: 'up', step: '1s' } }] },
      'spec.steps.0.promql.step: means something only with range',
    ],
    [
      'a document that loses its start',
      { steps: [stepOf('a', { output: { format: 'json', cut: 'start' } })] },
      'spec.steps.0.output.cut: only text, table and jsonl can lose their start',
    ],
    [
      'a query with an unknown input',
      { steps: [{ ...withoutArgv('a'), promql: { query: 'up{x="${job}"}' } }] },
      'spec.steps.0.promql.query: "job" is no input of this playbook',
    ],
    [
      'a condition on a rule that looks at a later step',
      { steps: [stepOf('b', { when: { rule: 'r' } }), stepOf('a')], rules: [ruleOf('r')] },
      'spec.steps.0.when.rule: rule "r" looks at a, which is no earlier step',
    ],
    [
      'a condition on an unknown rule',
      { steps: [stepOf('a', { when: { rule: 'rr' } })], rules: [ruleOf('r')] },
      'spec.steps.0.when.rule: "rr" is no rule (did you mean "r"?)',
    ],
    [
      'a condition on an unknown input',
      { steps: [stepOf('a', { when: { input: 'x' } })] },
      'spec.steps.0.when.input: "x" is no input of this playbook',
    ],
    [
      'conditions on no step',
      { steps: [stepOf('a', { when: { where: [{ path: 'x', op: 'exists' }] } })] },
      'spec.steps.0.when.where: where needs a step',
    ],
    [
      'a name that is an input already',
      {
        inputs: { x: { type: 'port', description: 'x' } },
        steps: [stepOf('a'), stepOf('b', { forEach: { step: 'a', max: 1, bind: { x: '${y}' } } })],
      },
      'spec.steps.1.forEach.bind.x: "x" is already an input',
    ],
    [
      'items that a rule picks itself',
      {
        steps: [stepOf('a'), stepOf('b', { forEach: { rule: 'r', iterate: 'x[*]', max: 1, bind: { y: '${y}' } } })],
        rules: [ruleOf('r')],
      },
      'spec.steps.1.forEach: a rule picks its items itself (remove iterate and where)',
    ],
    [
      'a right to write',
      { steps: [stepOf('a', { rbac: [{ resource: 'pods', verbs: ['create'] }] })] },
      'spec.steps.0.rbac.0.verbs: create is only for pods/exec of an exec-read step',
    ],
    [
      'a program inside a container that calls itself a read',
      { steps: [stepOf('a', { argv: ['kubectl', '-n', 'x', 'exec', 'etcd-0', '--', 'etcdctl'] })] },
      'spec.steps.0.access: a command that starts a program inside a container needs access exec-read',
    ],
    [
      'a program inside a container in a fallback',
      { steps: [stepOf('a', { fallback: [{ on: ['failed'], argv: ['/usr/bin/docker', 'exec', 'db', 'psql'] }] })] },
      'spec.steps.0.access: a command that starts a program inside a container needs access exec-read',
    ],
    [
      'parts of a text that are dropped',
      { steps: [stepOf('a', { output: { format: 'text', drop: ['a'] } })] },
      'spec.steps.0.output.drop: only json and jsonl have drop',
    ],
    [
      'a bad path to drop',
      { steps: [stepOf('a', { output: { format: 'json', drop: ['a..b'] } })] },
      'spec.steps.0.output.drop.0: "a..b" is not a path (write it like **.env[*].value)',
    ],
    [
      'an empty text',
      { steps: [stepOf('a', { output: { format: 'text', allowEmpty: true } })] },
      'spec.steps.0.output.allowEmpty: only json can be empty',
    ],
    [
      'an enum without values',
      { inputs: { mode: { type: 'enum', description: 'x' } } },
      'spec.inputs.mode: nothing can be given for this input (add allow)',
    ],
    [
      'a reserved name',
      { inputs: { step: { type: 'port', description: 'x' } } },
      'spec.inputs.step: "step" has a meaning of its own (choose another name)',
    ],
    [
      'a pattern of something else than a text',
      { inputs: { x: { type: 'port', pattern: '1', description: 'x' } } },
      'spec.inputs.x.pattern: only a string has a pattern',
    ],
    [
      'a default of the wrong type',
      { inputs: { x: { type: 'port', default: 'http', description: 'x' } } },
      'spec.inputs.x.default: "http" is not a port from 1 to 65535',
    ],
    [
      'a default built from nothing',
      { inputs: { x: { type: 'k8s-name', default: 'a-${y}', description: 'x' } } },
      'spec.inputs.x.default: "y" is no earlier input',
    ],
    ['a clock that no step tells', { clock: { step: 'date', path: 'x' } }, 'spec.clock.step: "date" is no step'],
    [
      'a path that begins with no name',
      { rules: [ruleOf('r', { iterate: { pod: 'items[*]' }, where: [{ path: 'status', op: 'exists' }] })] },
      'spec.rules.0.where.0.path: "status" begins with no name of this rule (it has pod, step, input)',
    ],
    [
      'a named path that begins with no earlier name',
      { rules: [ruleOf('r', { iterate: { pod: 'items[*]', c: 'status[*]' } })] },
      'spec.rules.0.iterate.c: "status[*]" begins with no earlier name (there is pod)',
    ],
    [
      'an item with a reserved name',
      { rules: [ruleOf('r', { iterate: { match: 'items[*]' } })] },
      'spec.rules.0.iterate.match: "match" has a meaning of its own (choose another name)',
    ],
    [
      'something that a step does not have',
      { rules: [ruleOf('r', { where: [{ path: 'step.rc', op: 'exists' }] })] },
      'spec.rules.0.where.0.path: "step" has no "rc" (it has status, signal, exit, ms, stderr)',
    ],
    [
      'an input that a rule is about',
      { rules: [ruleOf('r', { inputs: ['port'] })] },
      'spec.rules.0.inputs.0: "port" is no input of this playbook',
    ],
    [
      'settings without a detector',
      { rules: [ruleOf('r', { with: { x: 1 } })] },
      'spec.rules.0.with: only a detector has settings',
    ],
    [
      'parts without a name',
      { rules: [ruleOf('r', { extract: { path: 'text', pattern: 'a(b)' } })] },
      'spec.rules.0.extract.pattern: it has no named group (write it like (?<name>\\S+))',
    ],
    [
      'a group without a size',
      { rules: [ruleOf('r', { group: { by: 'x' } })] },
      'spec.rules.0.group: it does not say how large a group must be (give atLeast or having)',
    ],
    [
      'a measure without a limit',
      { rules: [ruleOf('r', { group: { having: { sum: { path: 'x' } } } })] },
      'spec.rules.0.group.having.sum: it has no limit (give gt, gte, lt, lte or eq)',
    ],
    [
      'a join with an unknown step',
      { rules: [ruleOf('r', { where: [{ existsIn: { step: 'b', equal: [['x', 'y']] } }] })] },
      'spec.rules.0.where.0.existsIn.step: "b" is no step (did you mean "a"?)',
    ],
    [
      'a join about nothing',
      { rules: [ruleOf('r', { where: [{ existsIn: { step: 'a' } }] })] },
      'spec.rules.0.where.0.existsIn: it says nothing about the other item (give equal or where)',
    ],
    [
      'a case with a bad expression',
      { rules: [ruleOf('r', { finding: { refine: { field: 'x', cases: [{ match: '(' }] } } })] },
      'spec.rules.0.finding.refine.cases.0.match: not a usable regular expression (it must be valid, at most 500 characters, and repeat no repetition)',
    ],
    [
      'a name that an expression does not give',
      {
        rules: [
          ruleOf('r', { finding: { refine: { field: 'x', cases: [{ match: '(?<a>.)', title: '${match.b}' }] } } }),
        ],
      },
      'spec.rules.0.finding.refine.cases.0: "match" has no "b" (did you mean "a"?)',
    ],
  ])('finds %s', (_what, spec, expected) => {
    expect(messages(spec)).toEqual([expected]);
  });
});
