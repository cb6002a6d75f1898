import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DoorGuest, SessionDoor } from '../../../src/claude/session-door.ts';
import { WarroomError } from '../../../src/domain/errors.ts';
import { sessionInboxRef, sessionOrderPath, sessionPath, sessionPodName } from '../../../src/domain/session-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { readSessionPod } from '../../../src/session/session-pod.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryPods, quotaExceeded } from '../../support/memory-pods.ts';
import {
  createSessionRig,
  HUB,
  KNOWN_SECRET,
  type SessionRig,
  type SessionRigOptions,
} from '../../support/session-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const MINUTE = 60_000;
const BOB = 'bob@example.com';
const RUNNING = { phase: 'Running' };
const DONE = {
  phase: 'Succeeded',
  containerStatuses: [{ name: 'session', state: { terminated: { exitCode: 0, finishedAt: '2026-11-20T15:00:00Z' } } }],
};
const DEADLINE = { phase: 'Failed', reason: 'DeadlineExceeded' };

let folder: TempFolder;
let clock: FakeClock;
let pods: MemoryPods;
let rig: SessionRig;

async function open(change: Partial<SessionRigOptions> = {}): Promise<SessionRig> {
  rig = await createSessionRig({ folder: folder.path, clock, client: pods.client(), ...change });
  return rig;
}

beforeEach(async () => {
  folder = await createTempFolder();
  clock = new FakeClock(new Date('2026-11-20T14:30:00Z'));
  pods = new MemoryPods();
  await open();
});

afterEach(async () => {
  await rig.close();
  await folder.close();
});

/** A session that runs. */
async function running(spec: Parameters<SessionRig['ask']>[0] = {}, by?: string): Promise<RequestId> {
  const id = rig.ask(spec, by);
  await rig.look();
  pods.setStatus(sessionPodName(id), RUNNING);
  await rig.look();
  return id;
}

function endOf(id: RequestId): string | undefined {
  const pod = pods.pods.get(sessionPodName(id));
  return pod === undefined ? undefined : readSessionPod(pod)?.endOrder?.end;
}

