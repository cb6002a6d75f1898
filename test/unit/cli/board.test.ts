import { expect, it } from 'vitest';
import { renderBoard } from '../../../src/cli/render/board.ts';
import type { Style } from '../../../src/cli/context.ts';
import type { SpendToday } from '../../../src/cli/spend-today.ts';
import type { Board } from '../../../src/zone/board.ts';

const same = (text: string): string => text;
const style: Style = { bold: same, dim: same, good: same, warn: same, bad: same, accent: same };
const now = new Date('2026-11-20T14:31:00Z');
const board: Board = {
  cluster: 'hub-1',
  holder: 'processor-0',
  incarnation: 'aa',
  version: '0.1.0',
  pid: 42,
  writtenAt: '2026-11-20T14:30:59.000Z',
  paused: 'paused in the secure zone: audit',
  rows: [
    {
      id: '2026-11-20-1430-api-timeout-k7m2',
      requester: 'alice@example.com',
      attempt: 1,
      startedAt: '2026-11-20T14:30:00.000Z',
      phase: 'collecting',
      message: 'free \u001b[31mspace',
      current: { argv: ['df', '-h'], startedAt: '2026-11-20T14:30:57.000Z' },
      commands: 2,
      last: [
        { source: 'playbook', argv: ['uptime'], decision: 'allowed', status: 'ok', exit: 0, ms: 12.4 },
        { source: 'agent', argv: ['rm -rf /'], decision: 'denied', status: 'denied', ms: 0 },
      ],
      usd: 0.123,
      turns: 3,
    },
  ],
};

it('shows who runs what, command by command, without a control character of theirs', () => {
  expect(renderBoard({ kind: 'running', board }, { now, width: 120, style })).toEqual([
    'hub-1/processor-0 claude-warroom 0.1.0 pid 42',
    'paused in the secure zone: audit',
    '',
    '1  2026-11-20-1430-api-timeout-k7m2',
    '   alice@example.com · attempt 1 · collecting free space · 60 s · 2 commands · 3 turns · $0.12',
    '   exit 0       12 ms  uptime',
    '   denied        0 ms  rm -rf /',
    '   ▸ df -h  3 s',
  ]);
});

it('says what the model has cost today, and what of it sessions', () => {
  const secondLine = (spend: SpendToday): string | undefined =>
    renderBoard(
      { kind: 'running', board: { ...board, rows: [] } },
      { now, width: 120, spend, style: { ...style, warn: (text) => `! ${text}` } },
    )[2];
  expect(secondLine({ usd: 3.5, sessionUsd: 1.2, limitUsd: 100 })).toBe(
    'model today: $3.50 of $100.00, $1.20 of it by sessions',
  );
  expect(secondLine({ usd: 81, sessionUsd: 0, limitUsd: 100 })).toBe('! model today: $81.00 of $100.00');
});

it('says how each publisher is, and since when one fails', () => {
  const failure = {
    code: 'offline',
    message: 'cannot write to the object store b at s',
    since: '2026-11-20T14:30:00.000Z',
  };
  const publishers = [
    { name: 'configmap', waiting: 0 },
    { name: 's3', waiting: 2, failure },
  ] as const;
  const lines = renderBoard({ kind: 'running', board: { ...board, publishers } }, { now, width: 120, style });
  expect(lines.slice(2, 4)).toEqual([
    'publisher configmap: works',
    'publisher s3: cannot write to the object store b at s (offline), since 60 s · 2 results wait',
  ]);
});

it('fits a narrow screen', () => {
  const lines = renderBoard({ kind: 'running', board }, { now, width: 40, style });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
});

it('says when nothing runs, and when the processor is gone', () => {
  expect(renderBoard({ kind: 'running', board: { ...board, rows: [] } }, { now, width: 80, style }).at(-1)).toBe(
    'nothing runs',
  );
  expect(renderBoard({ kind: 'dead', lastSeenAt: board.writtenAt }, { now, width: 80, style })).toEqual([
    expect.stringContaining('no processor runs here; the last one was seen'),
  ]);
  expect(renderBoard({ kind: 'dead' }, { now, width: 80, style })).toEqual(['no processor runs here']);
});
