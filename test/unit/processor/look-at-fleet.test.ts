import { describe, expect, it } from 'vitest';
import { evidenceId } from '../../../src/domain/evidence.ts';
import { WarroomError } from '../../../src/domain/errors.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import type { InventoryEntry } from '../../../src/domain/inventory-host.ts';
import { runPlaybook } from '../../../src/playbook/run-playbook.ts';
import { lookAtFleet, type FleetLook } from '../../../src/processor/look-at-fleet.ts';
import type { Playbook } from '../../../src/schema/generated.ts';
import { rankHypotheses } from '../../../src/synthesis/rank-hypotheses.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { playbookOf, ruleOf, stepOf } from '../playbook/sample-playbook.ts';
import { createScriptedTarget, type Answer } from '../playbook/scripted-target.ts';

const playbook = playbookOf({
  budget: { seconds: 100, outputBytes: 400, parallel: 1 },
  steps: [stepOf('disk', { required: true }), stepOf('log')],
  rules: [
    ruleOf('full', {
      from: 'disk',
      iterate: 'lines[*]',
      where: [{ path: 'text', op: 'matches', value: 'full' }],
      finding: { object: '/var', title: 'the disk is full', severity: 'error', explains: ['ERRORS'] },
    }),
    ruleOf('errors', {
      from: 'log',
      iterate: 'lines[*]',
      where: [{ path: 'text', op: 'matches', value: 'error' }],
      finding: { object: 'journal', title: 'errors are logged' },
    }),
  ],
});

const aFinding: Finding = {
  ...{ id: 'F01', code: 'FULL', severity: 'error', object: '/var', title: 'full', explanation: '', confidence: 0.9 },
  ...{ citations: [], rule: 'full', explains: [], recommendations: [] },
};
const HEALTHY = { disk: 'free\n', log: 'quiet\n' };
const AWAY: Answer = { end: { kind: 'unreachable' }, stderr: 'cannot reach it over SSH' };

async function fleetOf(
  hosts: Readonly<Record<string, Readonly<Record<string, Answer>> | Error>>,
  { concurrency = 2, secondsEach = 0 } = {},
): Promise<
  FleetLook & { readonly budgets: readonly Playbook['spec']['budget'][]; readonly most: number; closed: number }
> {
  const clock = createManualClock();
  const redaction = createRedaction({ knownValues: [], key: new Uint8Array(32) });
  const budgets: Playbook['spec']['budget'][] = [];
  let [running, most, closed, count] = [0, 0, 0, 0];
  const entries = Object.keys(hosts).map((name): InventoryEntry => ({
    name,
    groups: [],
    labels: {},
    databases: [],
    reach: { kind: 'local' },
  }));
  const look = await lookAtFleet({
    playbook,
    hosts: entries,
    concurrency,
    timeoutMs: 100_000,
    clock,
    open: ({ name }) => {
      const answers = hosts[name];
      const target = createScriptedTarget(answers instanceof Error || answers === undefined ? {} : answers);
      return Promise.resolve({ ...target, close: () => Promise.resolve(void (closed += 1)) });
    },
    run: async (target, { name }, share) => {
      const answers = hosts[name];
      if (answers instanceof Error) throw answers;
      budgets.push(share.spec.budget);
      running += 1;
      most = Math.max(most, running);
      const nextEvidence = (): string => evidenceId(++count);
      const run = await runPlaybook({
        playbook: share,
        target,
        inputs: {},
        redaction,
        clock,
        nextEvidence,
        onStep: () => undefined,
      });
      clock.advance(secondsEach * 1000);
      running -= 1;
      return run;
    },
  });
  return { ...look, budgets, most, closed };
}

