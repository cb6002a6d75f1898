import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLockHeld } from '../lib/lock-file.ts';
import type { PublisherState } from '../publisher/port.ts';

/** What runs in a zone now, for its administrator. All text is redacted. */
export interface Board {
  readonly cluster: string;
  readonly holder: string;
  readonly incarnation: string;
  readonly version: string;
  readonly pid: number;
  readonly writtenAt: string;
  readonly paused?: string;
  /** Places besides Git that results go to; absent when there are none. */
  readonly publishers?: readonly PublisherState[];
  readonly rows: readonly BoardRow[];
}

export interface BoardRow {
  readonly id: string;
  readonly requester: string;
  readonly attempt: number;
  readonly startedAt: string;
  readonly phase: string;
  readonly message: string;
  readonly current?: { readonly argv: readonly string[]; readonly startedAt: string };
  /** Commands that have ended. */
  readonly commands: number;
  readonly last: readonly BoardCommand[];
  readonly usd: number;
  readonly turns: number;
}

export interface BoardCommand {
  readonly source: 'playbook' | 'agent';
  readonly argv: readonly string[];
  readonly decision: 'allowed' | 'denied';
  readonly status: string;
  readonly exit?: number;
  readonly ms: number;
}

export type BoardState =
  | { readonly kind: 'running'; readonly board: Board }
  /** A processor died and left its board, or none runs. */
  | { readonly kind: 'dead'; readonly lastSeenAt?: string };

export function boardFile(stateDir: string): string {
  return join(stateDir, 'running.json');
}

/** The board, as long as the processor that wrote it lives. */
export async function readBoard(stateDir: string): Promise<BoardState> {
  const text = await readFile(boardFile(stateDir), 'utf8').catch(() => undefined);
  const board = text === undefined ? undefined : (JSON.parse(text) as Board);
  const isAlive = await isLockHeld(join(stateDir, 'lock'));
  if (board !== undefined && isAlive) return { kind: 'running', board };
  return { kind: 'dead', ...(board === undefined ? {} : { lastSeenAt: board.writtenAt }) };
}
