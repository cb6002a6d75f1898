import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger, type Ledger } from '../../../src/admission/ledger.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const DAY_MS = 86_400_000;
const accepted = { event: 'accepted', id: 'a', sha256: '1'.repeat(64), nonce: 'n1', requester: 'alice' } as const;

let temp: TempFolder;
let file: string;
let clock = createManualClock();
const opened: Ledger[] = [];

beforeEach(async () => {
  temp = await createTempFolder('ledger');
  file = join(temp.path, 'state', 'ledger.jsonl');
  clock = createManualClock();
});

afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close();
  await temp.close();
});

async function open(limits: { keepMs?: number; maxBytes?: number } = {}): Promise<Ledger> {
  const ledger = await openLedger({ file, clock, keepMs: 30 * DAY_MS, maxBytes: 1_000_000, ...limits });
  opened.push(ledger);
  return ledger;
}

describe('threat 18: the ledger', () => {
  it('remembers over a restart what was accepted, started and published', async () => {
    const first = await open();
    expect(first.isNew).toBe(true);
    await first.append(accepted);
    await first.append({ event: 'started', id: 'a', attempt: 1, incarnation: 'i1' });
    await first.append({ event: 'published', id: 'a', phase: 'succeeded', commit: 'c' });
    await first.append({ event: 'tip', commit: 'tip-1' });
    const second = await open();
    expect(second.isNew).toBe(false);
    expect(second.tip).toBe('tip-1');
    expect(second.requestWithNonce('n1')).toBe('a');
    expect(second.request('a')).toEqual({
      sha256: accepted.sha256,
      nonce: 'n1',
      attempts: 1,
      phase: 'succeeded',
      isPublished: true,
    });
    expect(second.firstStart).toEqual(new Date('2026-11-20T14:30:00Z'));
  });

  it('does not count an attempt that was handed back', async () => {
    const ledger = await open();
    await ledger.append({ event: 'started', id: 'a', attempt: 1, incarnation: 'i1' });
    await ledger.append({ event: 'handed-back', id: 'a', attempt: 1 });
    expect(ledger.request('a')?.attempts).toBe(0);
  });

  it('cuts a torn last line and goes on', async () => {
    await (await open()).append(accepted);
    await appendFile(file, '0123456789abcdef {"event":"tip","com');
    const ledger = await open();
    expect(ledger.request('a')?.sha256).toBe(accepted.sha256);
    await ledger.append({ event: 'tip', commit: 'next' });
    expect((await open()).tip).toBe('next');
  });

  it.each([
    ['a flipped bit', (text: string) => text.replace('"alice"', '"alicf"')],
    ['a removed line', (text: string) => text.split('\n').toSpliced(1, 1).join('\n')],
  ])('refuses to start after %s and names the line', async (_, damage) => {
    const ledger = await open();
    await ledger.append(accepted);
    await ledger.append({ event: 'tip', commit: 'one' });
    await ledger.append({ event: 'tip', commit: 'two' });
    await writeFile(file, damage(await readFile(file, 'utf8')));
    await expect(open()).rejects.toThrow(/ledger\.jsonl:[12]$/u);
  });

  it('drops old entries at a start, keeps the tip, and goes on with a chain of its own', async () => {
    const ledger = await open();
    await ledger.append(accepted);
    await ledger.append({ event: 'tip', commit: 'old-tip' });
    clock.advance(40 * DAY_MS);
    const later = await open();
    expect(later.request('a')).toBeUndefined();
    expect(later.tip).toBe('old-tip');
    expect(later.firstStart).toBeUndefined();
    await later.append({ event: 'tip', commit: 'new-tip' });
    expect((await open()).tip).toBe('new-tip');
  });

  it('remembers over restarts and over dropped entries which brake is set, and which documents have lifted one', async () => {
    const ledger = await open();
    const pause = {
      event: 'paused',
      by: 'repository',
      reason: 'freeze',
      who: 'alice',
      sha256: 'a'.repeat(64),
    } as const;
    await ledger.append({ event: 'paused', by: 'zone', reason: 'audit' });
    await ledger.append(pause);
    await ledger.append({ event: 'resumed', by: 'zone', who: 'root' });
    await ledger.append({ event: 'tip', commit: 'tip' });
    clock.advance(40 * DAY_MS);
    const later = await open();
    expect(later.pausedBy('zone')).toBeUndefined();
    expect(later.pausedBy('repository')).toMatchObject({ ...pause, at: new Date('2026-11-20T14:30:00Z') });
    await later.append({ event: 'resumed', by: 'repository', nonce: 'n1' });
    const last = await open();
    expect(last.pausedBy('repository')).toBeUndefined();
    expect([last.hasResumed('n1'), last.hasResumed('n2')]).toEqual([true, false]);
  });

  it('writes lines in order when many append at once', async () => {
    const ledger = await open();
    await Promise.all(Array.from({ length: 20 }, (_, index) => ledger.append({ event: 'tip', commit: String(index) })));
    expect((await open()).tip).toBe('19');
  });
});
