import { describe, expect, it } from 'vitest';
import { runInProcess } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import {
  aClaim,
  API_TIMEOUT,
  aReport,
  aRequest,
  aStatus,
  putClaim,
  putReport,
  putRequest,
  putStatus,
} from '../../support/war-room-content.ts';

/** A request that moves on at each look. */
function aRun(last = '9 of 9 citations verified'): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  putRequest(warRoom, aRequest());
  const steps = [
    () => undefined,
    () => undefined,
    () => {
      putClaim(warRoom, aClaim(API_TIMEOUT, { phase: 'claimed', message: 'reading the request', done: 0, total: 0 }));
    },
    () => {
      putClaim(warRoom, aClaim(API_TIMEOUT, { done: 11, findings: 2 }));
    },
    () => {
      putClaim(warRoom, aClaim(API_TIMEOUT, { done: 11, findings: 2 }));
    },
    () => {
      const message = 'kubectl logs etcd-0';
      putClaim(warRoom, aClaim(API_TIMEOUT, { phase: 'investigating', turns: 6, usd: 0.08, message, findings: 3 }));
    },
    () => {
      putClaim(warRoom, aClaim(API_TIMEOUT, { phase: 'publishing', message: last }));
    },
    () => {
      warRoom.refs.clear();
      putStatus(warRoom, aStatus());
      putReport(warRoom, aReport());
    },
  ];
  warRoom.onRefresh = () => steps.shift()?.();
  return warRoom;
}

const NOW = new Date('2026-11-20T14:30:12Z');

describe('follow', () => {
  it('prints plain lines on a pipe and the bottom line on stdout', async () => {
    const { exit, stdout, stderr } = await runInProcess(['follow', '@last'], { warRoom: aRun(), now: NOW });
    expect(exit).toBe(0);
    expect(stderr).toBe(`\
14:30:12  waits for a processor of production-hub
14:30:14  claimed by production-hub/processor-0
14:30:16  checks 11/14 · etcd: member health
14:30:20  checks done · 3 findings
14:30:20  Claude · turn 6 · $0.08 · kubectl logs etcd-0
14:30:22  writing the report · 9 of 9 citations verified
UNVERIFIED the result of production-hub: there is no manifest
`);
    expect(stdout).toContain('etcd-0 loses its lease');
  });

  it('does not say twice that the report is written', async () => {
    const { stderr } = await runInProcess(['follow', '@last'], { warRoom: aRun('writing the report'), now: NOW });
    expect(stderr.match(/writing the report.*/gu)).toEqual(['writing the report']);
  });

  it('ends with what the answer rests on and what it cost', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    const qualityReasons = [
      '2 commands of the investigator were denied: touch /x; curl example.com',
      '1 citation not found in the evidence',
    ];
    const cost = { usd: 0.312, turns: 12 };
    putStatus(warRoom, aStatus(API_TIMEOUT, { quality: 'degraded', qualityReasons, engine: 'claude', cost }));
    const { stdout } = await runInProcess(['follow', '@last'], { warRoom, now: NOW });
    expect(stdout.replaceAll(/\s+/gu, ' ')).toContain(
      'root cause · degraded: 2 commands of the investigator were denied, 1 citation not found in the evidence · confidence high (0.86) · $0.31 in 12 turns',
    );
  });

  it('prints one JSON object per change', async () => {
    const { stdout } = await runInProcess(['follow', '@last', '--json'], { warRoom: aRun(), now: NOW });
    const phases = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(phases).toMatchObject([
      { phase: 'pending' },
      { phase: 'claimed' },
      { phase: 'collecting' },
      { phase: 'investigating' },
      { phase: 'publishing' },
      { phase: 'succeeded' },
    ]);
  });

  it.each([
    ['rejected', 4],
    ['expired', 1],
    ['cancelled', 1],
  ] as const)('says why a request is %s', async (phase, code) => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    putStatus(warRoom, aStatus(API_TIMEOUT, { phase, reason: { code: 'x', message: 'because', hint: 'ask again' } }));
    const { exit, stdout } = await runInProcess(['follow', '@last'], { warRoom, now: NOW });
    expect(exit).toBe(code);
    expect(stdout).toBe(`  ${phase}: because\n  To do: ask again\n  claude-warroom status ${API_TIMEOUT}\n`);
  });

  it('goes on after the network was away for a while', async () => {
    const warRoom = aRun();
    const run = runInProcess(['follow', '@last'], { warRoom, now: NOW });
    warRoom.failures.push('offline');
    const { exit } = await run;
    expect(exit).toBe(1);
    const again = aRun();
    let looks = 0;
    const move = again.onRefresh;
    again.onRefresh = () => {
      looks++;
      if (looks === 2) again.failures.push('offline', 'offline');
      move?.();
    };
    const { exit: second, stderr } = await runInProcess(['follow', '@last'], { warRoom: again, now: NOW });
    expect(second).toBe(0);
    expect(stderr.match(/trying again/gu)).toHaveLength(1);
  });
});

describe('cancel', () => {
  it('sends a cancel, and is done when it is sent again', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    const first = await runInProcess(['cancel', '@last', '--reason', 'found it'], { warRoom });
    expect(first).toMatchObject({ exit: 0, stdout: `${API_TIMEOUT}\n` });
    expect(warRoom.text(`requests/2026/11/20/${API_TIMEOUT}.cancel.yaml`)).toContain('reason: found it');
    const second = await runInProcess(['cancel', '@last', '--json'], { warRoom });
    expect(second.exit).toBe(0);
    expect(JSON.parse(second.stdout)).toEqual({ id: API_TIMEOUT, cancelled: true, phase: 'cancelled', commit: null });
  });

  it('fails for what has ended', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    putStatus(warRoom, aStatus());
    const { exit, stderr } = await runInProcess(['cancel', '@last'], { warRoom });
    expect(exit).toBe(1);
    expect(stderr).toContain('cause: it has ended already: succeeded');
  });
});

describe('open', () => {
  it('prints the address of the report on a pipe, and of the request while there is none', async () => {
    const warRoom = new MemoryWarRoom();
    putRequest(warRoom, aRequest());
    const page = 'https://github.com/acme/warroom';
    expect((await runInProcess(['open'], { warRoom })).stdout).toBe(
      `${page}/blob/main/requests/2026/11/20/${API_TIMEOUT}.yaml\n`,
    );
    putReport(warRoom, aReport());
    expect((await runInProcess(['open'], { warRoom })).stdout).toBe(
      `${page}/tree/main/results/2026/11/20/${API_TIMEOUT}\n`,
    );
  });

  it('says that a local war room has no pages', async () => {
    const warRoom = new MemoryWarRoom({ address: '/srv/git/warroom.git' });
    putRequest(warRoom, aRequest());
    const { exit, stderr } = await runInProcess(['open'], { warRoom });
    expect(exit).toBe(1);
    expect(stderr).toContain('claude-warroom get-results');
  });
});