function log(...lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

describe('a session', () => {
  it('becomes one pod, and the war room says where it stands', async () => {
    const id = rig.ask({ purpose: `compare members, not ${KNOWN_SECRET}` });
    await rig.look();
    expect(pods.names).toEqual([sessionPodName(id)]);
    expect(rig.answer(id, 'session.yaml')).toContain('phase: starting');
    pods.setStatus(sessionPodName(id), RUNNING);
    await rig.look();
    await rig.look();
    const state = rig.answer(id, 'session.yaml');
    expect(state).toContain('phase: running');
    expect(state).toContain('expiresAt: 2026-11-20T16:30:00.000Z');
    expect(state + JSON.stringify([...pods.pods.values()])).not.toContain(KNOWN_SECRET);
    expect(pods.names).toHaveLength(1);
  });

  it('is told to end when its time is over, and removed once its record is there', async () => {
    const id = await running();
    const name = sessionPodName(id);
    await clock.sleep(121 * MINUTE);
    await rig.look();
    expect(endOf(id)).toBe('expired');
    expect(pods.pods.get(name)?.['spec']).toMatchObject({ activeDeadlineSeconds: 1 });
    pods.logs.set(
      name,
      log(
        { warroom: 'said', kind: 'prompt', at: '2026-11-20T14:40:00Z', text: 'is etcd well?' },
        { warroom: 'said', kind: 'command', at: '2026-11-20T14:41:00Z', text: `echo ${KNOWN_SECRET}` },
        { warroom: 'end', end: 'closed', at: '2026-11-20T16:31:00Z' },
      ),
    );
    pods.setStatus(name, DEADLINE);
    await rig.look();
    expect(pods.names).toEqual([]);
    const page = rig.answer(id, 'README.md');
    expect(page).toContain('its time was over');
    expect(page).toContain('is etcd well?');
    expect(page).not.toContain(KNOWN_SECRET);
    expect(rig.answer(id, 'session.yaml')).toContain('phase: ended');
    expect(rig.answer(id, 'manifest.json.sig')).toContain('SSH SIGNATURE');
    expect(rig.ledger.request(`session/${id}`)).toMatchObject({ phase: 'succeeded', isPublished: true });
  });

  it('says why its own program ended it', async () => {
    const id = await running();
    pods.logs.set(sessionPodName(id), log({ warroom: 'end', end: 'idle', at: '' }));
    pods.setStatus(sessionPodName(id), DONE);
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain('code: idle');
  });

  it('ends without its log when its node does not answer', async () => {
    const id = await running();
    await clock.sleep(121 * MINUTE);
    await rig.look();
    await clock.sleep(2 * MINUTE);
    await rig.look();
    expect(pods.names).toEqual([]);
    expect(rig.answer(id, 'README.md')).toContain('The log of the pod could not be read');
  });

  it('ends in time while nobody looks at the war room', async () => {
    const id = await running();
    await clock.sleep(121 * MINUTE);
    await rig.keeper.tend({ isPaused: false, signal: new AbortController().signal });
    expect(endOf(id)).toBe('expired');
  });

  it('ends when execution is paused, and none begins', async () => {
    const id = await running();
    const other = rig.ask({}, BOB);
    await rig.look({ isPaused: true, mayPublish: false });
    expect(endOf(id)).toBe('paused');
    pods.setStatus(sessionPodName(id), DEADLINE);
    await rig.look({ isPaused: true, mayPublish: false });
    expect(pods.names).toEqual([sessionPodName(id)]);
    await rig.look({ isPaused: true });
    expect(pods.names).toEqual([]);
    expect(rig.answer(other, 'session.yaml')).toBe('');
  });

  it('ends when its pod does not start', async () => {
    const id = rig.ask();
    await rig.look();
    pods.setStatus(sessionPodName(id), {
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
    });
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain('its pod waits: ImagePullBackOff');
    await clock.sleep(11 * MINUTE);
    await rig.look();
    expect(endOf(id)).toBe('not-started');
  });
});

describe('an order', () => {
  it('stops a session of the requester or by an administrator, and says who', async () => {
    const id = await running();
    rig.order(id, 'stop', { by: BOB, reason: 'mine now' });
    await rig.look();
    expect(endOf(id)).toBeUndefined();
    expect(rig.events).toContainEqual(expect.objectContaining({ type: 'ignored', path: sessionOrderPath(id, 'stop') }));
    rig.order(id, 'stop', { by: 'root@example.com', reason: `it shows ${KNOWN_SECRET}` });
    await rig.look();
    expect(endOf(id)).toBe('stopped');
    pods.setStatus(sessionPodName(id), DEADLINE);
    await rig.look();
    const state = rig.answer(id, 'session.yaml');
    expect(state).toContain('root@example.com');
    expect(state).not.toContain(KNOWN_SECRET);
  });

  it('extends a session once, as far as the policy goes', async () => {
    const id = await running();
    rig.order(id, 'extend-1', { until: '2026-11-20T17:30:00.000Z' });
    rig.order(id, 'extend-2', { until: '2026-11-20T23:30:00.000Z' });
    rig.order(id, 'extend-3', { until: '2026-11-20T17:00:00.000Z' });
    await rig.look();
    await rig.look();
    await rig.look();
    const state = rig.answer(id, 'session.yaml');
    expect(state).toContain('expiresAt: 2026-11-20T17:30:00.000Z');
    expect(state).toContain('extend-1: extended until 2026-11-20T17:30:00.000Z');
    expect(state).toMatch(/extend-2: not extended: it may last until 2026-11-20T18:30:00.000Z/u);
    expect(state).toContain('extend-3: not extended: it lasts until');
    await clock.sleep(121 * MINUTE);
    await rig.look();
    expect(endOf(id)).toBeUndefined();
    expect(rig.events.filter((event) => event.type === 'session' && event.what === 'extended')).toHaveLength(3);
  });

  it('and a request go from the inbox to their place', async () => {
    const id = rig.ask();
    const path = sessionPath(id);
    rig.warRoom.putRef(sessionInboxRef('refs/warroom', id), path, rig.warRoom.text(path) ?? '');
    rig.warRoom.files.delete(path);
    await rig.look();
    expect(rig.warRoom.text(path)).toContain(id);
    await rig.look();
    expect(pods.names).toEqual([sessionPodName(id)]);
  });
});

it('what nobody vouches for in the inbox keeps nobody behind it waiting for ever', async () => {
  const id = rig.ask();
  const path = sessionPath(id);
  const text = rig.warRoom.text(path) ?? '';
  rig.warRoom.files.delete(path);
  for (let count = 100; count < 160; count++) {
    rig.warRoom.putRef(`refs/warroom/session-inbox/flood-${count}`, `sessions/flood-${count}.txt`, 'no session');
  }
  rig.warRoom.putRef(sessionInboxRef('refs/warroom', id), path, text);
  await rig.look();
  expect(rig.warRoom.text(path)).toBeUndefined();
  await rig.look();
  expect(rig.warRoom.text(path)).toBe(text);
});

describe('a restart', () => {
  async function restart(): Promise<void> {
    const { warRoom } = rig;
    await rig.close();
    await open({ warRoom });
  }

  it('adopts the pods that run, and ends them in time', async () => {
    const id = await running();
    await restart();
    await rig.look();
    expect(pods.names).toEqual([sessionPodName(id)]);
    await clock.sleep(121 * MINUTE);
    await rig.look();
    expect(endOf(id)).toBe('expired');
  });

  it('does not make a pod again that was taken away, and says so', async () => {
    const id = await running();
    pods.pods.clear();
    await restart();
    await rig.look();
    expect(pods.names).toEqual([]);
    expect(rig.answer(id, 'session.yaml')).toContain('code: lost');
  });

  it('goes on with a session whose pod could not be made yet, and counts it once', async () => {
    const id = rig.ask();
    const create = pods.create.bind(pods);
    pods.create = () => Promise.reject(new WarroomError('offline', 'the API server cannot be reached'));
    await rig.look();
    await restart();
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toBe('');
    pods.create = create;
    await rig.look();
    expect(pods.names).toEqual([sessionPodName(id)]);
    expect(rig.ledger.request(`session/${id}`)).toMatchObject({ attempts: 1 });
    expect(rig.ledger.usage.requestsSince('alice@example.com', 0)).toHaveLength(1);
    pods.pods.clear();
    await restart();
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain('code: lost');
  });

  it('adopts a pod that was made without being written down', async () => {
    const id = rig.ask();
    const create = pods.create.bind(pods);
    pods.create = async (type, object) => {
      await create(type, object);
      throw new WarroomError('offline', 'the answer was lost');
    };
    pods.find = () => Promise.reject(new WarroomError('offline', 'no answer'));
    await rig.look();
    await restart();
    await rig.look();
    expect(pods.names).toEqual([sessionPodName(id)]);
    expect(rig.ledger.request(`session/${id}`)).toMatchObject({ attempts: 1 });
  });

  it('gives up a session that waited for its pod for an hour', async () => {
    const id = rig.ask();
    pods.create = () => Promise.reject(new WarroomError('offline', 'the API server cannot be reached'));
    await rig.look();
    await restart();
    await clock.sleep(61 * MINUTE);
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain('code: expired');
  });

  it('removes the pod whose record is there already', async () => {
    const id = await running();
    pods.setStatus(sessionPodName(id), DONE);
    const pod = pods.pods.get(sessionPodName(id));
    await rig.look();
    if (pod !== undefined) pods.pods.set(sessionPodName(id), pod);
    await restart();
    await rig.look();
    expect(pods.names).toEqual([]);
  });

  it('does not begin a session again that ended under another ledger', async () => {
    const id = await running();
    pods.setStatus(sessionPodName(id), DONE);
    await rig.look();
    const { warRoom } = rig;
    await rig.close();
    const other = await createTempFolder();
    await open({ warRoom, folder: other.path });
    await rig.look();
    expect(pods.names).toEqual([]);
    await other.close();
  });

  it('removes pods that say they are sessions and that nobody accepted', async () => {
    const id = await running();
    const pod = pods.pods.get(sessionPodName(id));
    const copy = 'session-2026-11-20-1430-stranger-k7m2';
    if (pod !== undefined) {
      const labels = { ...pod.metadata.labels, 'warroom.intility.io/session': '2026-11-20-1430-stranger-k7m2' };
      pods.pods.set(copy, { ...pod, metadata: { ...pod.metadata, name: copy, labels } });
      pods.pods.set('session-x', { ...pod, metadata: { name: 'session-x' } });
    }
    await rig.look();
    expect(pods.names).toEqual([sessionPodName(id)]);
  });
});

describe('the model of a session', () => {
  const BROKER = {
    kind: 'broker' as const,
    maxUsd: 5,
    listen: { host: '0.0.0.0', port: 8444, address: '10.0.0.7' },
  };

  /** A door without a listener: who is in, and what they spend. */
  class Door implements SessionDoor {
    readonly certificate = 'PEM';
    readonly guests = new Map<string, DoorGuest>();
    readonly spent = new Map<string, number>();
    readonly dismissed: string[] = [];
    tokenOf = ({ id, uid }: { readonly id: string; readonly uid: string }): string => `token of ${id} ${uid}`;
    admit = (guest: DoorGuest): void => {
      if (this.guests.has(guest.id)) return;
      this.guests.set(guest.id, guest);
      this.spent.set(guest.id, guest.spentUsd);
    };
    dismiss = (id: string): void => {
      this.dismissed.push(id);
    };
    forget = (id: string): void => {
      this.guests.delete(id);
      this.spent.delete(id);
    };
    spentUsd = (id: string): number | undefined => this.spent.get(id);
    close = (): Promise<void> => Promise.resolve();
  }

  async function reopen(door: Door | undefined, change: Partial<SessionRigOptions> = {}): Promise<void> {
    const { warRoom } = rig;
    await rig.close();
    const given = door === undefined ? {} : { sessionDoor: () => Promise.resolve(door) };
    await open({ warRoom, sessions: { model: BROKER }, ...given, ...change });
  }

  it('is open while the session lives, and its spending stands in the record', async () => {
    const door = new Door();
    await reopen(door, { rule: { sessions: { maxSeconds: 14_400, maxPerPerson: 1, maxUsd: 2 } } });
    const id = rig.ask();
    await rig.look();
    const uid = pods.pods.get(sessionPodName(id))?.metadata.uid ?? '';
    expect(door.guests.get(id)).toMatchObject({ uid, requester: 'alice@example.com', maxUsd: 2, spentUsd: 0 });
    expect(pods.secrets.get(sessionPodName(id))).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'Pod', uid }] },
      stringData: { token: `token of ${id} ${uid}`, 'ca.crt': 'PEM' },
    });
    pods.setStatus(sessionPodName(id), RUNNING);
    door.spent.set(id, 0.25);
    await rig.look();
    expect(pods.pods.get(sessionPodName(id))?.metadata.annotations).toMatchObject({
      'warroom.intility.io/spent-usd': '0.25',
    });
    rig.order(id, 'stop');
    await rig.look();
    expect(door.dismissed).toContain(id);
    // The answer that was under way.
    door.spent.set(id, 0.3);
    pods.setStatus(sessionPodName(id), DEADLINE);
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain('model:\n  usd: 0.3\n  maxUsd: 2\n');
    expect(rig.answer(id, 'README.md')).toContain('$0.30 of $2.00');
    expect(door.guests.size).toBe(0);
  });

  it('goes on after a restart with what was spent before', async () => {
    const first = new Door();
    await reopen(first);
    const id = await running();
    first.spent.set(id, 1.5);
    // Nobody looks between the last call and the end of the processor.
    const second = new Door();
    await reopen(second);
    await rig.look();
    expect(second.guests.get(id)).toMatchObject({ maxUsd: 5, spentUsd: 1.5 });
    expect(pods.secrets.size).toBe(1);
  });

  it('is closed for whoever may spend no more today', async () => {
    const door = new Door();
    let left = 1;
    await reopen(door, { usdLeft: () => left });
    const id = await running();
    expect(door.guests.get(id)?.obstacle()).toBeUndefined();
    left = 0;
    expect(door.guests.get(id)?.obstacle()).toBe('the policy lets alice@example.com spend no more today');
  });

  it('is not for a pod that only says it is a session', async () => {
    const door = new Door();
    await reopen(door);
    const id = await running();
    const pod = pods.pods.get(sessionPodName(id));
    const other = '2026-11-20-1430-stranger-k7m2';
    const labels = { ...pod?.metadata.labels, 'warroom.intility.io/session': other };
    if (pod !== undefined) {
      const metadata = { ...pod.metadata, name: `session-${other}`, uid: 'uid-9', labels };
      pods.pods.set(`session-${other}`, { ...pod, metadata, status: { phase: 'Pending' } });
    }
    await rig.keeper.tend({ isPaused: false, signal: new AbortController().signal });
    expect([...door.guests.keys()]).toEqual([id]);
    expect(pods.secrets.size).toBe(1);
    expect(pods.names).toEqual([sessionPodName(id)]);
  });

  it('is left out in words where this processor has none', async () => {
    await reopen(undefined);
    const id = await running();
    expect(rig.answer(id, 'session.yaml')).toContain('no model: no model credential is configured');
    expect(JSON.stringify(pods.pods.get(sessionPodName(id)))).not.toContain('ANTHROPIC');
  });

  it('is there for sessions that are asked for after it was found, and for those of an earlier start', async () => {
    await reopen(new Door());
    const early = await running();
    const found: { door?: Door } = {};
    await reopen(undefined, {
      sessionDoor: () => Promise.resolve(found.door),
      rule: { who: ['alice@example.com', BOB] },
    });
    await rig.look();
    const door = new Door();
    found.door = door;
    const late = await running({}, BOB);
    expect([...door.guests.keys()].sort()).toEqual([early, late].sort());
    expect(pods.secrets.has(sessionPodName(late))).toBe(true);
    door.spent.set(late, 0.5);
    await rig.keeper.close();
    expect(pods.pods.get(sessionPodName(late))?.metadata.annotations).toMatchObject({
      'warroom.intility.io/spent-usd': '0.5',
    });
  });

  it('is left out in words when it cannot be served, and the session ends in time all the same', async () => {
    const error = new WarroomError('not-allowed', 'the model cannot be served to sessions', {
      why: 'the port is taken',
    });
    await reopen(undefined, { sessionDoor: () => Promise.reject(error) });
    const id = await running();
    await rig.look();
    const said = 'the model cannot be served to sessions: the port is taken';
    expect(rig.answer(id, 'session.yaml')).toContain(`no model: ${said}`);
    expect(rig.events.filter(({ type }) => type === 'warning')).toMatchObject([{ code: 'sessions', message: said }]);
    await clock.sleep(3 * 60 * MINUTE);
    await rig.look();
    expect(endOf(id)).toBe('expired');
  });

  it('is tried again when its Secret could not be made, and the session ends in time all the same', async () => {
    const door = new Door();
    await reopen(door);
    const create = pods.create.bind(pods);
    pods.create = (type, object) =>
      type.kind === 'Secret' ? Promise.reject(new WarroomError('offline', 'no answer')) : create(type, object);
    const id = rig.ask();
    await rig.look();
    await rig.look();
    const warnings = rig.events.filter(({ type }) => type === 'warning');
    expect(warnings).toMatchObject([{ code: 'sessions', message: `the model of ${id}: no answer` }]);
    pods.create = create;
    await rig.look();
    expect(pods.secrets.size).toBe(1);
    await clock.sleep(11 * MINUTE);
    await rig.look();
    expect(endOf(id)).toBe('not-started');
  });
});

