import { describe, expect, it } from 'vitest';
import { runInProcess } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { aCluster, aPresence, putCluster, putPresence } from '../../support/war-room-content.ts';

function aWarRoom(): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  putCluster(warRoom, aCluster('production-hub', { description: 'hub of the fleet' }));
  putPresence(warRoom, aPresence());
  putCluster(warRoom, aCluster('hosted-prod-1', { type: 'hosted', hub: 'production-hub' }));
  putPresence(
    warRoom,
    aPresence({ cluster: 'web-1', type: 'host', holder: 'web-1-a', seenAt: '2026-11-20T11:00:00.000Z' }),
  );
  return warRoom;
}

describe('cluster list', () => {
  it('shows a table on a terminal', async () => {
    const { stdout } = await runInProcess(['cluster', 'list'], { warRoom: aWarRoom(), columns: 120 });
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      expect.stringMatching(/^ {2}NAME +TYPE +STATE +SEEN +ENGINES +STRATEGIES$/u),
      expect.stringMatching(/^ {2}hosted-prod-1 +hosted +by-hub +production-hub +- +-$/u),
      expect.stringMatching(/^ {2}production-hub +hub +live +2 min ago +diagnostics +\S/u),
      expect.stringMatching(/^ {2}web-1 +host +silent +3 h ago +- +\S/u),
    ]);
  });

  it('shows the processors of a cluster that has several', async () => {
    const warRoom = aWarRoom();
    const paused = { code: 'paused', message: 'freeze' };
    putPresence(warRoom, aPresence({ holder: 'processor-1', running: 2, paused }));
    const { stdout } = await runInProcess(['cluster', 'list'], { warRoom, columns: 120 });
    expect(stdout).toMatch(/^ {4}processor-0 +live/mu);
    expect(stdout).toMatch(/^ {4}processor-1 +paused .*2 running$/mu);
  });

  it('shows groups of hosts, and rights that playbooks miss', async () => {
    const warRoom = aWarRoom();
    const groups = [{ name: 'web', description: 'web servers', hosts: 8 }];
    const right = { right: 'list pods.metrics.k8s.io', playbooks: ['performance'] };
    const access = [{ cluster: 'self', checkedAt: '2026-11-20T14:40:00Z', granted: 41, denied: [right] }];
    putPresence(warRoom, aPresence({ groups, access }));
    const { stdout } = await runInProcess(['cluster', 'list'], { warRoom, columns: 200 });
    expect(stdout).toMatch(/^ {4}group\/web +8 hosts$/mu);
    expect(stdout).toMatch(
      /^ {4}rights +self: 1 of 42 rights that playbooks need are denied: list pods\.metrics\.k8s\.io \(performance\)$/mu,
    );
    const json = JSON.parse((await runInProcess(['cluster', 'list', '--json'], { warRoom })).stdout) as {
      clusters: { name: string; groups: unknown; processors: { access: unknown }[] }[];
    };
    const hub = json.clusters.find(({ name }) => name === 'production-hub');
    expect([hub?.groups, hub?.processors[0]?.access]).toEqual([groups, access]);
  });

  it('prints a row per cluster on a pipe', async () => {
    const { stdout } = await runInProcess(['cluster', 'list'], { warRoom: aWarRoom() });
    const rows = stdout
      .slice(0, -1)
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.map((row) => row.length)).toEqual([8, 8, 8]);
    expect(rows[1]).toEqual(
      expect.arrayContaining(['production-hub', 'hub', 'live', '2026-11-20T14:40:00.000Z', '30', 'hub of the fleet']),
    );
  });

  it('prints JSON with names that are always there', async () => {
    const { stdout } = await runInProcess(['cluster', 'list', '--json'], { warRoom: aWarRoom() });
    expect(JSON.parse(stdout)).toMatchObject({
      invalid: [],
      clusters: [
        { name: 'hosted-prod-1', state: 'by-hub', live: false, registered: true, lastSeenAt: null, processors: [] },
        { name: 'production-hub', state: 'live', processors: [{ holder: 'processor-0', paused: null, running: 0 }] },
        { name: 'web-1', state: 'silent', registered: false, owner: null, hub: null, maxTimeout: null },
      ],
    });
  });

  it('warns of registrations that cannot be used, and helps where there is none', async () => {
    const warRoom = new MemoryWarRoom();
    warRoom.put('clusters/broken.yaml', 'kind: Nonsense\n');
    const { exit, stdout, stderr } = await runInProcess(['cluster', 'list'], { warRoom });
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '' });
    expect(stderr).toContain('cluster add NAME');
    expect(stderr).toContain('warning: clusters/broken.yaml');
  });
});

describe('cluster add', () => {
  const ARGS = ['cluster', 'add', 'web-2', '--type', 'host', '--owner', 'ops@example.com'];

  it('writes a registration and says how to go on', async () => {
    const warRoom = new MemoryWarRoom({ address: '/srv/warroom.git', isLocal: true });
    const args = [...ARGS, '--namespace', 'a', '--namespace', 'b', '--max-timeout', '30m'];
    const { exit, stdout, stderr } = await runInProcess(args, { warRoom });
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'clusters/web-2.yaml\n' });
    expect(warRoom.text('clusters/web-2.yaml')).toBe(`\
# yaml-language-server: $schema=https://warroom.intility.io/schemas/v1/cluster-registration.schema.json
apiVersion: warroom.intility.io/v1
kind: ClusterRegistration
metadata:
  name: web-2
spec:
  type: host
  owner: ops@example.com
  namespaces:
    - a
    - b
  maxTimeout: 1800
`);
    expect(stderr).toContain('url: /srv/warroom.git');
    expect(stderr).toContain('trust: open');
    expect(stderr).toContain('processor run -c');
  });

  it('changes nothing when it is repeated', async () => {
    const warRoom = new MemoryWarRoom();
    const first = await runInProcess([...ARGS, '--json'], { warRoom });
    expect(JSON.parse(first.stdout)).toMatchObject({ name: 'web-2', path: 'clusters/web-2.yaml', changed: true });
    const second = await runInProcess([...ARGS, '--json'], { warRoom });
    expect(JSON.parse(second.stdout)).toMatchObject({ changed: false, commit: null });
  });

  it('overwrites no other registration', async () => {
    const warRoom = new MemoryWarRoom();
    putCluster(warRoom, aCluster('web-2', { type: 'hub' }));
    const { exit, stderr } = await runInProcess(ARGS, { warRoom });
    expect(exit).toBe(1);
    expect(stderr).toContain('web-2 is registered already, with other values');
  });

  it.each([
    [['cluster', 'add', 'Web_2', '--type', 'host'], '"Web_2" is not'],
    [['cluster', 'add', 'web-2', '--type', 'pod'], 'hub, hosted, host'],
    [['cluster', 'add', 'web-2'], '--type'],
  ])('refuses %j before anything is sent', async (args, message) => {
    const warRoom = new MemoryWarRoom();
    const { exit, stderr } = await runInProcess(args, { warRoom });
    expect(exit).toBe(2);
    expect(stderr).toContain(message);
    expect(warRoom.files.size).toBe(0);
  });
});
