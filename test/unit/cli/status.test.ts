import { describe, expect, it } from 'vitest';
import { requestPath } from '../../../src/domain/repository-layout.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import {
  aClaim,
  aPresence,
  API_TIMEOUT,
  aRequest,
  aStatus,
  putClaim,
  putPresence,
  putRequest,
  putStatus,
  requestId,
} from '../../support/war-room-content.ts';

const NODES = requestId('2026-11-20-1421-nodes-notready-x2q9');
const INGRESS = requestId('2026-11-20-1402-ingress-503-p8rt');
const BROKEN = requestId('2026-11-20-1400-broken-bbbb');

/** vitest types its matchers as `any`. */
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** The war room of the documentation. */
function aWarRoom(): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  putRequest(warRoom, aRequest());
  putStatus(warRoom, aStatus());
  putRequest(warRoom, aRequest(NODES, { metadata: { engineer: 'bob@example.com' } }));
  putClaim(warRoom, aClaim(NODES, { phase: 'investigating', turns: 12, usd: 0.31, message: 'kubectl get nodes' }));
  putRequest(warRoom, aRequest(INGRESS, { spec: { origin: { kind: 'alert' } } }));
  const qualityReasons = ['2 checks denied'];
  putStatus(warRoom, aStatus(INGRESS, { outcome: 'inconclusive', quality: 'degraded', qualityReasons }));
  warRoom.put(requestPath(BROKEN), 'apiVersion: warroom.intility.io/v1\nkind: Request\n');
  putPresence(warRoom, aPresence());
  return warRoom;
}

async function screen(...argv: readonly string[]): Promise<string> {
  return (await runInProcess(argv, { warRoom: aWarRoom(), columns: 140 })).stdout;
}

async function pipe(...argv: readonly string[]): Promise<InProcessResult> {
  return await runInProcess(argv, { warRoom: aWarRoom() });
}

describe('status', () => {
  it('shows a table on a terminal', async () => {
    expect(await screen('status')).toBe(`\
  ID                                   PHASE          CLUSTER         BY     AGE  OUTCOME
  2026-11-20-1430-api-timeout-k7m2     succeeded      production-hub  alice  11m  root cause · complete
  2026-11-20-1421-nodes-notready-x2q9  investigating  production-hub  bob    20m  turn 12 · $0.31
  2026-11-20-1402-ingress-503-p8rt     succeeded      production-hub  alert  39m  inconclusive · degraded: 2 checks denied
  2026-11-20-1400-broken-bbbb          invalid        ?               ?      42m  line 2: kind: "Request" is not TroubleshootingRequest
`);
  });

  it.each([
    [100, 'ID PHASE CLUSTER BY AGE OUTCOME', 'succeeded production-hub alice 11m root cause · comp…'],
    [92, 'ID PHASE CLUSTER AGE OUTCOME', 'succeeded production-hub 11m root cause · com…'],
    [80, 'ID PHASE OUTCOME', 'succeeded root cause · complete'],
    [60, 'ID OUTCOME', 'root cause · complete'],
  ])('leaves out on %d columns what tells less than the outcome', async (columns, headings, first) => {
    const { stdout } = await runInProcess(['status'], { warRoom: aWarRoom(), columns });
    const [head = '', row = ''] = stdout.split('\n').map((line) => line.replaceAll(/\s+/gu, ' ').trim());
    expect([head, row]).toEqual([headings, `${API_TIMEOUT} ${first}`]);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('prints tab-separated rows with full times on a pipe', async () => {
    const { exit, stdout, stderr } = await pipe('status');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout.split('\n').map((row) => row.split('\t'))).toEqual([
      [
        API_TIMEOUT,
        'succeeded',
        'production-hub',
        'alice@example.com',
        '2026-11-20T14:30:12.000Z',
        'root-cause',
        'complete',
        'API server answers after 30 s',
      ],
      expect.arrayContaining([NODES, 'investigating', 'bob@example.com']),
      expect.arrayContaining([INGRESS, 'inconclusive', 'degraded']),
      expect.arrayContaining([BROKEN, 'invalid']),
      [''],
    ]);
  });

  it('prints JSON with names that are always there', async () => {
    const parsed: unknown = JSON.parse((await pipe('status', '--json')).stdout);
    expect(parsed).toMatchObject({
      requests: [
        {
          id: API_TIMEOUT,
          phase: 'succeeded',
          outcome: 'root-cause',
          quality: 'complete',
          cluster: 'production-hub',
          createdAt: '2026-11-20T14:30:12.000Z',
          requester: 'alice@example.com',
        },
        { id: NODES, phase: 'investigating', outcome: null, progress: { turns: 12 } },
        { id: INGRESS },
        { id: BROKEN, phase: 'invalid', cluster: null, problem: like(/^line 2: kind/u) },
      ],
    });
  });

  it('filters by phase, and by who asks', async () => {
    const open = await pipe('list', '--phase', 'open');
    expect(open.stdout.split('\t')[0]).toBe(NODES);
    const mine = await runInProcess(['list', '--mine'], { warRoom: aWarRoom(), email: 'bob@example.com' });
    expect(mine.stdout.trimEnd().split('\n')).toHaveLength(1);
    const typo = await pipe('list', '--phase', 'sucseeded');
    expect(typo.exit).toBe(2);
    expect(typo.stderr).toContain('did you mean  --phase succeeded ?');
  });

  it('says what to do in an empty war room', async () => {
    const { exit, stdout, stderr } = await runInProcess(['status'], { warRoom: new MemoryWarRoom() });
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '' });
    expect(stderr).toContain('claude-warroom investigate');
  });
});