describe('a request for a session is refused', () => {
  it.each<[string, Partial<SessionRigOptions>, Parameters<SessionRig['ask']>[0], string]>([
    ['where none are configured', { client: undefined }, {}, 'unsupported'],
    ['when it would last too long', {}, { seconds: 14_460 }, 'session-too-long'],
    ['when everybody together has enough', { sessions: { maxSessions: 1 } }, {}, 'no-place'],
    ['for a cluster of another type', {}, { targetCluster: { type: 'hosted', name: HUB } }, 'wrong-type'],
  ])('%s', async (_when, options, spec, code) => {
    await rig.close();
    await open({ rule: { who: ['alice@example.com', BOB] }, ...options });
    if (code === 'no-place') await running({}, BOB);
    const id = rig.ask(spec);
    await rig.look();
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain(`code: ${code}`);
    expect(rig.answer(id, 'README.md')).toContain('There was no session');
    expect(pods.names).not.toContain(sessionPodName(id));
    expect(rig.events.filter((event) => event.type === 'session' && event.what === 'refused')).toHaveLength(1);
  });

  it('when no rule allows one, and when one person has enough', async () => {
    const stranger = rig.ask({}, BOB);
    await running();
    const second = rig.ask();
    await rig.look();
    expect(rig.answer(stranger, 'session.yaml')).toContain('code: not-permitted');
    expect(rig.answer(second, 'session.yaml')).toContain('code: too-many-sessions');
  });

  it('when it is the second of one person in one look', async () => {
    const asked = [rig.ask(), rig.ask()];
    await rig.look();
    expect(pods.names).toHaveLength(1);
    const states = asked.map((id) => rig.answer(id, 'session.yaml')).join();
    expect(states).toContain('phase: starting');
    expect(states).toContain('code: too-many-sessions');
  });

  it('when it is old, and when its nonce was used', async () => {
    const old = rig.ask();
    await clock.sleep(61 * MINUTE);
    await rig.look();
    expect(rig.answer(old, 'session.yaml')).toContain('code: expired');
    await running({ nonce: 'd'.repeat(32) });
    const again = rig.ask({ nonce: 'd'.repeat(32) });
    await rig.look();
    expect(rig.answer(again, 'session.yaml')).toContain('code: replayed');
  });

  it('when the quota of the namespace is used up', async () => {
    const id = rig.ask();
    pods.create = () => Promise.reject(quotaExceeded());
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain('quota');
    expect(rig.ledger.request(`session/${id}`)).toMatchObject({ isPublished: true });
  });

  it('not when it is for another cluster: that is none of ours', async () => {
    const id = rig.ask({ targetCluster: { type: 'hub', name: 'other-hub' } });
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toBe('');
    expect(rig.events).toEqual([]);
  });
});

