import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRequestId } from '../../../src/domain/request-id.ts';
import { sessionPath, sessionPodName, sessionStatePath } from '../../../src/domain/session-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryPods } from '../../support/memory-pods.ts';
import { createSessionRig, HUB, type SessionRig } from '../../support/session-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
let clock: FakeClock;
let pods: MemoryPods;
let rig: SessionRig;

beforeEach(async () => {
  folder = await createTempFolder();
  clock = new FakeClock(new Date('2026-11-20T14:30:00Z'));
  pods = new MemoryPods();
  rig = await createSessionRig({ folder: folder.path, clock, client: pods.client() });
  for (const [name, type] of [
    [HUB, 'hub'],
    ['shop-hosts', 'host'],
  ] as const) {
    const metadata = { name };
    const document = {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'ClusterRegistration',
      metadata,
      spec: { type },
    } as const;
    rig.warRoom.put(`clusters/${name}.yaml`, formatYaml('ClusterRegistration', document));
  }
});

afterEach(async () => {
  await rig.close();
  await folder.close();
});

async function run(...argv: readonly string[]): Promise<InProcessResult> {
  // A home of its own: keys that were seen are remembered there.
  return await runInProcess(['session', ...argv], { warRoom: rig.warRoom, clock, env: { HOME: folder.path } });
}

async function start(): Promise<RequestId> {
  const { stdout } = await run('start', '--cluster', HUB, '--duration', '2h', '--purpose', 'compare etcd members');
  return parseRequestId(stdout.trim()) ?? expect.fail(stdout);
}

