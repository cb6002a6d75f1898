import { expect, it } from 'vitest';
import { WarroomError } from '../../../src/domain/errors.ts';
import type { KubernetesClient } from '../../../src/kubernetes/client.ts';
import { holdLease, type HeldLease } from '../../../src/kubernetes/hold-lease.ts';
import type { ApiObject } from '../../../src/kubernetes/resource.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** One Lease, written by compare-and-set like a real one. */
function leases() {
  const state: { lease: ApiObject | undefined; isDown: boolean } = { lease: undefined, isDown: false };
  let version = 0;
  const put = async (object: { readonly metadata: ApiObject['metadata'] }): Promise<ApiObject> => {
    if (state.isDown) throw new WarroomError('offline', 'the API server is down');
    if (object.metadata.resourceVersion !== state.lease?.metadata.resourceVersion) {
      throw new WarroomError('conflict', 'somebody was faster');
    }
    version += 1;
    state.lease = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    return await Promise.resolve(state.lease);
  };
  const client: Pick<KubernetesClient, 'find' | 'create' | 'replace'> = {
    find: async () => {
      if (state.isDown) throw new WarroomError('offline', 'the API server is down');
      return await Promise.resolve(state.lease);
    },
    create: async (_resource, object) => await put(object),
    replace: async (_resource, object) => await put(object),
  };
  return { client, state };
}

const never = new AbortController().signal;

async function hold(client: ReturnType<typeof leases>['client'], holder: string, told: string[]): Promise<HeldLease> {
  return await holdLease({
    ...{ client, name: 'processor', holder, seconds: 0.25, clock: systemClock, signal: never },
    onWait: (other) => told.push(other),
  });
}

it('gives the lease to one, and to the next when that one lets go', async () => {
  const { client } = leases();
  const told: string[] = [];
  const first = await hold(client, 'a', told);
  let hasSecond = false;
  const second = hold(client, 'b', told).then((held) => {
    hasSecond = true;
    return held;
  });
  await waitUntil(() => told.length > 0, { what: 'the second one to wait' });
  expect([told, hasSecond, first.lost.aborted]).toEqual([['a'], false, false]);
  await first.release();
  await (await second).release();
  expect(told).toEqual(['a']);
});

it('is lost when it cannot be renewed, before another one may take it', async () => {
  const { client, state } = leases();
  const first = await hold(client, 'a', []);
  state.isDown = true;
  await waitUntil(() => first.lost.aborted, { what: 'the lease to be lost' });
  await first.release();
  state.isDown = false;
  const second = await hold(client, 'b', []);
  expect(second.lost.aborted).toBe(false);
  await second.release();
});

it('is lost when somebody else has it', async () => {
  const { client, state } = leases();
  const first = await hold(client, 'a', []);
  state.lease = { metadata: { name: 'processor', resourceVersion: 'x' }, spec: { holderIdentity: 'b' } };
  await waitUntil(() => first.lost.aborted, { what: 'the lease to be lost' });
  await first.release();
  expect(state.lease).toMatchObject({ spec: { holderIdentity: 'b' } });
});

it('ends its wait with the signal', async () => {
  const { client } = leases();
  const first = await hold(client, 'a', []);
  const stop = new AbortController();
  const waiting = holdLease({
    ...{ client, name: 'processor', holder: 'b', seconds: 10, clock: systemClock, signal: stop.signal },
    onWait: () => {
      stop.abort(new Error('enough'));
    },
  });
  await expect(waiting).rejects.toThrow();
  await first.release();
});
