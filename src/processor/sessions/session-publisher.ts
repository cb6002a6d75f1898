import { isWarroomError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/request-id.ts';
import { sessionResultFolder, sessionStatePath } from '../../domain/session-layout.ts';
import { fileText } from '../../repository/file-content.ts';
import type { Snapshot } from '../../repository/port.ts';
import type { SessionState } from '../../schema/generated.ts';
import { formatYaml } from '../../schema/format-document.ts';
import type { ShownTranscript } from '../../session/record-page.ts';
import { keepFiles, keptPath } from '../../zone/kept-files.ts';
import type { SessionContext } from './session-context.ts';
import type { WaitingDocument } from './session-documents.ts';
import { sessionRecord } from './session-record.ts';

/** Writes what becomes of sessions into the war room. */
export class SessionPublisher {
  readonly #context: SessionContext;
  /** Text of the state that is there, by session. */
  readonly #told = new Map<RequestId, string>();

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Where a living session stands; nothing when the war room says so already, or when pushes are scarce. */
  async tell(id: RequestId, state: SessionState, snapshot: Snapshot): Promise<void> {
    const { warRoom, pushBudget } = this.#context;
    const redaction = await this.#context.createRedaction();
    const content = await redaction.redact(formatYaml('SessionState', state));
    const path = sessionStatePath(id);
    if (!this.#told.has(id)) {
      const there = fileText((await snapshot.readPaths([path], { maxBytes: 64 * 1024 })).get(path));
      if (there !== undefined) this.#told.set(id, there);
    }
    if (this.#told.get(id) === content || (!warRoom.isLocal && !pushBudget.tryTake())) return;
    const change = { files: [{ path, content }], message: `session ${id}: ${state.phase}\n`, within: [path] };
    try {
      await warRoom.land(change, { attempts: 3 });
    } catch (error) {
      // The next look tells it.
      if (!isWarroomError(error)) throw error;
      return;
    }
    this.#told.set(id, content);
  }

  /** The record of a session that is over, once; the ledger knows it afterwards. */
  async conclude(
    ledgerId: string,
    state: SessionState & { readonly id: RequestId },
    shown: ShownTranscript,
  ): Promise<void> {
    const { warRoom, ledger, emit, pushBudget } = this.#context;
    const { id } = state;
    const folder = sessionResultFolder(id);
    const { files, isWithheld } = await sessionRecord(this.#context, state, await this.#disclosed(id, state, shown));
    if (isWithheld) emit({ type: 'warning', code: 'redaction', message: `the conversation of ${id} is withheld` });
    pushBudget.take();
    const outcome = await warRoom.land(
      {
        files: [...files].map(([path, content]) => ({ path: `${folder}/${path}`, content })),
        message: `session ${id}: ${state.phase}\n`,
        within: [`${folder}/`],
        absent: [`${folder}/manifest.json`],
      },
      { attempts: 20 },
    );
    // When it is there already, the answer to an earlier push was lost.
    const commit = outcome.kind === 'landed' ? outcome.commit : (ledger.tip ?? '');
    const phase = state.phase === 'refused' ? 'rejected' : 'succeeded';
    await ledger.append({ event: 'published', id: ledgerId, phase, commit });
    this.#told.delete(id);
  }

  /** A cluster that keeps evidence back, or lets a person look first, keeps conversations back too. */
  async #disclosed(id: RequestId, state: SessionState, shown: ShownTranscript): Promise<ShownTranscript> {
    const { settings, createRedaction } = this.#context;
    const { publish, hold } = settings.disclosure;
    if (shown.kind === 'absent' || (publish === 'full' && !hold)) return shown;
    const redaction = await createRedaction('result');
    const lines = shown.transcript.said.map((line) => `${JSON.stringify(line)}\n`).join('');
    const text = await redaction.redact(lines);
    await keepFiles(keptPath(settings.stateDir, 'kept', `session-${id}`), new Map([['transcript.jsonl', text]]));
    return { kind: 'absent', why: `The conversation stays in the zone of ${state.cluster}.` };
  }

  /** What waits in the inbox goes to its place on the branch, byte for byte. */
  async bringHome({ path, files, ref }: WaitingDocument): Promise<void> {
    const { warRoom } = this.#context;
    const outcome = await warRoom.land({
      files: [],
      authored: files,
      message: 'session from the inbox\n',
      within: files.map((file) => file.path),
      absent: [path],
      deleteRefs: [ref],
    });
    if (outcome.kind === 'exists') await warRoom.deleteRefs([ref]);
  }
}
