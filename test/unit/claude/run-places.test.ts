import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRunPlaces, type RunPlaces } from '../../../src/claude/run-places.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const FIRST = '2026-11-20-1430-api-timeout-k7m2' as RequestId;
const SECOND = '2026-11-20-1500-api-timeout-k7m3' as RequestId;
const CONVERSATION = { sessionId: 'session-1', costUsd: 0.5 };
const HOUR_MS = 3_600_000;

let temp: TempFolder;
let folder: string;
let nowMs: number;

beforeEach(async () => {
  temp = await createTempFolder();
  folder = join(temp.path, 'runs');
  nowMs = Date.parse('2026-11-20T14:30:00Z');
});

afterEach(async () => {
  await temp.close();
});

async function open(keepHours = 24): Promise<RunPlaces> {
  const clock = { ...systemClock, now: () => new Date(nowMs) };
  return await openRunPlaces({ folder, keepHours, clock, random: systemRandom });
}

async function keepOne(places: RunPlaces): Promise<string> {
  const place = await places.create(FIRST);
  await places.keep(place, FIRST, CONVERSATION);
  await places.leave(place);
  return place.folder;
}

it('removes the folder of a run that kept nothing', async () => {
  const places = await open();
  const place = await places.create(FIRST);
  expect((await stat(place.folder)).mode & 0o777).toBe(0o700);
  await places.leave(place);
  expect(await readdir(folder)).toEqual([]);
});

it('gives a kept conversation to one run at a time, also after a restart', async () => {
  const kept = await keepOne(await open());
  const places = await open();
  expect(await places.resume(SECOND)).toBeUndefined();
  expect(await places.resume(FIRST)).toEqual({ folder: kept, conversation: CONVERSATION });
  expect(await places.resume(FIRST)).toBeUndefined();
});

it('lets a conversation belong to the question that it answered last', async () => {
  const places = await open();
  await keepOne(places);
  const place = await places.resume(FIRST);
  if (place === undefined) throw new Error('the conversation is gone');
  await places.keep(place, SECOND, { ...CONVERSATION, costUsd: 1 });
  await places.leave(place);
  expect(await places.resume(FIRST)).toBeUndefined();
  expect((await places.resume(SECOND))?.conversation?.costUsd).toBe(1);
});

it('removes a conversation when its hours are over', async () => {
  const places = await open();
  await keepOne(places);
  nowMs += 24 * HOUR_MS;
  expect(await places.resume(FIRST)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

it('removes at start what an interrupted run left behind, and spares one that is under way', async () => {
  await mkdir(join(folder, 'left-over'), { recursive: true });
  await writeFile(join(folder, 'left-over', 'conversation.json'), '{"id":');
  const places = await open();
  expect(await readdir(folder)).toEqual([]);
  const running = await places.create(SECOND);
  await places.leave(await places.create(FIRST));
  expect(await readdir(folder)).toHaveLength(1);
  await places.leave(running);
});

it('keeps nothing when no hours are set', async () => {
  const places = await open(0);
  expect(places.keeps).toBe(false);
  await keepOne(places);
  expect(await readdir(folder)).toEqual([]);
});
