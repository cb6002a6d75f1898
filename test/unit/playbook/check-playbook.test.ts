import { describe, expect, it } from 'vitest';
import { checkPlaybook } from '../../../src/playbook/check-playbook.ts';
import type { PlaybookSpec } from '../../../src/schema/generated.ts';
import { playbookOf, ruleOf, stepOf } from './sample-playbook.ts';

function messages(spec: Partial<PlaybookSpec>): readonly string[] {
  return checkPlaybook(playbookOf({ steps: [stepOf('a')], ...spec }), new Set(['general'])).map(
    ({ path, message, hint }) => `${path.join('.')}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
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
      'spec.steps.0: a step has either argv or collector (give exactly one of them)',
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
      'an input inside an argument',
      { steps: [stepOf('a', { argv: ['x', '--since=${since}'] })] },
      'spec.steps.0.argv.1: an input must be the whole argument (write ${name} as an element of its own)',
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
      'a bad path in a text',
      { rules: [ruleOf('r', { finding: { recommendations: [{ action: 'x', command: 'du ${a b}', risk: 'none' }] } })] },
      'spec.rules.0.finding: "a b" is not a path (write it like a.b[*].c or a[type=Ready].b)',
    ],
  ])('finds %s', (_what, spec, expected) => {
    expect(messages(spec)).toEqual([expected]);
  });
});
