import { randomUUID } from 'node:crypto';
import { submitRequest } from '../../src/client/submit-request.ts';
import { requestPath } from '../../src/domain/repository-layout.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';
import type { Room } from './fixture.ts';
import { ratios, timingsOf, type Bench, type Part } from './measure.ts';
import { commitOnTip, push, shallowClone } from './raw-git.ts';
import { draftRequest } from './request.ts';
import { interleave, variant, type Variant } from './sampling.ts';

const COLD = 'first submit from a new machine';
const RAW = 'raw depth-1 blobless clone + fast-import + push';

/** Sending a request from a machine that has never seen the war room. */
export async function measureColdSubmit(bench: Bench): Promise<Part> {
  const rounds = bench.isQuick ? 3 : 9;
  const rooms = await interleave(
    bench.rooms.map((room) => variantsFor(bench, room)),
    rounds,
  );
  return {
    measures: [
      {
        what: 'cold submit ÷ raw depth-1 blobless clone + fast-import + push',
        atMost: 1.2,
        unit: 'ratio',
        values: ratios(rooms, COLD, RAW),
        rounds,
      },
    ],
    timings: timingsOf(rooms),
  };
}

function variantsFor(bench: Bench, room: Room): Readonly<Record<string, Variant>> {
  const prepare = () => Promise.resolve({ ...draftRequest(), name: `cold-${randomUUID()}` });
  return {
    [COLD]: variant(prepare, async ({ name, ...draft }) => {
      const warRoom = openTestWarRoom({ url: room.url, folder: bench.folder, cache: name });
      try {
        await submitRequest(warRoom, draft);
      } finally {
        await warRoom.close();
      }
    }),
    [RAW]: variant(prepare, async ({ name, id, text }) => {
      const clone = await shallowClone(room, `${bench.folder}/${name}`);
      await commitOnTip(clone, requestPath(id), text);
      await push(clone, 'refs/heads/out', 'refs/heads/main');
    }),
  };
}
