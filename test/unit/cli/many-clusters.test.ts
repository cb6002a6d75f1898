import { describe, expect, it } from 'vitest';
import { reportPath, resultFolder } from '../../../src/domain/repository-layout.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import type { RequestCoordination, TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import {
  aClaim,
  aCluster,
  aPresence,
  API_TIMEOUT,
  aReport,
  aRequest,
  aStatus,
  putClaim,
  putCluster,
  putPresence,
  putRequest,
  putStatus,
} from '../../support/war-room-content.ts';

const NOW = new Date('2026-11-20T14:42:00Z');

function asked(clusters: readonly string[], coordination: RequestCoordination): TroubleshootingRequest {
  const targetClusters = clusters.map((name) => ({ type: 'hub' as const, name }));
  return aRequest(API_TIMEOUT, { spec: { targetClusters, coordination } });
}

/** hub-a has found the cause, hub-b works, hub-c comes after it. */
function aWarRoom(coordination: RequestCoordination = { mode: 'sequential' }): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  const request = asked(['hub-a', 'hub-b', 'hub-c'], coordination);
  putRequest(warRoom, request);
  putStatus(warRoom, aStatus(API_TIMEOUT, { cluster: 'hub-a' }), request);
  putClaim(warRoom, aClaim(API_TIMEOUT, {}, { cluster: 'hub-b' }));
  return warRoom;
}

/** hub-b and hub-c were not asked any more. */
function anEnd(): MemoryWarRoom {
  const warRoom = aWarRoom({ mode: 'sequential', stopOn: 'root-cause' });
  warRoom.refs.clear();
  const request = asked(['hub-a', 'hub-b', 'hub-c'], { mode: 'sequential', stopOn: 'root-cause' });
  for (const cluster of ['hub-b', 'hub-c']) {
    const { outcome: _o, quality: _q, bottomLine: _b, confidence: _c, ...status } = aStatus(API_TIMEOUT, { cluster });
    const reason = { code: 'stopped-on-root-cause', message: 'hub-a has found a root cause (stopOn: root-cause)' };
    putStatus(warRoom, { ...status, phase: 'cancelled', reason }, request);
  }
  return warRoom;
}

/** Reports of two clusters, with the same numbers of evidence. */
function withReports(): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  const request = asked(['hub-a', 'hub-b'], { mode: 'parallel' });
  putRequest(warRoom, request);
  for (const cluster of ['hub-a', 'hub-b']) {
    putStatus(warRoom, aStatus(API_TIMEOUT, { cluster }), request);
    const report = aReport(API_TIMEOUT, { cluster: { type: 'hub', name: cluster }, bottomLine: `seen by ${cluster}` });
    warRoom.put(reportPath(resultFolder(API_TIMEOUT, cluster)), formatJson('Report', report));
    warRoom.put(`${resultFolder(API_TIMEOUT, cluster)}/README.md`, `# page of ${cluster}\n`);
  }
  return warRoom;
}

async function run(warRoom: MemoryWarRoom, ...argv: readonly string[]): Promise<InProcessResult> {
  return await runInProcess(argv, { warRoom, now: NOW, columns: 120 });
}

describe('several clusters on a terminal', () => {
  it('are one line of the list, with how many are done', async () => {
    const { stdout } = await run(aWarRoom(), 'status');
    expect(stdout).toContain('hub-a +2');
    expect(stdout).toContain('1/3 done · root cause in hub-a · hub-b: 11/14 checks');
  });

  it('are a table of their own in the status', async () => {
    const { stdout } = await run(aWarRoom(), 'status', '@last');
    expect(stdout).toContain('phase       pending · 1/3 done');
    expect(stdout).toMatch(/hub-a +succeeded +processor-0 +root cause · complete · confidence high/u);
    expect(stdout).toMatch(/hub-b +collecting +processor-0 +11\/14 checks/u);
    expect(stdout).toMatch(/hub-c +pending +– +comes after hub-b/u);
    expect(stdout).toContain('asked one after the other');
  });

  it('are told one by one while somebody follows, and end with a line for each', async () => {
    const warRoom = aWarRoom({ mode: 'sequential', stopOn: 'root-cause' });
    let looks = 0;
    warRoom.onRefresh = () => {
      if (++looks !== 3) return;
      warRoom.refs.clear();
      for (const [path, file] of anEnd().files) warRoom.files.set(path, file);
    };
    const { stdout, stderr, exit } = await runInProcess(['follow', '@last'], { warRoom, now: NOW });
    expect(stderr).toContain('hub-a: succeeded · etcd-0 loses its lease');
    expect(stderr).toContain('hub-b: claimed by hub-b/processor-0');
    expect(stderr).toContain('hub-c: comes after hub-b');
    expect(stderr).toContain('1/3 done · hub-b: checks 11/14 · etcd: member health');
    expect(stderr).toContain('hub-c: skipped · not asked any more: hub-a has found a root cause');
    expect(stdout).toMatch(/hub-b +skipped +not asked any more/u);
    // What was left out on purpose is no failure.
    expect(exit).toBe(0);
  });

  it('are in the JSON part by part', async () => {
    const { stdout } = await run(anEnd(), 'status', '@last', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      phase: 'succeeded',
      coordination: { mode: 'sequential', stopOn: 'root-cause' },
      parts: [
        { cluster: 'hub-a', skipped: false },
        { cluster: 'hub-b', phase: 'cancelled', skipped: true },
        { cluster: 'hub-c', phase: 'cancelled', skipped: true },
      ],
    });
  });
});

