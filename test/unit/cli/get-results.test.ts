import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import {
  aClaim,
  aFailure,
  API_TIMEOUT,
  aReport,
  aRequest,
  aStatus,
  putClaim,
  putReport,
  putRequest,
  putStatus,
  requestId,
} from '../../support/war-room-content.ts';

let folder: Awaited<ReturnType<typeof createTempFolder>>;

beforeEach(async () => {
  folder = await createTempFolder('warroom-results');
});

afterEach(async () => {
  await folder.close();
});

function aWarRoom(): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  putRequest(warRoom, aRequest());
  putStatus(warRoom, aStatus());
  putReport(warRoom, aReport());
  return warRoom;
}

async function run(warRoom: MemoryWarRoom, ...argv: readonly string[]): Promise<InProcessResult> {
  return await runInProcess(['get-results', ...argv], { warRoom, cwd: folder.path });
}

describe('get-results', () => {
  it('shows the bottom line first', async () => {
    const { exit, stdout } = await runInProcess(['get-results'], { warRoom: aWarRoom(), columns: 100 });
    expect(exit).toBe(0);
    expect(stdout).toBe(`\
  API server answers after 30 s                   2026-11-20 14:30 UTC · production-hub · UNVERIFIED
  ──────────────────────────────────────────────────────────────────────────────────────────────────
  BOTTOM LINE   etcd-0 loses its lease because its volume is slow: fsync p99 is 1.9 s (limit 10 ms).
                root cause found · complete · confidence high (0.86) · diagnostics, api-timeout
  DO NOW        1. have the disk of node ip-10-0-3-17 looked at
  FINDINGS      ● error    etcd fsync p99 1.9 s
                           etcd-0
                           E001  “wal_fsync p99 1.92”  verified
  evidence: claude-warroom get-results 2026-11-20-1430-api-timeout-k7m2 --evidence E001
`);
  });

  it.each([['--format', 'json'], ['--json']])('prints the bytes of report.json with %s', async (...flags) => {
    expect((await run(aWarRoom(), '@last', ...flags)).stdout).toBe(formatJson('Report', aReport()));
  });

  it('prints the markdown that GitHub shows, and YAML', async () => {
    expect((await run(aWarRoom(), '@last', '--format', 'markdown')).stdout).toBe('# API server answers after 30 s\n');
    expect((await run(aWarRoom(), '@last', '--format', 'yaml')).stdout).toContain('\nkind: Report\n');
  });

  it('prints the evidence on stdout and what it is on stderr', async () => {
    expect(await run(aWarRoom(), '@last', '--evidence', 'E001')).toEqual({
      exit: 0,
      stdout: 'wal_fsync p99 1.92\n',
      stderr:
        'UNVERIFIED the result of production-hub: there is no manifest\nE001  etcdctl endpoint status  (exit 0, 120 ms)\n',
    });
  });

  it.each([
    ['failed', 1],
    ['timed-out', 1],
    ['rejected', 4],
  ] as const)('shows why there is no report of a request that is %s', async (phase, code) => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    const reason = { code: 'unknown-strategy', message: 'there is no strategy etcd', hint: 'take auto' };
    putStatus(warRoom, aFailure(phase, reason));
    const { exit, stdout, stderr } = await run(warRoom);
    expect({ exit, stdout }).toEqual({ exit: code, stdout: '' });
    expect(stderr).toContain(
      `phase       ${phase}\n  reason      there is no strategy etcd\n  to do       take auto\n`,
    );
  });

  it('ends with 8 while the request is not done', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    putClaim(warRoom, aClaim());
    const { exit, stdout, stderr } = await run(warRoom);
    expect({ exit, stdout }).toEqual({ exit: 8, stdout: '' });
    expect(stderr).toContain('11/14 checks · etcd: member health');
  });

  it('waits for the report', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    let looks = 0;
    warRoom.onRefresh = () => {
      looks++;
      if (looks !== 4) return;
      putStatus(warRoom, aStatus());
      putReport(warRoom, aReport());
    };
    const clock = new FakeClock(new Date('2026-11-20T14:31:00Z'));
    const options = { warRoom, clock };
    const result = await runInProcess(['get-results', '--wait', '--format', 'markdown'], options);
    expect(result).toMatchObject({ exit: 0, stdout: '# API server answers after 30 s\n' });
    expect(clock.sleeps).toEqual([2000, 2000]);
  });

  it('stops waiting when the time is over', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    expect((await run(warRoom, '@last', '--wait', '10s')).exit).toBe(8);
  });

  it('fails on what it is told to fail on', async () => {
    const warRoom = aWarRoom();
    putStatus(warRoom, aStatus(API_TIMEOUT, { outcome: 'inconclusive', quality: 'degraded' }));
    expect((await run(warRoom, '@last')).exit).toBe(0);
    expect((await run(warRoom, '@last', '--fail-on', 'degraded')).exit).toBe(1);
    expect((await run(warRoom, '@last', '--fail-on', 'inconclusive')).exit).toBe(1);
  });

  describe('of a follow-up', () => {
    const LATER = requestId('2026-11-20-1440-last-week-b2b2');
    const LATEST = requestId('2026-11-20-1441-and-before-c3c3');

    /** Three questions; the second was rejected. */
    function aThread(): MemoryWarRoom {
      const warRoom = aWarRoom();
      const title = 'was it the *same* last week?';
      putRequest(warRoom, aRequest(LATER, { metadata: { title }, spec: { followUp: API_TIMEOUT } }));
      const reason = { code: 'unknown-strategy', message: 'there is no strategy etcd' };
      putStatus(warRoom, { ...aFailure('rejected', reason), id: LATER, title });
      putRequest(warRoom, aRequest(LATEST, { spec: { followUp: LATER } }));
      putStatus(warRoom, aStatus(LATEST));
      putReport(warRoom, { ...aReport(), id: LATEST });
      return warRoom;
    }

    it('shows the earlier questions and their answers below the report, oldest first', async () => {
      const options = { warRoom: aThread(), columns: 120 };
      const { exit, stdout } = await runInProcess(['get-results', LATEST], options);
      expect(exit).toBe(0);
      expect(stdout).toContain('BOTTOM LINE');
      expect(stdout.slice(stdout.indexOf('  EARLIER'))).toBe(`\
  EARLIER       API server answers after 30 s
                etcd-0 loses its lease because its volume is slow: fsync p99 is 1.9 s (limit 10 ms).
                2026-11-20 14:30 UTC · ${API_TIMEOUT}
                was it the *same* last week?
                rejected: there is no strategy etcd
                2026-11-20 14:40 UTC · ${LATER}
`);
    });

    it('adds them to the page as text that means nothing to markdown', async () => {
      const { stdout } = await run(aThread(), LATEST, '--format', 'markdown');
      expect(stdout).toMatch(/^# API server answers after 30 s\n\n## Earlier questions\n\n1\. \*\*API server/u);
      expect(stdout).toContain(
        `\n2. **was it the \\*same\\* last week?** rejected: there is no strategy etcd (2026-11-20 14:40 UTC, \`${LATER}\`)\n`,
      );
    });

    it.each([['--format', 'json'], ['--json']])('leaves the bytes of report.json alone with %s', async (...flags) => {
      const expected = formatJson('Report', { ...aReport(), id: LATEST });
      expect((await run(aThread(), LATEST, ...flags)).stdout).toBe(expected);
    });
  });

  describe('--output', () => {
    it('writes all files of the result', async () => {
      const { exit, stdout } = await run(aWarRoom(), '@last', '--output', 'incident');
      expect(exit).toBe(0);
      expect(stdout.trimEnd().split('\n')).toHaveLength(4);
      expect((await readdir(join(folder.path, 'incident'))).sort()).toEqual([
        'README.md',
        'evidence',
        'report.json',
        'status.yaml',
      ]);
      const evidence = await readFile(join(folder.path, 'incident/evidence/E001-etcd.txt'), 'utf8');
      expect(evidence).toBe('wal_fsync p99 1.92\n');
    });

    it.each(['../outside', '.git/config', 'a/../../b', 'evidence\\..\\x', '-rf\u0007'])(
      'writes nothing when the result has a file %j',
      async (name) => {
        const warRoom = aWarRoom();
        warRoom.put(`${resultFolder(API_TIMEOUT)}/${name}`, 'x');
        expect((await run(warRoom, '@last', '--output', 'incident')).exit).toBe(4);
        expect(await readdir(folder.path)).toEqual([]);
      },
    );

    it('does not follow a symlink out of the folder', async () => {
      await mkdir(join(folder.path, 'incident'));
      await mkdir(join(folder.path, 'elsewhere'));
      await symlink(join(folder.path, 'elsewhere'), join(folder.path, 'incident/evidence'));
      expect((await run(aWarRoom(), '@last', '--output', 'incident')).exit).toBe(4);
      expect(await readdir(join(folder.path, 'elsewhere'))).toEqual([]);
    });

    it('ends with 8 and writes nothing while there is no result', async () => {
      const warRoom = new MemoryWarRoom();
      putRequest(warRoom, aRequest());
      expect((await run(warRoom, '@last', '--output', 'incident')).exit).toBe(8);
      expect(await readdir(folder.path)).toEqual([]);
    });
  });
});