describe('status of one request', () => {
  it('shows the answer first when there is one', async () => {
    expect(await screen('status', '@last')).toBe(`\
  API server answers after 30 s
  2026-11-20-1430-api-timeout-k7m2

  phase       succeeded · root cause · complete · confidence high (0.86)
  bottom line etcd-0 loses its lease because its volume is slow: fsync p99 is 1.9 s (limit 10 ms).
  cluster     production-hub
  requester   alice@example.com (unverified)
  asked       2026-11-20 14:30 UTC, 11 min ago
  claimed     2026-11-20 14:30 UTC, 11 min ago
  finished    2026-11-20 14:31 UTC, 10 min ago, 68 s after it was asked
  signature   UNVERIFIED: there is no manifest
  attempt     1 by processor-0
  strategy    api-timeout · diagnostics

  the report: claude-warroom get-results 2026-11-20-1430-api-timeout-k7m2
`);
  });

  it('shows progress, and when its processor was last seen, while it runs', async () => {
    expect(await screen('status', '2026-11-20-1421')).toBe(`\
  API server answers after 30 s
  2026-11-20-1421-nodes-notready-x2q9

  phase       investigating
  progress    turn 12 · $0.31 · kubectl get nodes
  cluster     production-hub (seen 2 min ago, looks every 30 s)
  requester   bob@example.com (unverified)
  asked       2026-11-20 14:21 UTC, 20 min ago
  claimed     2026-11-20 14:30 UTC, 11 min ago
  attempt     1 by processor-0

  follow it: claude-warroom follow 2026-11-20-1421-nodes-notready-x2q9
`);
  });

  it('prints one object, whatever the state', async () => {
    const { exit, stdout } = await pipe('status', '--request-id', NODES, '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: NODES, phase: 'investigating', attempt: 1 });
  });

  it('shows a failed attempt before the one that runs', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    const [first] = aClaim().attempts;
    if (first === undefined) throw new Error('a claim has an attempt');
    const attempts = [
      { ...first, result: 'interrupted' as const },
      { ...first, number: 2 },
    ];
    putClaim(warRoom, aClaim(API_TIMEOUT, {}, { attempt: 2, attempts }));
    const { stdout } = await runInProcess(['status', '@last'], { warRoom });
    expect(stdout).toContain('2 by processor-0 (interrupted before: 1)');
  });

  it('says what a model cost, and every reason for which an answer is degraded', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    const qualityReasons = ['Claude did not finish (authentication): invalid x-api-key', '1 check denied: dmesg'];
    const cost = { usd: 0.312, turns: 12 };
    putStatus(warRoom, aStatus(API_TIMEOUT, { quality: 'degraded', qualityReasons, engine: 'claude', cost }));
    const detail = await runInProcess(['status', '@last'], { warRoom, columns: 140 });
    expect(detail.stdout).toContain(
      '  phase       succeeded · root cause · degraded: Claude did not finish (authentication): invalid x-api-key; 1 check denied: dmesg ·\n',
    );
    expect(detail.stdout).toContain('  strategy    api-timeout · claude\n  cost        $0.31 in 12 turns\n');
    const table = await runInProcess(['status'], { warRoom, columns: 160 });
    expect(table.stdout).toContain('degraded: Claude did not finish (authentication), 1 check denied\n');
    const json = await runInProcess(['status', '@last', '--json'], { warRoom });
    expect(JSON.parse(json.stdout)).toMatchObject({ usd: 0.312, turns: 12, qualityReasons });
  });

  it('says what it follows up, and what followed it up', async () => {
    const warRoom = aWarRoom();
    const later = requestId('2026-11-20-1435-last-week-b2b2');
    putRequest(warRoom, aRequest(later, { spec: { followUp: API_TIMEOUT } }));
    const first = await runInProcess(['status', API_TIMEOUT], { warRoom });
    expect(first.stdout).toContain(`  thread      followed up by ${later} · pending\n`);
    const second = await runInProcess(['status', later], { warRoom });
    expect(second.stdout).toContain(`  thread      follow-up of ${API_TIMEOUT}\n`);
    const json = await runInProcess(['status', later, '--json'], { warRoom });
    expect(JSON.parse(json.stdout)).toMatchObject({ id: later, followUp: API_TIMEOUT });
    expect(JSON.parse((await pipe('status', API_TIMEOUT, '--json')).stdout)).toMatchObject({ followUp: null });
  });

  it.each([
    ['an unknown id', 'nonsense', 1],
    ['an ambiguous one', '2026-11-20', 2],
  ])('fails for %s', async (_, id, code) => {
    const { exit, stdout, stderr } = await pipe('status', id);
    expect({ exit, stdout }).toEqual({ exit: code, stdout: '' });
    expect(stderr).toMatch(/^error: .*\ncause: .*\nhint: {2}/u);
  });
});
