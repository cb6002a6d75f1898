import { describe, expect, it } from 'vitest';
import { WarroomError } from '../../../src/domain/errors.ts';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { formatRight, neededRights, type NeededRight } from '../../../src/playbook/needed-rights.ts';
import { AccessWatch } from '../../../src/processor/access-watch.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { playbookOf, stepOf } from '../playbook/sample-playbook.ts';

const HOUR_MS = 3_600_000;
const pods = { group: '', resource: 'pods', verbs: ['get', 'list'] as const, scope: 'cluster' };

describe('rights that playbooks need', () => {
  const first = playbookOf(
    {
      targets: ['hub', 'hosted'],
      steps: [
        stepOf('pods', { rbac: [{ ...pods, verbs: ['list'] }] }),
        stepOf('metrics', {
          rbac: [{ group: 'metrics.k8s.io', resource: 'nodes,pods', verbs: ['list'], scope: '${namespace}' }],
        }),
        stepOf('inside', { via: 'hosted', rbac: [{ group: '', resource: 'nodes', verbs: ['list'] }] }),
        stepOf('above', { via: 'hub', rbac: [{ url: '/healthz', verbs: ['get'] }] }),
        stepOf('map', {
          rbac: [{ group: '', resource: 'configmaps', names: ['cluster'], verbs: ['get'], scope: 'kube-system' }],
        }),
      ],
    },
    'first',
  );
  const second = playbookOf(
    { targets: ['hub'], steps: [stepOf('pods', { rbac: [{ ...pods, verbs: ['get', 'list'] }] })] },
    'second',
  );
  const texts = (type: 'hub' | 'hosted', place: 'self' | 'hosted'): readonly string[] =>
    neededRights([first, second], { type, place }).map((right) => `${formatRight(right)} (${right.playbooks.join()})`);

  it('are those of the steps that run in a place, each once', () => {
    expect(texts('hub', 'self')).toEqual([
      'list pods (first,second)',
      'list nodes.metrics.k8s.io (first)',
      'list pods.metrics.k8s.io (first)',
      'get /healthz (first)',
      'get configmaps/cluster in kube-system (first)',
      'get pods (second)',
    ]);
    expect(texts('hub', 'hosted')).toEqual(['list nodes (first)']);
    expect(texts('hosted', 'self')).toEqual([
      'list pods (first)',
      'list nodes.metrics.k8s.io (first)',
      'list pods.metrics.k8s.io (first)',
      'list nodes (first)',
      'get configmaps/cluster in kube-system (first)',
    ]);
  });
});

describe('a watch over rights', () => {
  const right: NeededRight = {
    verb: 'list',
    what: { kind: 'resource', group: 'metrics.k8s.io', resource: 'pods' },
    playbooks: ['performance'],
  };

  function watchOf(review: () => { granted: number; denied: readonly NeededRight[] }) {
    const clock = createManualClock();
    const events: ProcessorEvent[] = [];
    let asked = 0;
    const watch = new AccessWatch({
      clusters: ['self'],
      review: () => {
        asked += 1;
        return new Promise((resolve) => {
          resolve(review());
        });
      },
      clock,
      emit: (event) => events.push(event),
    });
    const messages = (): readonly string[] =>
      events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    return { watch, clock, messages, asked: () => asked };
  }

  it('tells what is denied before anybody asks, once, and again when it changes', async () => {
    let denied: readonly NeededRight[] = [right];
    const { watch, clock, messages, asked } = watchOf(() => ({ granted: 41 + (1 - denied.length), denied }));
    await watch.look();
    expect(watch.found).toEqual([
      {
        cluster: 'self',
        checkedAt: '2026-11-20T14:30:00.000Z',
        granted: 41,
        denied: [{ right: 'list pods.metrics.k8s.io', playbooks: ['performance'] }],
      },
    ]);
    const gap = 'self: 1 of 42 rights that playbooks need are denied: list pods.metrics.k8s.io (performance)';
    expect(messages()).toEqual([gap]);
    clock.advance(23 * HOUR_MS);
    await watch.look();
    expect(asked()).toBe(1);
    clock.advance(HOUR_MS);
    await watch.look();
    expect(messages()).toEqual([gap]);
    denied = [];
    clock.advance(24 * HOUR_MS);
    await watch.look();
    expect(messages()).toEqual([gap, 'self: all 42 rights that playbooks need are granted']);
    await watch.close();
  });

  it('says nothing while all is granted', async () => {
    const { watch, messages } = watchOf(() => ({ granted: 42, denied: [] }));
    await watch.look();
    expect(messages()).toEqual([]);
  });

  it('knows nothing of a cluster that does not answer, and asks it again soon', async () => {
    let isAway = true;
    const { watch, clock, messages, asked } = watchOf(() => {
      if (isAway) throw new WarroomError('offline', 'cannot find out', { why: 'the API server cannot be reached' });
      return { granted: 1, denied: [] };
    });
    await watch.look();
    expect(watch.found).toMatchObject([{ granted: 0, denied: [], unknown: 'the API server cannot be reached' }]);
    expect(messages()).toEqual(['self: nobody knows what its credential may read: the API server cannot be reached']);
    isAway = false;
    clock.advance(10 * 60_000);
    await watch.look();
    expect([asked(), watch.found[0]?.unknown]).toEqual([2, undefined]);
  });
});
