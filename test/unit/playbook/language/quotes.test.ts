import { describe, expect, it } from 'vitest';
import { lintPlaybook } from '../../../../src/playbook/lint-playbook.ts';
import type { PlaybookRule } from '../../../../src/schema/generated.ts';
import { playbookOf, ruleOf, stepOf } from '../sample-playbook.ts';
import { judge, JSON_OUTPUT } from './language-rig.ts';

const LONG = 'a text that fills the object so that it is too long to be quoted as a whole '.repeat(6);

function conditionOf(type: string, status: string, message = ''): object {
  return { lastTransitionTime: '2026-11-20T11:00:00Z', message, reason: 'Because', status, type };
}

async function quotes(rule: PlaybookRule, outputs: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const steps = Object.keys(outputs).map((id) => stepOf(id, JSON_OUTPUT));
  const { judgement } = await judge({ steps, rules: [rule] }, outputs);
  return judgement.findings.flatMap(({ citations }) => citations.map(({ quote }) => quote));
}

const unavailable = ruleOf('unavailable', {
  iterate: { o: 'items[*]' },
  where: [
    { path: 'o.kind', op: 'eq', value: 'Thing' },
    { path: 'o.status.conditions[type=Available].status', op: 'eq', value: 'False' },
  ],
});

describe('a quote', () => {
  it('is the condition that decides, and not what names the object', async () => {
    const conditions = [conditionOf('Ready', 'True'), conditionOf('Available', 'False', 'no pod')];
    const items = [{ kind: 'Thing', metadata: { name: 'x' }, spec: { note: LONG }, status: { conditions } }];
    expect(await quotes(unavailable, { a: { items } })).toEqual([
      '{ "lastTransitionTime": "2026-11-20T11:00:00Z", "message": "no pod", "reason": "Because", "status": "False", "type": "Available" }',
    ]);
  });

  it('leaves out a message that is too long, and keeps what makes the condition known', async () => {
    const items = [{ kind: 'Thing', status: { conditions: [conditionOf('Available', 'False', LONG)] } }];
    expect(await quotes(unavailable, { a: { items } })).toEqual([
      '"reason": "Because", "status": "False", "type": "Available"',
    ]);
  });

  it('is the reason of the way to match that was taken', async () => {
    const rule = ruleOf('either', {
      iterate: 'items[*]',
      where: [
        {
          any: [
            { path: 'status.reason', op: 'eq', value: 'Other' },
            { path: 'status.ready', op: 'lt', value: 2 },
          ],
        },
      ],
    });
    const items = [{ metadata: { name: 'x' }, spec: { note: LONG }, status: { ready: 1, reason: 'Fine', wanted: 3 } }];
    expect(await quotes(rule, { a: { items } })).toEqual(['"status": { "ready": 1, "reason": "Fine", "wanted": 3 }']);
  });

  it('shows what is missing by the object that lacks it', async () => {
    const rule = ruleOf('no-host', {
      iterate: 'items[*]',
      where: [
        { path: 'spec.host', op: 'absent' },
        { path: 'metadata.creationTimestamp', op: 'olderThan', value: '5m' },
      ],
    });
    const metadata = { name: 'x', creationTimestamp: '2026-11-01T00:00:00Z', note: LONG };
    const items = [{ metadata, spec: { to: { kind: 'Service', name: 'web' } } }];
    expect(await quotes(rule, { a: { items } })).toEqual(['"spec": { "to": { "kind": "Service", "name": "web" } }']);
  });

  it('shows what is not found by what comes nearest to it, or by the empty list', async () => {
    const rule = ruleOf('none', {
      iterate: 'items[*]',
      where: [
        { path: 'kind', op: 'eq', value: 'Thing' },
        {
          not: {
            existsIn: {
              step: 'b',
              equal: [['spec.of', 'metadata.name']],
              where: [{ path: 'status.ready', op: 'eq', value: true }],
            },
          },
        },
      ],
    });
    const items = [{ kind: 'Thing', metadata: { name: 'x' }, spec: { note: LONG } }];
    const pods = [
      { spec: { of: 'y', note: LONG }, status: { ready: true } },
      { spec: { of: 'x', note: LONG }, status: { ready: false } },
    ];
    expect(await quotes(rule, { a: { items }, b: { items: pods } })).toEqual(['"status": { "ready": false }']);
    expect(await quotes(rule, { a: { items }, b: { items: [] } })).toEqual(['{ "items": [] }']);
  });

  it('is said to be missing when only names are there, and costs confidence', async () => {
    const rule = ruleOf('named', {
      iterate: 'items[*]',
      where: [{ path: 'kind', op: 'eq', value: 'Thing' }],
      finding: { confidence: 0.9, explanation: 'It is there.' },
    });
    const outputs = { a: { items: [{ kind: 'Thing', metadata: { name: 'x', uid: 'u' }, spec: { note: LONG } }] } };
    const { judgement } = await judge({ steps: [stepOf('a', JSON_OUTPUT)], rules: [rule] }, outputs);
    expect(judgement.findings[0]).toMatchObject({
      confidence: 0.72,
      explanation: 'It is there. Not quoted: no single line of the outputs says this.',
    });
  });
});

describe('doubts about a rule', () => {
  const doubts = (finding: object, where: PlaybookRule['where'] = []): readonly string[] =>
    lintPlaybook(playbookOf({ steps: [stepOf('a')], rules: [ruleOf('r', { where, finding })] })).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  it('are about a quote that names an object', () => {
    expect(doubts({ quote: '"type": "${type}"' })).toEqual([
      'spec.rules.0.finding.quote: the quote names an object and says nothing about it',
    ]);
    expect(doubts({ quote: '"status": "False"' })).toEqual([]);
    expect(doubts({ quote: '"name": "${name}"', severity: 'info' })).toEqual([]);
  });

  it('are about an onset that is the birth of the object', () => {
    const since = 'pod.metadata.creationTimestamp';
    expect(doubts({ since })).toEqual([`spec.rules.0.finding.since: ${since} is when it was made, not when it broke`]);
    expect(doubts({ since }, [{ path: since, op: 'olderThan', value: '5m' }])).toEqual([]);
    expect(doubts({ since }, [{ path: 'pod.status.phase', op: 'eq', value: 'Pending' }])).toEqual([]);
  });
});
