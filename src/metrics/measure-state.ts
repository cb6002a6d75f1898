import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readDaySpend } from '../claude/spend-book.ts';
import { parseRequestId } from '../domain/request-id.ts';
import { roomOn } from '../lib/volume.ts';
import type { MetricUpdate } from './updates.ts';

/** What lies in the state folder, measured when somebody asks. What cannot be measured keeps its last value. */
export async function measureState(stateDir: string, now: Date): Promise<readonly MetricUpdate[]> {
  const measured = await Promise.allSettled([
    measureDisk(stateDir),
    measureLedger(stateDir),
    measureOutbox(stateDir),
    measureSpend(stateDir, now),
  ]);
  return measured.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
}

async function measureDisk(stateDir: string): Promise<readonly MetricUpdate[]> {
  const { bytes, ofBytes } = await roomOn(stateDir);
  return [gauge('claude_warroom_state_free_bytes', bytes), gauge('claude_warroom_state_size_bytes', ofBytes)];
}

async function measureLedger(stateDir: string): Promise<readonly MetricUpdate[]> {
  return [gauge('claude_warroom_ledger_size_bytes', (await stat(join(stateDir, 'ledger.jsonl'))).size)];
}

async function measureOutbox(stateDir: string): Promise<readonly MetricUpdate[]> {
  const outbox = join(stateDir, 'outbox');
  const ids = (await readdir(outbox)).filter((name) => parseRequestId(name) !== undefined);
  const held = await Promise.all(ids.map(async (id) => await isHeld(join(outbox, id, 'meta.json'))));
  return [
    gauge('claude_warroom_outbox_results', ids.length),
    gauge('claude_warroom_held_results', held.filter(Boolean).length),
  ];
}

/** Investigations and sessions together, as the limit of the day counts them. */
async function measureSpend(stateDir: string, now: Date): Promise<readonly MetricUpdate[]> {
  const { usd, sessionUsd } = await readDaySpend(join(stateDir, 'spend.json'), now);
  return [
    gauge('claude_warroom_model_spend_today_usd', usd),
    gauge('claude_warroom_model_session_spend_today_usd', sessionUsd),
  ];
}

/** False for what was published in this moment. */
async function isHeld(metaFile: string): Promise<boolean> {
  const text = await readFile(metaFile, 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { readonly isHeld?: boolean }).isHeld === true;
}

function gauge(metric: MetricUpdate['metric'], value: number): MetricUpdate {
  return { metric, action: 'set', value };
}
