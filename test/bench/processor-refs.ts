import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { claimRef, claimRefPrefix, inboxRefPrefix, presenceRefPrefix } from '../../src/domain/repository-layout.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openProcessorWarRoom } from '../../src/repository/git/open-git-war-room.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import { formatJson } from '../../src/schema/format-document.ts';
import { closedEnvironment } from '../support/closed-environment.ts';
import { git } from '../support/git-rig.ts';
import { aClaim } from '../support/war-room-content.ts';
import { redacted } from '../support/war-room-rig.ts';
import type { Room } from './fixture.ts';
import { ratios, timingsOf, type Bench, type Part } from './measure.ts';
import { commitOrphan, dropRefs, push, shallowClone, type RawClone } from './raw-git.ts';
import { draftRequest } from './request.ts';
import { interleave, variant, type Variant } from './sampling.ts';

const NAMESPACE = 'refs/warroom';
const CLUSTER = 'production-hub';
const PREFIXES = [
  claimRefPrefix(NAMESPACE, CLUSTER),
  inboxRefPrefix(NAMESPACE),
  `${presenceRefPrefix(NAMESPACE)}${CLUSTER}/`,
];

const POLL = 'poll that finds nothing new';
const RAW_POLL = 'raw ls-remote --heads';
const CLAIM = 'claim';
const RAW_CLAIM = 'raw fast-import of an orphan commit + push';
const RAW_CLAIM_PUSH = 'raw push of an orphan commit that is built already';

/** What a processor does with the war room all day: looking, and claiming. */
export async function measureProcessorRefs(bench: Bench): Promise<Part> {
  const rounds = bench.isQuick ? 5 : 21;
  const desks = [];
  for (const room of bench.rooms) desks.push(await openDesk(bench, room));
  try {
    const polls = await interleave(desks.map(pollVariants), rounds);
    const claims = await interleave(desks.map(claimVariants), rounds);
    const bytes = [];
    for (const { warRoom } of desks) bytes.push(await countPoll(bench, warRoom));
    return {
      measures: [
        {
          what: 'idle poll ÷ raw ls-remote --heads',
          atMost: 1.15,
          unit: 'ratio',
          values: ratios(polls, POLL, RAW_POLL),
          rounds,
        },
        { what: 'idle poll: bytes sent and received', atMost: 1024, unit: 'bytes', values: bytes, rounds: 1 },
        {
          what: 'claim ÷ raw fast-import + push of one orphan commit',
          atMost: 1.2,
          unit: 'ratio',
          values: ratios(claims, CLAIM, RAW_CLAIM),
          rounds,
        },
        {
          what: '… ÷ the push alone',
          unit: 'ratio',
          values: ratios(claims, CLAIM, RAW_CLAIM_PUSH),
          rounds,
        },
      ],
      timings: [...timingsOf(polls), ...timingsOf(claims)],
    };
  } finally {
    for (const { warRoom } of desks) await warRoom.close();
  }
}

interface Desk {
  readonly room: Room;
  readonly warRoom: WarRoom;
  readonly clone: RawClone;
}

async function openDesk(bench: Bench, room: Room): Promise<Desk> {
  const stateDir = join(bench.folder, `processor-${room.name}`);
  await mkdir(join(stateDir, 'home'), { recursive: true });
  const warRoom = openProcessorWarRoom({
    repository: { url: room.url, branch: 'main', refNamespace: NAMESPACE },
    clock: systemClock,
    committer: { name: 'Bench', email: 'bench@example.com' },
    stateDir,
    path: closedEnvironment()['PATH'] ?? '',
    credentials: { readToken: () => Promise.resolve(undefined) },
  });
  return { room, warRoom, clone: await shallowClone(room, join(bench.folder, `refs-${room.name}`)) };
}

function pollVariants({ warRoom, clone }: Desk): Readonly<Record<string, Variant>> {
  const nothing = () => Promise.resolve();
  return {
    [POLL]: variant(nothing, () => warRoom.refresh({ refPrefixes: PREFIXES })),
    [RAW_POLL]: variant(nothing, () => git(['ls-remote', '--heads', 'origin'], { cwd: clone.path })),
  };
}

function claimVariants({ room, warRoom, clone }: Desk): Readonly<Record<string, Variant>> {
  const prepare = async () => {
    await dropRefs(room, claimRefPrefix(NAMESPACE));
    const { id } = draftRequest();
    return { ref: claimRef(NAMESPACE, CLUSTER, id), content: await redacted(formatJson('Claim', aClaim(id))) };
  };
  return {
    [CLAIM]: variant(prepare, async ({ ref, content }) => {
      const outcome = await warRoom.setRef({ ref, expected: undefined, file: { path: 'claim.json', content } });
      if (outcome.kind !== 'set') throw new Error(`the claim was ${outcome.kind}`);
    }),
    [RAW_CLAIM]: variant(prepare, async ({ ref, content }) => {
      await commitOrphan(clone, 'refs/heads/claim', 'claim.json', content);
      await push(clone, 'refs/heads/claim', ref);
    }),
    [RAW_CLAIM_PUSH]: variant(
      async () => {
        const claim = await prepare();
        await commitOrphan(clone, 'refs/heads/claim', 'claim.json', claim.content);
        return claim;
      },
      ({ ref }) => push(clone, 'refs/heads/claim', ref),
    ),
  };
}

async function countPoll(bench: Bench, warRoom: WarRoom): Promise<number> {
  await warRoom.refresh({ refPrefixes: PREFIXES });
  await bench.server.takeRequests();
  await warRoom.refresh({ refPrefixes: PREFIXES });
  const requests = await bench.server.takeRequests();
  return requests.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0);
}