describe('an API server that does not answer', () => {
  it('is told once, and the pod is made when it is back', async () => {
    const id = rig.ask();
    const offline = (): WarroomError => new WarroomError('offline', 'the API server cannot be reached');
    pods.failures.push(offline());
    await rig.look();
    pods.failures.push(offline());
    await rig.look();
    expect(rig.events.filter(({ type }) => type === 'warning')).toHaveLength(1);
    await rig.look();
    expect(pods.names).toEqual([sessionPodName(id)]);
  });

  it('may have made the pod before its answer was lost', async () => {
    const id = rig.ask();
    const create = pods.create.bind(pods);
    pods.create = async (type, object) => {
      await create(type, object);
      throw new WarroomError('timeout', 'no answer in time');
    };
    await rig.look();
    pods.create = create;
    await rig.look();
    expect(pods.names).toEqual([sessionPodName(id)]);
    expect(rig.answer(id, 'session.yaml')).toContain('phase: starting');
  });
});

describe('what was said', () => {
  const SAID = log({ warroom: 'said', kind: 'answer', at: '2026-11-20T14:40:00Z', text: 'etcd is well' });

  it.each<[string, Partial<SessionRigOptions>]>([
    ['keeps evidence back', { settings: { disclosure: { publish: 'report', hold: false, allowPublicRemote: false } } }],
    [
      'lets a person look first',
      { settings: { disclosure: { publish: 'full', hold: true, allowPublicRemote: false } } },
    ],
  ])('stays in a zone that %s', async (_what, options) => {
    await rig.close();
    await open(options);
    const id = await running();
    pods.logs.set(sessionPodName(id), SAID);
    pods.setStatus(sessionPodName(id), DONE);
    await rig.look();
    expect(rig.answer(id, 'README.md')).not.toContain('etcd is well');
    expect(rig.answer(id, 'README.md')).toContain('stays in the zone');
  });

  it('is withheld when it cannot be redacted', async () => {
    const { createRedaction } = await import('../../../src/redaction/create-redaction.ts');
    await rig.close();
    await open({
      redaction: () => Promise.resolve(createRedaction({ knownValues: [], key: Buffer.alloc(32), maxBytes: 4000 })),
    });
    const id = await running();
    pods.logs.set(sessionPodName(id), log({ warroom: 'said', kind: 'answer', at: '', text: 'x '.repeat(3900) }));
    pods.setStatus(sessionPodName(id), DONE);
    await rig.look();
    expect(rig.answer(id, 'README.md')).toContain('could not be redacted');
    expect(rig.events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'redaction' }));
    expect(pods.names).toEqual([]);
  });
});
