import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RedactedText } from '../../../src/domain/redacted-text.ts';
import { parseRequestId, type RequestId } from '../../../src/domain/request-id.ts';
import { openPublisherQueue, type PublisherQueue } from '../../../src/publisher/queue.ts';
import { countWaiting, publisherFolder } from '../../../src/publisher/waiting.ts';
import { withTempFolder } from '../../support/temp-folder.ts';
import { redacted } from '../../support/war-room-rig.ts';

function idOf(number: number): RequestId {
  const id = parseRequestId(`2026-11-20-1430-r${String(number).padStart(3, '0')}-k7m2`);
  if (id === undefined) throw new Error('no id');
  return id;
}

async function open(folder: string, limits: { maxEntries?: number; maxBytes?: number } = {}): Promise<PublisherQueue> {
  const verify = async (text: string): Promise<RedactedText> => await redacted(text);
  return await openPublisherQueue({ folder, verify, maxEntries: 10, maxBytes: 1000, ...limits });
}

describe('the queue of a publisher', () => {
  it('outlives its process, oldest first, and is counted without one', async () => {
    await withTempFolder(async (stateDir) => {
      const folder = publisherFolder(stateDir, 's3');
      expect(await countWaiting(stateDir, 's3')).toBe(0);
      const queue = await open(folder);
      await queue.put(idOf(2), [{ name: 'b', text: await redacted('second') }]);
      await queue.put(idOf(1), [{ name: 'a', text: await redacted('first') }]);
      const again = await open(folder);
      expect(again.ids()).toEqual([idOf(1), idOf(2)]);
      expect(await again.read(idOf(1))).toEqual([{ name: 'a', text: 'first' }]);
      expect(await countWaiting(stateDir, 's3')).toBe(2);
      await again.remove(idOf(1));
      expect(again.size).toBe(1);
    });
  });

  it('drops the oldest when there are too many, or too many bytes', async () => {
    await withTempFolder(async (folder) => {
      const few = await open(join(folder, 'few'), { maxEntries: 2 });
      const text = await redacted('x'.repeat(100));
      await few.put(idOf(1), [{ name: 'a', text }]);
      await few.put(idOf(2), [{ name: 'a', text }]);
      expect(await few.put(idOf(3), [{ name: 'a', text }])).toEqual([idOf(1)]);
      const small = await open(join(folder, 'small'), { maxBytes: 300 });
      await small.put(idOf(1), [{ name: 'a', text }]);
      await small.put(idOf(2), [{ name: 'a', text }]);
      expect(await small.put(idOf(3), [{ name: 'a', text }])).toEqual([idOf(1)]);
      expect(small.ids()).toEqual([idOf(2), idOf(3)]);
    });
  });

  it('forgets what was never completed, and says when a file is damaged', async () => {
    await withTempFolder(async (folder) => {
      const queue = await open(folder);
      await queue.put(idOf(1), [{ name: 'a', text: await redacted('text') }]);
      await writeFile(join(folder, `${idOf(1)}.json`), '{"half');
      await writeFile(join(folder, `${idOf(2)}.json.new`), '[]');
      const again = await open(folder);
      expect(again.ids()).toEqual([idOf(1)]);
      expect(await again.read(idOf(1))).toBeUndefined();
      await expect(readFile(join(folder, `${idOf(2)}.json.new`))).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });
});
