import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Patience } from '../../../src/processor/patience.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { API_TIMEOUT as ID, requestId } from '../../support/war-room-content.ts';

const MINUTE_MS = 60_000;
const START = new Date('2026-11-20T14:30:00Z');
let folder: TempFolder;

beforeEach(async () => {
  folder = await createTempFolder('patience');
});

afterEach(async () => {
  await folder.close();
});

/** A process that starts so many minutes after the first one, with a monotonic clock that begins at 0. */
async function startAfter(
  minutes: number,
): Promise<{ patience: Patience; clock: ReturnType<typeof createManualClock> }> {
  const clock = createManualClock(new Date(START.getTime() + minutes * MINUTE_MS));
  const patience = new Patience({ file: join(folder.path, 'waits.json'), clock });
  await patience.load();
  return { patience, clock };
}

describe('waiting for a cluster', () => {
  it('goes on after a restart instead of beginning anew', async () => {
    const first = await startAfter(0);
    expect(first.patience.isOver(ID, 'hub-a pending', 5 * MINUTE_MS)).toBe(false);
    first.clock.advance(2 * MINUTE_MS);
    await first.patience.save();

    const second = await startAfter(4);
    expect(second.patience.isOver(ID, 'hub-a pending', 5 * MINUTE_MS)).toBe(false);
    second.clock.advance(MINUTE_MS);
    expect(second.patience.isOver(ID, 'hub-a pending', 5 * MINUTE_MS)).toBe(true);
    // Another state has its own time.
    expect(second.patience.isOver(ID, 'hub-a claimed', 5 * MINUTE_MS)).toBe(false);
  });

  it('waits no longer than anew when the clock was set back', async () => {
    const first = await startAfter(60);
    first.patience.isOver(ID, 'hub-a pending', 5 * MINUTE_MS);
    await first.patience.save();
    const second = await startAfter(0);
    expect(second.patience.isOver(ID, 'hub-a pending', 5 * MINUTE_MS)).toBe(false);
    second.clock.advance(5 * MINUTE_MS);
    expect(second.patience.isOver(ID, 'hub-a pending', 5 * MINUTE_MS)).toBe(true);
  });

  it('forgets what is no longer waited for', async () => {
    const other = requestId('2026-11-20-1431-other-k7m3');
    const { patience } = await startAfter(0);
    for (const id of [ID, other]) patience.isOver(id, 'hub-a pending', MINUTE_MS);
    patience.forgetAllBut(new Set([other]));
    await patience.save();
    const kept = JSON.parse(await readFile(join(folder.path, 'waits.json'), 'utf8')) as Record<string, unknown>;
    expect(kept).toEqual({ [other]: { 'hub-a pending': START.toISOString() } });
  });

  it.each(['', 'null', '[]', '{"x": 1}', `{"${ID}": {"hub-a pending": "yesterday"}}`, `{"${ID}": [1]}`])(
    'begins anew with a file that holds %s',
    async (text) => {
      await writeFile(join(folder.path, 'waits.json'), text);
      const { patience } = await startAfter(60);
      expect(patience.isOver(ID, 'hub-a pending', MINUTE_MS)).toBe(false);
    },
  );
});