describe('a look at a group of hosts', () => {
  it('explains what is wrong on a host by what is wrong on that host, and on no other', async () => {
    const { judgement } = await fleetOf({
      ...{ a: { disk: 'it is full\n', log: 'an error\n' }, b: { disk: 'free\n', log: 'an error\n' } },
      ...{ c: HEALTHY, d: HEALTHY },
    });
    const objectOf = new Map(judgement.findings.map(({ id, object }) => [id, object]));
    expect(
      rankHypotheses({ judgement }).map(({ finding, explains }) =>
        [finding, ...explains].map((id) => objectOf.get(id)),
      ),
    ).toEqual([['a//var', 'a/journal'], ['b/journal']]);
  });

  it('shows the hosts that differ first, under their names', async () => {
    const { judgement, summary, evidence } = await fleetOf({
      'web-1': HEALTHY,
      'web-2': { disk: 'it is full\n', log: 'quiet\n' },
      'web-3': HEALTHY,
    });
    expect(judgement.findings).toMatchObject([
      { id: 'F01', code: 'FULL', object: 'web-2//var', title: 'web-2: the disk is full' },
    ]);
    expect(summary).toBe('1 of 3 hosts differ from the others: web-2; 2 say the same');
    expect(evidence.map(({ id }) => id)).toEqual(['E001', 'E002', 'E003', 'E004', 'E005', 'E006']);
    expect(evidence.map(({ title }) => title.split(':')[0]).sort()).toEqual(
      ['web-1', 'web-2', 'web-3'].flatMap((host) => [host, host]),
    );
    expect(judgement.coverage.map(({ title, known }) => [title, known])).toEqual([
      ['look at disk (3 of 3 hosts)', true],
      ['look at log (3 of 3 hosts)', true],
    ]);
  });

  it('makes one finding of what most hosts have, after what only one has', async () => {
    const noisy = { disk: 'free\n', log: 'an error\n' };
    const { judgement, summary } = await fleetOf({
      ...{ 'web-1': noisy, 'web-2': noisy, 'web-3': HEALTHY },
      'web-4': { disk: 'it is full\n', log: 'an error\n' },
    });
    expect(judgement.findings.map(({ title }) => title)).toEqual([
      'web-4: the disk is full',
      'errors are logged (3 of 4 hosts)',
    ]);
    expect(judgement.findings[1]).toMatchObject({
      id: 'F02',
      object: '3 of 4 hosts',
      explanation: 'On web-1, web-2, web-4: one cause is likelier than 3. what it means',
    });
    expect(summary).toBe(
      '2 of 4 hosts differ from the others: web-3, web-4; one problem is the same on most of 4 hosts; 2 say the same',
    );
  });

  it('keeps a host that is away as a gap that nothing fills', async () => {
    const { judgement, summary, closed } = await fleetOf({
      ...{ 'web-1': HEALTHY, 'web-2': { disk: AWAY, log: AWAY } },
      'web-3': new WarroomError('offline', 'no way to web-3'),
      'web-4': { disk: 'free\n', log: AWAY },
    });
    expect(judgement.findings).toEqual([]);
    expect(judgement.coverage).toMatchObject([
      { step: 'host', title: 'host web-2', required: true, known: false, reason: 'cannot reach it over SSH' },
      { step: 'host', title: 'host web-3', required: true, known: false, reason: 'no way to web-3' },
      { step: 'disk', title: 'look at disk (2 of 2 hosts)', known: true },
      { step: 'log', title: 'look at log (1 of 2 hosts)', known: true },
      { step: 'log', title: 'web-4: look at log', known: false, status: 'unreachable' },
    ]);
    expect(summary).toContain('2 could not be looked at: web-2, web-3');
    // Two hosts that are away make what the others show no more doubtful than one does.
    const finding = { ...aFinding, confidence: 0.9 };
    const ranked = rankHypotheses({ judgement: { ...judgement, findings: [finding] } });
    expect(ranked[0]?.confidence).toBe(0.7);
    expect(closed).toBe(4);
  });

  it('stays within the budget of one run, however many hosts there are', async () => {
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`web-${index}`, HEALTHY]));
    const { budgets, most, judgement } = await fleetOf(many, { concurrency: 2, secondsEach: 25 });
    expect(most).toBeLessThanOrEqual(2);
    // 80 seconds for four turns; two hosts at a time share the clock of this test.
    expect(budgets[0]).toMatchObject({ seconds: 20, outputBytes: 50 });
    expect(budgets.length).toBeLessThan(8);
    const late = judgement.coverage.filter(({ step }) => step === 'host');
    expect(late.length).toBe(8 - budgets.length);
    expect(late[0]?.reason).toBe('the time for all hosts was used up before its turn');
  });

  it('throws what is a bug, and what could not be made safe, with nothing left open', async () => {
    await expect(fleetOf({ 'web-1': new Error('bug') })).rejects.toThrow('bug');
    await expect(fleetOf({ 'web-1': new WarroomError('redaction', 'not safe') })).rejects.toThrow('not safe');
  });
});
