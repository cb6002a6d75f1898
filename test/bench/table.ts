import { listRequests } from '../../src/client/list-requests.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';
import type { Room } from './fixture.ts';
import { createGitTrace } from './git-trace.ts';
import type { Bench, Part, Timing } from './measure.ts';
import { timed } from './sampling.ts';

/** The table of the newest fifty requests, as `status` shows it. */
export async function measureTable(bench: Bench): Promise<Part> {
  const fetches: number[] = [];
  const again: number[] = [];
  const cold: number[] = [];
  const rows: number[] = [];
  const firstTimes: number[][] = [];
  const againTimes: number[][] = [];
  for (const room of bench.rooms) {
    const fresh = await showTable(bench, room, `table-cold-${room.name}`);
    cold.push(fresh.fetches);
    const cache = `table-${room.name}`;
    await openMirror(bench, room, cache);
    const first = await showTable(bench, room, cache);
    const second = await showTable(bench, room, cache);
    fetches.push(first.fetches);
    again.push(second.fetches);
    rows.push(first.rows);
    firstTimes.push([first.ms]);
    againTimes.push([second.ms]);
  }
  const count = { unit: 'count', rounds: 1 } as const;
  const timings: readonly Timing[] = [
    { what: 'table, contents not here yet', times: firstTimes },
    { what: 'table, nothing new', times: againTimes },
  ];
  return {
    measures: [
      { what: 'table of 50: fetches, contents not here yet', atMost: 2, values: fetches, ...count },
      { what: '… nothing new', values: again, ...count },
      { what: '… on a new machine', values: cold, ...count },
      { what: '… rows', values: rows, ...count },
    ],
    timings,
  };
}

async function openMirror(bench: Bench, room: Room, cache: string): Promise<void> {
  const warRoom = openTestWarRoom({ url: room.url, folder: bench.folder, cache });
  try {
    await warRoom.refresh({ refPrefixes: [] });
  } finally {
    await warRoom.close();
  }
}

async function showTable(
  bench: Bench,
  room: Room,
  cache: string,
): Promise<{ readonly fetches: number; readonly rows: number; readonly ms: number }> {
  const trace = createGitTrace(bench.folder);
  const warRoom = openTestWarRoom({ url: room.url, folder: bench.folder, cache, env: trace.env });
  try {
    let rows = 0;
    const ms = await timed(async () => {
      rows = (await listRequests(warRoom, { now: new Date() })).length;
    });
    return { fetches: await trace.commands('fetch'), rows, ms };
  } finally {
    await warRoom.close();
  }
}