describe('the commands for sessions', () => {
  it('go with one from its start to its end', async () => {
    const id = await start();
    expect(rig.warRoom.text(sessionPath(id))).toContain('seconds: 7200');
    expect(await run('connect', '@last')).toMatchObject({ exit: 8, stdout: '' });
    await rig.look();
    pods.setStatus(sessionPodName(id), { phase: 'Running' });
    await rig.look();
    const command = `kubectl exec -it -n claude-warroom-sessions ${sessionPodName(id)} -c session -- claude`;
    expect(await run('connect', id)).toMatchObject({ exit: 0, stdout: `${command}\n` });
    expect(JSON.parse((await run('connect', id, '--json')).stdout)).toMatchObject({ id, command });

    const extended = JSON.parse((await run('extend', '@last', '--by', '1h', '--json')).stdout) as unknown;
    expect(extended).toMatchObject({ id, action: 'extend', until: '2026-11-20T17:30:00.000Z' });
    await rig.look();
    await rig.look();
    expect((await run('list')).stdout).toBe(
      `${[id, 'running', HUB, 'alice@example.com', '2026-11-20T17:30:00.000Z', 'compare etcd members'].join('\t')}\n`,
    );

    expect(await run('stop', '@last', '--reason', 'found it')).toMatchObject({ exit: 0, stdout: `${id}\n` });
    expect((await run('stop', '@last')).stderr).toContain('it was told to stop before');
    await rig.look();
    pods.setStatus(sessionPodName(id), { phase: 'Failed', reason: 'DeadlineExceeded' });
    await rig.look();
    const { sessions } = JSON.parse((await run('list', '--json')).stdout) as { sessions: readonly unknown[] };
    expect(sessions).toMatchObject([
      {
        id,
        phase: 'ended',
        reason: { code: 'stopped' },
        pod: { name: sessionPodName(id) },
        orders: ['extend-1', 'stop'],
      },
    ]);
    const connect = await run('connect', id);
    expect(connect).toMatchObject({ exit: 1 });
    expect(connect.stderr).toContain('it was stopped: alice@example.com: found it');
    expect((await run('extend', id, '--by', '1h')).stderr).toContain('it is over: ended');
  });

  it.each<[string, readonly string[], number, string]>([
    ['a host', ['start', '--cluster', 'shop-hosts', '--duration', '2h'], 2, 'sessions need a hub or hosted cluster'],
    ['too short a time', ['start', '--cluster', HUB, '--duration', '1m'], 2, 'spec.seconds'],
    [
      'a cluster that nobody knows',
      ['start', '--cluster', 'production-hup', '--duration', '1h'],
      2,
      `--cluster ${HUB}`,
    ],
    ['a session that nobody knows', ['stop', '2026'], 1, 'there is no session 2026'],
    ['no time', ['start', '--cluster', HUB], 2, '--duration'],
  ])('refuse %s', async (_what, argv, exit, words) => {
    const result = await run(...argv);
    expect(result.stderr).toContain(words);
    expect(result.exit).toBe(exit);
  });

  it('refuse the beginning of several ids, and a tenth extension', async () => {
    const id = await start();
    rig.ask();
    expect((await run('stop', '2026-11-20')).stderr).toContain('fits 2 sessions');
    for (let number = 1; number <= 9; number++)
      rig.order(id, `extend-${number}`, { until: '2026-11-20T17:30:00.000Z' });
    expect((await run('extend', id, '--by', '1h')).stderr).toContain('was extended 9 times already');
  });

  it('show a session in the inbox, and one that nobody answered', async () => {
    rig.warRoom.submitsTo = 'inbox';
    const id = await start();
    expect((await run('list')).stdout).toContain(`${id}\tpending`);
    await clock.sleep(61 * 60_000);
    expect((await run('list')).stdout).toContain(`${id}\tunanswered`);
    expect((await run('connect', id)).stderr).toContain('no processor of its cluster answered');
  });

  describe('with a record', () => {
    let id: RequestId;

    beforeEach(async () => {
      id = await start();
      await rig.look();
      pods.logs.set(
        sessionPodName(id),
        `${JSON.stringify({ warroom: 'said', kind: 'prompt', at: '2026-11-20T14:40:00Z', text: 'is etcd well?' })}\n`,
      );
      pods.setStatus(sessionPodName(id), { phase: 'Succeeded' });
      await rig.look();
    });

    async function verification(): Promise<unknown> {
      const { sessions } = JSON.parse((await run('list', '--json')).stdout) as {
        readonly sessions: readonly { readonly verification: unknown }[];
      };
      return sessions[0]?.verification;
    }

    it('show it, and that its processor has signed it', async () => {
      const shown = await run('show', '@last', '--require-verified');
      expect(shown).toMatchObject({ exit: 0 });
      expect(shown.stdout).toContain('is etcd well?');
      expect(shown.stderr).toMatch(new RegExp(`VERIFIED, signed by ${HUB} with SHA256:`, 'u'));
      expect(await verification()).toBe('VERIFIED');
      expect(JSON.parse((await run('show', id, '--json')).stdout)).toMatchObject({ id, verification: 'VERIFIED' });
    });

    it('say that somebody changed it', async () => {
      const path = sessionStatePath(id);
      rig.warRoom.put(path, (rig.warRoom.text(path) ?? '').replace(/code: \w+/u, 'code: idle'));
      expect((await run('list')).stderr).toContain(`UNVERIFIED the record of ${id}: `);
      expect(await verification()).toBe('UNVERIFIED');
      expect(await run('show', id)).toMatchObject({ exit: 0 });
      expect(await run('show', id, '--require-verified')).toMatchObject({ exit: 4, stdout: '' });
    });

    it('wait for one that lives', async () => {
      const other = rig.ask();
      await rig.look();
      expect(await run('show', other)).toMatchObject({ exit: 8, stdout: '', stderr: `${other} is starting\n` });
      expect(await run('show', other, '--require-verified')).toMatchObject({ exit: 4 });
    });
  });

  it('connect to the pod of the id, whatever a state says', async () => {
    const id = await start();
    await rig.look();
    pods.setStatus(sessionPodName(id), { phase: 'Running' });
    await rig.look();
    const path = sessionStatePath(id);
    rig.warRoom.put(path, (rig.warRoom.text(path) ?? '').replace(/name: session-.*/u, 'name: claude-processor-0'));
    expect((await run('connect', id)).stdout).toContain(sessionPodName(id));
    rig.warRoom.put(path, (rig.warRoom.text(path) ?? '').replace(/namespace: .*/u, 'namespace: "x; rm -rf ~"'));
    expect((await run('connect', id)).stdout).toBe('');
  });
});
