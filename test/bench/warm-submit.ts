import { submitRequest } from '../../src/client/submit-request.ts';
import { requestPath } from '../../src/domain/repository-layout.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';
import type { Room } from './fixture.ts';
import { createGitTrace } from './git-trace.ts';
import { medianOf, ratios, timingsOf, type Bench, type Part } from './measure.ts';
import { commitOnTip, fetchTip, fullClone, otherWriter, push, shallowClone, type RawClone } from './raw-git.ts';
import { draftRequest, type Draft } from './request.ts';
import { interleave, variant, type Variant } from './sampling.ts';

const NEWEST = 'submit; the cached tip is the newest';
const BEHIND = 'submit; another writer was faster';
const RAW = 'raw fetch of one commit + fast-import + push, in a full clone';
const RAW_SHALLOW = 'raw fetch of one commit + fast-import + push, in a depth-1 blobless clone';
const RAW_PUSH = 'raw fast-import + push, in a depth-1 blobless clone';

/** Sending a request from a machine that knows the war room already. */
export async function measureWarmSubmit(bench: Bench): Promise<Part> {
  const rounds = bench.isQuick ? 3 : 15;
  const groups = [];
  for (const room of bench.rooms) groups.push(await variantsFor(bench, room));
  const rooms = await interleave(groups, rounds);
  const counters = [];
  for (const room of bench.rooms) counters.push(await countSubmit(bench, room));

  const growth = rooms.map((sample) => medianOf(sample, NEWEST) / medianOf(rooms[0], NEWEST));
  return {
    measures: [
      {
        what: 'warm submit: git processes',
        atMost: 7,
        unit: 'count',
        values: counters.map(({ processes }) => processes),
        rounds: 1,
      },
      {
        what: 'warm submit: HTTP requests',
        atMost: 2,
        unit: 'count',
        values: counters.map(({ requests }) => requests),
        rounds: 1,
      },
      {
        what: 'warm submit: bytes sent',
        atMost: 2048,
        unit: 'bytes',
        values: counters.map(({ bytes }) => bytes),
        rounds: 1,
      },
      {
        what: 'warm submit ÷ raw fetch + fast-import + push',
        atMost: 0.65,
        unit: 'ratio',
        values: ratios(rooms, NEWEST, RAW),
        rounds,
      },
      {
        what: '… ÷ the same in a depth-1 blobless clone',
        unit: 'ratio',
        values: ratios(rooms, NEWEST, RAW_SHALLOW),
        rounds,
      },
      { what: '… ÷ raw fast-import + push', unit: 'ratio', values: ratios(rooms, NEWEST, RAW_PUSH), rounds },
      {
        what: 'warm submit when another writer was faster ÷ raw fetch + fast-import + push',
        unit: 'ratio',
        values: ratios(rooms, BEHIND, RAW),
        rounds,
      },
      {
        what: '… ÷ the same in a depth-1 blobless clone',
        unit: 'ratio',
        values: ratios(rooms, BEHIND, RAW_SHALLOW),
        rounds,
      },
      { what: 'warm submit ÷ warm submit with the fewest records', atMost: 2, unit: 'ratio', values: growth, rounds },
    ],
    timings: timingsOf(rooms),
  };
}

async function variantsFor(bench: Bench, room: Room): Promise<Readonly<Record<string, Variant>>> {
  const full = await fullClone(room, bench.folder);
  const shallow = await shallowClone(room, `${bench.folder}/warm-${room.name}`);
  const other = async (): Promise<void> => {
    const { id, text } = draftRequest();
    await otherWriter(room, requestPath(id), text);
  };
  const raw = (clone: RawClone): Variant =>
    variant(
      async () => {
        await fetchTip(clone);
        await other();
        return draftRequest();
      },
      async (draft) => {
        await fetchTip(clone);
        await pushDraft(clone, draft);
      },
    );
  return {
    [NEWEST]: variant(
      async () => {
        await refresh(bench, room);
        return draftRequest();
      },
      async (draft) => {
        await submit(bench, room, draft);
      },
    ),
    [BEHIND]: variant(
      async () => {
        await refresh(bench, room);
        await other();
        return draftRequest();
      },
      async (draft) => {
        await submit(bench, room, draft);
      },
    ),
    [RAW]: raw(full),
    [RAW_SHALLOW]: raw(shallow),
    [RAW_PUSH]: variant(
      async () => {
        await fetchTip(shallow);
        return draftRequest();
      },
      async (draft) => {
        await pushDraft(shallow, draft);
      },
    ),
  };
}

async function pushDraft(clone: RawClone, { id, text }: Draft): Promise<void> {
  await commitOnTip(clone, requestPath(id), text);
  await push(clone, 'refs/heads/out', 'refs/heads/main');
}

/** What one command does: opens the cache, sends, and closes it. */
async function submit(
  bench: Bench,
  room: Room,
  draft: Draft,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const warRoom = openTestWarRoom({ url: room.url, folder: bench.folder, env });
  try {
    const { inbox } = await submitRequest(warRoom, draft);
    if (inbox !== undefined) throw new Error(`the request went to the inbox: ${inbox}`);
  } finally {
    await warRoom.close();
  }
}

async function refresh(bench: Bench, room: Room): Promise<void> {
  const warRoom = openTestWarRoom({ url: room.url, folder: bench.folder });
  try {
    await warRoom.refresh({ refPrefixes: [] });
  } finally {
    await warRoom.close();
  }
}

/** Not timed: git's trace costs time too. */
async function countSubmit(
  bench: Bench,
  room: Room,
): Promise<{ readonly processes: number; readonly requests: number; readonly bytes: number }> {
  await refresh(bench, room);
  await bench.server.takeRequests();
  const trace = createGitTrace(bench.folder);
  await submit(bench, room, draftRequest(), trace.env);
  const requests = await bench.server.takeRequests();
  return {
    processes: await trace.processes(),
    requests: requests.length,
    bytes: requests.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
  };
}
