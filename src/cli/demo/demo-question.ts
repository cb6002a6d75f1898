import { draftRequest } from '../../client/draft-request.ts';
import { refreshRequests } from '../../client/list-requests.ts';
import { readReports } from '../../client/read-report.ts';
import type { RequestView } from '../../client/request-view.ts';
import { submitRequest } from '../../client/submit-request.ts';
import type { DocumentSigner } from '../../client/document-signer.ts';
import type { ResultVerification } from '../../client/verify-result.ts';
import { WarroomError } from '../../domain/errors.ts';
import { INDEX_FILE } from '../../domain/repository-layout.ts';
import type { RequestId } from '../../domain/request-id.ts';
import type { Report } from '../../schema/generated.ts';
import type { CliContext } from '../context.ts';
import { EXIT, exitCodeOfRequest } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { verifyAnswer } from '../verification.ts';
import { waitForRequest } from '../wait.ts';
import type { EngineName } from './choose-engine.ts';
import { reasonOf, type DemoProcessor } from './demo-processor.ts';
import { DEMO_CLUSTER, type DemoPlaces } from './demo-war-room.ts';

const QUESTION = 'Is this machine healthy? Look at load, memory, disks, services and the network.';

/** The checks of one machine take seconds, and a model some minutes; whatever takes longer than this is stuck. */
const LIMIT_SECONDS = { diagnostics: 120, claude: 600 } as const satisfies Record<EngineName, number>;
/** For the processor to say that its time was over. */
const GRACE_SECONDS = 15;
const INDEX_MS = 3000;

export interface DemoAnswer {
  readonly view: RequestView;
  readonly report: Report | undefined;
  /** Whether the processor signed it. */
  readonly checked: readonly ResultVerification[];
}

/** Who asks in a demo, with a key of its own. */
export interface DemoAsker {
  readonly engineer: string;
  readonly signer: DocumentSigner;
}

/** Sends the question as `investigate` does, and follows it as `follow` does. */
export async function askDemoQuestion(
  context: CliContext,
  demo: {
    readonly places: DemoPlaces;
    readonly engine: EngineName;
    readonly processor: DemoProcessor;
    readonly asker: DemoAsker;
    readonly isKept: boolean;
  },
): Promise<DemoAnswer> {
  const { io, env, clock, random } = context;
  const { places, engine, processor, isKept, asker } = demo;
  const { openWarRoom } = await import('../../composition.ts');
  const { repository, cacheDir } = places;
  const limitSeconds = LIMIT_SECONDS[engine];
  const warRoom = await openWarRoom({ repository, cacheDir, env });
  // A processor that dies would otherwise be waited for in vain.
  const signal = AbortSignal.any([context.signal, processor.failed]);
  try {
    const { engineer, signer } = asker;
    const ready = draftRequest(
      {
        name: 'health of this host',
        description: QUESTION,
        targets: [{ name: DEMO_CLUSTER, type: 'host' }],
        strategy: 'general',
        timeoutSeconds: limitSeconds,
        engine,
      },
      { engineer, repository: warRoom.address, now: clock.now(), random },
    );
    io.err(`${io.errorStyle.bold('question')}   ${QUESTION}`);
    const signature = signer.kind === 'key' ? await signer.sign(ready.text, 'request') : undefined;
    const sent = await submitRequest(warRoom, { ...ready, signature }, { signal });
    io.err(`${io.errorStyle.good('✔')} sent     ${sent.id}   signed as ${engineer}`);
    const session: Session = {
      context: { ...context, signal },
      warRoom,
      defaults: {},
      signer: () => Promise.resolve(signer),
      verification: { mode: 'pin', pinFile: places.pinFile },
      principal: () => Promise.resolve(engineer),
    };
    const view = await waitForRequest(session, sent.id, { timeoutMs: (limitSeconds + GRACE_SECONDS) * 1000 });
    if (view === undefined || exitCodeOfRequest(view) === EXIT.pending) throw stuck(limitSeconds + GRACE_SECONDS);
    const snapshot = await refreshRequests(warRoom, { signal });
    const [first] = await readReports(snapshot, sent.id, signal);
    const checked = await verifyAnswer(session, { view, snapshot });
    if (isKept) await waitForIndex(session, sent.id);
    return { view, report: first?.report, checked };
  } catch (error) {
    throw processor.failed.aborted ? reasonOf(processor.failed) : error;
  } finally {
    await warRoom.close();
  }
}

/** The index page follows the result within one look of the processor; who browses the files begins with it. */
async function waitForIndex({ context, warRoom }: Session, id: RequestId): Promise<void> {
  const { clock, signal } = context;
  const endMs = clock.monotonicMs() + INDEX_MS;
  while (clock.monotonicMs() < endMs) {
    const snapshot = await warRoom.refresh({ refPrefixes: [], signal });
    const content = (await snapshot.readPaths([INDEX_FILE], { maxBytes: 1024 * 1024, signal })).get(INDEX_FILE);
    if (content?.kind === 'bytes' && Buffer.from(content.bytes).includes(id)) return;
    await clock.sleep(100, signal);
  }
}

function stuck(seconds: number): WarroomError {
  return new WarroomError('timeout', 'the demo got no answer', {
    why: `its processor said nothing for ${seconds} s`,
    hint: 'run it again with -v and look at what the processor says',
  });
}
