import { describe, expect, it } from 'vitest';
import { completePlaybook } from '../../../src/playbook/complete-playbook.ts';
import { lintPlaybook } from '../../../src/playbook/lint-playbook.ts';
import type { Playbook, PlaybookSpec } from '../../../src/schema/generated.ts';
import { playbookOf, ruleOf, stepOf } from './sample-playbook.ts';

const workload = playbookOf(
  {
    steps: [stepOf('pods'), stepOf('events'), stepOf('quota')],
    rules: [
      ruleOf('crash', {
        from: 'pods',
        finding: {
          raise: [
            { if: 'full', by: 0.1 },
            { if: 'mount', by: 0.1 },
          ],
        },
      }),
      ruleOf('mount', {
        from: 'pods',
        where: [{ existsIn: { step: 'events', where: [{ path: 'x', op: 'exists' }] } }],
      }),
      ruleOf('full', { from: 'quota' }),
    ],
  },
  'workload',
);

function include(spec: Partial<PlaybookSpec>): { readonly playbook: Playbook; readonly messages: readonly string[] } {
  const own = playbookOf({ steps: [stepOf('cp-pods'), stepOf('events')], ...spec }, 'control-plane');
  const byId = new Map([workload, own].map((playbook) => [playbook.metadata.id, playbook]));
  const { playbook, problems } = completePlaybook(own, { byId, strategies: new Set() });
  return { playbook, messages: problems.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

describe('rules of another playbook', () => {
  it('are judged over the steps that stand for theirs', () => {
    const steps = { pods: 'cp-pods', events: 'events' };
    const { playbook, messages } = include({
      include: [{ rules: 'workload#rules', steps }],
      rules: [ruleOf('own', { from: 'events', finding: { lower: [{ if: 'crash', by: 0.2 }] } })],
    });
    expect(messages).toEqual([]);
    expect(playbook.spec.rules.map(({ id, from }) => [id, from])).toEqual([
      ['own', 'events'],
      ['crash', 'cp-pods'],
      ['mount', 'cp-pods'],
    ]);
    // What refers to a rule that was not taken is left out.
    expect(playbook.spec.rules[1]?.finding.raise).toEqual([{ if: 'mount', by: 0.1 }]);
  });

  it.each<[string, Partial<PlaybookSpec>, string]>([
    [
      'of a playbook that is not there',
      { include: [{ rules: 'workloads#rules' }] },
      'spec.include.0.rules: "workloads" is no other playbook',
    ],
    [
      'without their steps',
      { include: [{ rules: 'workload#rules', only: ['crash'] }] },
      'spec.include.0.rules: rule "crash" needs step pods, which is not here',
    ],
    [
      'over a step that is not there',
      { include: [{ rules: 'workload#rules', steps: { pods: 'x' } }] },
      'spec.include.0.steps.pods: "x" is no step',
    ],
    [
      'that do not exist',
      { include: [{ rules: 'workload#rules', steps: { pods: 'cp-pods' }, only: ['crush'] }] },
      'spec.include.0.only.0: "crush" is no rule of workload',
    ],
    [
      'that are there already',
      {
        include: [{ rules: 'workload#rules', steps: { pods: 'cp-pods' } }],
        rules: [ruleOf('crash', { from: 'events' })],
      },
      'spec.include.0.rules: rule "crash" is there already',
    ],
  ])('are refused %s', (_what, spec, message) => {
    expect(include(spec).messages).toContain(message);
  });
});

describe('doubts about a playbook', () => {
  it.each<[string, Partial<PlaybookSpec>, string]>([
    ['a step that no rule looks at', { steps: [stepOf('a')], rules: [] }, 'no rule looks at step "a"'],
    [
      'an input that nothing uses',
      { inputs: { x: { type: 'port', description: 'x' } }, rules: [ruleOf('r')] },
      'nothing uses input "x"',
    ],
    [
      'two rules that say the same',
      { rules: [ruleOf('r', { finding: { code: 'X' } }), ruleOf('s', { finding: { code: 'X' } })] },
      'rule "s" says the same as "r"',
    ],
    [
      'conditions that exclude each other',
      {
        rules: [
          ruleOf('r', {
            where: [
              { path: 'x', op: 'gt', value: 5 },
              { path: 'x', op: 'lt', value: 3 },
            ],
          }),
        ],
      },
      'rule "r" can never fire: its conditions on x exclude each other',
    ],
    [
      'two values of one field',
      {
        rules: [
          ruleOf('r', {
            where: [
              { path: 'x', op: 'eq', value: 'a' },
              { path: 'x', op: 'eq', value: 'b' },
            ],
          }),
        ],
      },
      'rule "r" can never fire: its conditions on x exclude each other',
    ],
    [
      'a case behind the same expression',
      {
        rules: [
          ruleOf('r', {
            finding: {
              refine: {
                field: 'x',
                cases: [
                  { match: 'a', code: 'A' },
                  { match: 'a', code: 'B' },
                ],
              },
            },
          }),
        ],
      },
      'an earlier case has the same expression',
    ],
  ])('are about %s', (_what, spec, message) => {
    expect(lintPlaybook(playbookOf({ steps: [stepOf('a')], ...spec })).map((each) => each.message)).toEqual([message]);
  });
});
