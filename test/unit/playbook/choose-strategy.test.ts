import { describe, expect, it } from 'vitest';
import { advertise, chooseStrategy } from '../../../src/playbook/choose-strategy.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { neededRoles } from '../../../src/playbook/needed-access.ts';
import { playbookOf, stepOf } from './sample-playbook.ts';

const general = playbookOf({ steps: [stepOf('a')], targets: ['host', 'hub'] }, 'general');
const storage = playbookOf({ strategies: ['storage', 'disks'], words: ['disk', 'no space left', 'slow'] }, 'storage');
const network = playbookOf({ words: ['dns', 'slow'] }, 'network');
const hubOnly = playbookOf({ targets: ['hub'], words: ['etcd'] }, 'etcd');
const all = [general, storage, network, hubOnly];

function choose(strategy: string, text = '') {
  return chooseStrategy({ strategy, text, targetType: 'host' }, all);
}

describe('choice of a strategy', () => {
  it('takes what the request names', () => {
    expect(choose('disks')).toEqual({ kind: 'chosen', playbook: storage, strategy: 'disks', chosenBy: 'request' });
  });

  it('knows no strategy of another target type, and offers the nearest name', () => {
    expect(choose('etcd')).toEqual({ kind: 'unknown', known: ['general', 'storage', 'disks', 'network'] });
    expect(choose('storag')).toMatchObject({ kind: 'unknown', nearest: 'storage' });
  });

  it.each([
    ['The disk is slow', 'storage', 'the question speaks of "disk", "slow"'],
    ['DNS answers, but slow', 'network', 'the question speaks of "dns", "slow"'],
    ['write failed: No space left on device', 'storage', 'the question speaks of "no space left"'],
    ['everything is slow', 'storage', 'the question speaks of "slow"'],
    ['etcd is gone', 'general', 'no other strategy fits the words'],
    ['the diskette is slowly read', 'general', 'no other strategy fits the words'],
    ['', 'general', 'no other strategy fits the words'],
  ])('auto: %j leads to %s', (text, strategy, why) => {
    expect(choose('auto', text)).toMatchObject({ kind: 'chosen', strategy, chosenBy: 'auto', why });
  });

  it('auto finds nothing where no general playbook fits the target', () => {
    expect(chooseStrategy({ strategy: 'auto', text: 'x', targetType: 'hosted' }, all)).toEqual({
      kind: 'unknown',
      known: [],
    });
  });
});

describe('the built-in playbooks', async () => {
  const playbooks = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).map(({ playbook }) => playbook);
  const chosen = (strategy: string, text: string, targetType: 'hub' | 'hosted' | 'host'): unknown => {
    const choice = chooseStrategy({ strategy, text, targetType }, playbooks);
    return choice.kind === 'chosen' ? choice.playbook.metadata.id : choice;
  };

  it.each<['hub' | 'hosted' | 'host', string]>([
    ['hub', 'cluster-triage'],
    ['hosted', 'cluster-triage'],
    ['host', 'general'],
  ])('have a triage for a %s, which auto takes when nothing else fits', (targetType, id) => {
    expect(chosen('general', '', targetType)).toBe(id);
    expect(chosen('auto', 'it is odd', targetType)).toBe(id);
    expect(advertise(playbooks, targetType).map((each) => each.id)).toContain('general');
  });

  it('leave a clear question about a cluster to whoever looks closer', () => {
    expect(chosen('auto', 'two nodes are not ready', 'hub')).toBe('node-health');
  });

  it('need on both sides what looks inside a cluster', () => {
    const roles = neededRoles(playbooks.filter(({ metadata }) => metadata.id === 'cluster-triage'));
    const resources = (side: string): readonly string[] =>
      roles.filter((each) => each.side === side).flatMap(({ rules }) => rules.flatMap((rule) => rule.resources ?? []));
    expect(resources('hosted')).toEqual(expect.arrayContaining(['nodes', 'pods', 'events', 'clusteroperators']));
    expect(resources('hub')).toEqual(expect.arrayContaining([...resources('hosted'), 'hostedclusters']));
  });
});

describe('advertised strategies', () => {
  it('are those of the target type, one line each', () => {
    expect(advertise(all, 'hub').map(({ id }) => id)).toEqual(['general', 'etcd']);
    expect(advertise([general], 'host')).toEqual([
      { id: 'general', title: 'Playbook general', steps: 1, seconds: 10, checks: ['look at a'] },
    ]);
  });
});