describe('results of several clusters', () => {
  it('are shown for one of them by its name', async () => {
    const { stdout, exit } = await run(withReports(), 'get-results', '@last', '--cluster', 'hub-b');
    expect(stdout).toContain('seen by hub-b');
    expect(stdout).not.toContain('seen by hub-a');
    expect(stdout).toContain('--cluster hub-b --evidence E001');
    expect(exit).toBe(0);
    const page = await run(withReports(), 'get-results', '@last', '--cluster', 'hub-b', '--format', 'markdown');
    expect(page.stdout).toContain('# page of hub-b');
  });

  it('are not those of a cluster that was not asked', async () => {
    const { stderr, exit } = await run(withReports(), 'get-results', '@last', '--cluster', 'hub-x');
    expect(exit).toBe(2);
    expect(stderr).toContain('did not ask the cluster "hub-x"');
    expect(stderr).toContain('it asked hub-a, hub-b');
  });

  it('have evidence of the same number, so that a cluster must be named', async () => {
    const { stderr, exit } = await run(withReports(), 'get-results', '@last', '--evidence', 'E001');
    expect(exit).toBe(2);
    expect(stderr).toContain('several clusters have recorded E001');
    expect(stderr).toContain('hint:  name one with  --cluster hub-a');
  });
});

describe('asking several clusters', () => {
  function clusters(): MemoryWarRoom {
    const warRoom = new MemoryWarRoom();
    for (const name of ['hub-a', 'hub-b']) putCluster(warRoom, aCluster(name));
    putCluster(warRoom, aCluster('prod-1', { type: 'hosted', hub: 'hub-a', namespaces: ['clusters-prod-1'] }));
    putPresence(warRoom, aPresence({ cluster: 'hub-a' }));
    return warRoom;
  }
  const dryRun = ['--issue', 'logins fail', '--dry-run'];

  it('is one request that says how they are asked', async () => {
    const flags = ['--cluster', 'hub-a', '--cluster', 'hub-b', '--coordination', 'sequential', '--stop-on', 'failure'];
    const { stdout, stderr } = await run(clusters(), 'investigate', ...flags, ...dryRun);
    expect(stdout).toContain('coordination:\n    mode: sequential\n    stopOn: failure\n');
    expect(stderr).toContain('2 clusters, asked one after the other until one fails');
    expect(stderr).toContain('hub-a would be asked');
    expect(stderr).toContain('hub-b would be asked');
  });

  it.each([
    [['--coordination', 'parallel'], '--coordination needs several clusters'],
    [['--stop-on', 'never'], '--stop-on needs several clusters'],
  ])('is not what one cluster needs: %s', async (flags, message) => {
    const { stderr, exit } = await run(clusters(), 'investigate', '--cluster', 'hub-a', ...flags, ...dryRun);
    expect(exit).toBe(2);
    expect(stderr).toContain(message);
  });

  it('names the nearest when one is unknown', async () => {
    const flags = ['--cluster', 'hub-a', '--cluster', 'hub-bb'];
    const { stderr, exit } = await run(clusters(), 'investigate', ...flags, ...dryRun);
    expect(exit).toBe(2);
    expect(stderr).toContain('there is no cluster "hub-bb"');
    expect(stderr).toContain('did you mean  --cluster hub-b ?');
  });

  it('is not needed for a hosted cluster: its hub looks at both sides', async () => {
    const { stdout, stderr } = await run(clusters(), 'investigate', '--cluster', 'prod-1', ...dryRun);
    expect(stdout).toContain('targetCluster:\n    type: hub\n    name: hub-a\n');
    expect(stdout).toContain('namespace: clusters-prod-1');
    expect(stderr).toContain(
      'prod-1 is answered by its hub hub-a, which looks at both sides (namespace clusters-prod-1)',
    );
  });
});
