import type { BrakeSource, ResumedEvent } from '../admission/ledger-format.ts';
import { isWarroomError } from '../domain/errors.ts';
import { describePause, parsePause, type PauseNote } from '../domain/pause.ts';
import { PAUSE_FILE, resumePath, signaturePath } from '../domain/repository-layout.ts';
import { sha256 } from '../lib/digest.ts';
import { cleanText } from '../report/untrusted.ts';
import { fileText } from '../repository/file-content.ts';
import type { Snapshot } from '../repository/port.ts';
import type { Presence } from '../schema/generated.ts';
import { readPauseFile, takeResumeNote } from '../zone/pause-file.ts';
import { checkResume } from './check-resume.ts';
import type { ProcessorContext } from './context.ts';

type Pause = NonNullable<Presence['paused']>;

export type BrakeContext = Pick<
  ProcessorContext,
  'settings' | 'warRoom' | 'ledger' | 'clock' | 'emit' | 'createRedaction' | 'verifyAdministrator'
>;

export interface BrakeOptions {
  /** Text of WARROOM_PAUSE; undefined when it is not set. */
  readonly environment: string | undefined;
  /** Called when the brake was set: what runs must stop now. */
  readonly onSet: () => void;
  /** Called after each change, so that the next look comes at once. */
  readonly onChange: () => void;
}

const MAX_PAUSE_BYTES = 1024 * 1024;
const MAX_RESUME_BYTES = 16 * 1024;

/**
 * The emergency brake of one processor. It is set while at least one source is.
 *
 * environment  WARROOM_PAUSE, for the life of the process
 * zone         a file in the zone; looked at twice a second and before anything starts
 * repository   PAUSE in the war room, looked at with every poll; where trust is required, a PAUSE that was seen once
 *              stays until an administrator signed its end, whatever happens to the file
 * history      the branch was rewritten and nobody has said that this was intended
 */
export class Brake {
  readonly #context: BrakeContext;
  readonly #options: BrakeOptions;
  readonly #pauses = new Map<BrakeSource | 'history', Pause>();
  #zoneNote: string | undefined;
  #looking: Promise<void> = Promise.resolve();
  #toldResume = '';

  constructor(context: BrakeContext, options: BrakeOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Why nothing may run; undefined when something may. */
  get pause(): Pause | undefined {
    for (const source of ['zone', 'environment', 'history', 'repository'] as const) {
      const pause = this.#pauses.get(source);
      if (pause !== undefined) return pause;
    }
    return undefined;
  }

  get isSet(): boolean {
    return this.#pauses.size > 0;
  }

  /** Set in the zone itself: then nothing leaves either, for it may have been pulled because of what leaves. */
  get isSetInZone(): boolean {
    return this.#pauses.has('zone') || this.#pauses.has('environment');
  }

  /** What the ledger and the environment say at the start, before anything else happens. */
  async open(): Promise<void> {
    const { environment } = this.#options;
    await this.#settle('environment', environment === undefined ? undefined : { reason: environment });
    const standing = this.#context.ledger.pausedBy('repository');
    if (standing !== undefined) {
      const note = { reason: standing.reason, ...(standing.who === undefined ? {} : { by: standing.who }) };
      this.#set('repository', pauseOf('repository', note, standing.sha256));
    }
    await this.lookAtZone();
  }

  /** Cheap: one file. Whatever starts something asks this first. */
  async lookAtZone(): Promise<void> {
    // Several ask at once, and each change is written down once.
    const look = this.#looking.then(() => this.#lookAtZone());
    this.#looking = look.catch(() => undefined);
    await look;
  }

  async #lookAtZone(): Promise<void> {
    const note = await readPauseFile(this.#context.settings.pauseFile);
    const said = note === undefined ? undefined : describePause(note);
    if (said === this.#zoneNote && this.#pauses.has('zone') === (note !== undefined)) return;
    this.#zoneNote = said;
    await this.#settle('zone', note);
  }

  /** Looks for PAUSE in the newest state of the war room, and for what lifts it. */
  async lookAtWarRoom(snapshot: Snapshot): Promise<void> {
    const look = this.#looking.then(() => this.#lookAtWarRoom(snapshot));
    this.#looking = look.catch(() => undefined);
    await look;
  }

  async #lookAtWarRoom(snapshot: Snapshot): Promise<void> {
    const { ledger, settings } = this.#context;
    const content = (await snapshot.readPaths([PAUSE_FILE], { maxBytes: MAX_PAUSE_BYTES })).get(PAUSE_FILE);
    const standing = ledger.pausedBy('repository');
    if (content !== undefined) {
      const bytes = content.kind === 'bytes' ? content.bytes : undefined;
      const digest = bytes === undefined ? standing?.sha256 : sha256(bytes);
      if (standing !== undefined && standing.sha256 === digest && this.#pauses.has('repository')) return;
      await this.#settle('repository', parsePause(cleanText(fileText(content) ?? '')), digest);
      return;
    }
    if (standing === undefined) {
      this.#clear('repository');
      return;
    }
    if (settings.trust === 'open') {
      await this.#settle('repository', undefined);
      return;
    }
    await this.#liftSigned(snapshot);
  }

  /** History is judged by the loop; here it only stops things. */
  setHistory(pause: Pause | undefined): void {
    if (pause === undefined) this.#clear('history');
    else this.#set('history', pause);
  }

  /** PAUSE is gone; where trust is required that alone lifts nothing, because anybody who can push can remove it. */
  async #liftSigned(snapshot: Snapshot): Promise<void> {
    const { ledger, warRoom, clock, verifyAdministrator, emit } = this.#context;
    const standing = ledger.pausedBy('repository');
    if (standing === undefined) return;
    const path = resumePath(standing.sha256 ?? '');
    const files = await snapshot.readPaths([path, signaturePath(path)], { maxBytes: MAX_RESUME_BYTES });
    const document = files.get(path);
    const signature = fileText(files.get(signaturePath(path)));
    const note = { reason: standing.reason, ...(standing.who === undefined ? {} : { by: standing.who }) };
    if (document?.kind !== 'bytes' || verifyAdministrator === undefined) {
      this.#set('repository', removedUnsigned(note, standing.sha256));
      return;
    }
    const verdict = await checkResume({
      bytes: document.bytes,
      signature,
      pause: standing,
      repository: { address: warRoom.address, isLocal: warRoom.isLocal },
      ledger,
      verify: verifyAdministrator,
      now: clock.now(),
    });
    if (verdict.kind === 'refused') {
      const message = `the resume in the war room lifts nothing: ${verdict.message}`;
      if (this.#toldResume !== message) emit({ type: 'warning', code: `resume-${verdict.code}`, message });
      this.#toldResume = message;
      this.#set('repository', removedUnsigned(note, standing.sha256));
      return;
    }
    const { nonce, reason } = verdict.resume.spec;
    const resumed = { event: 'resumed', by: 'repository', who: verdict.principal, reason, nonce } as const;
    await ledger.append(resumed);
    this.#clear('repository', resumed);
  }

  /** Writes down what has changed at a source, and makes it so. */
  async #settle(source: BrakeSource, note: PauseNote | undefined, digest?: string): Promise<void> {
    const { ledger } = this.#context;
    const standing = ledger.pausedBy(source);
    if (note === undefined) {
      const resumed = standing === undefined ? undefined : await this.#resumedAt(source);
      if (resumed !== undefined) await ledger.append(resumed);
      this.#clear(source, resumed);
      return;
    }
    const reason = await this.#safe(note.reason ?? 'no reason was given');
    const who = note.by === undefined ? undefined : await this.#safe(note.by);
    // First it stops, then it is written down.
    this.#set(source, pauseOf(source, { reason, ...(who === undefined ? {} : { by: who }) }, digest));
    if (standing?.reason === reason && standing.who === who && standing.sha256 === digest) return;
    await ledger.append({
      event: 'paused',
      by: source,
      reason,
      ...(who === undefined ? {} : { who }),
      ...(digest === undefined ? {} : { sha256: digest }),
    });
  }

  /** Who lifted the brake of the zone stands in a note beside it. */
  async #resumedAt(source: BrakeSource): Promise<ResumedEvent> {
    const note = source === 'zone' ? await takeResumeNote(this.#context.settings.stateDir) : undefined;
    return {
      event: 'resumed',
      by: source,
      ...(note?.by === undefined ? {} : { who: await this.#safe(note.by) }),
      ...(note?.reason === undefined ? {} : { reason: await this.#safe(note.reason) }),
    };
  }

  /** Anybody may have written it, and it is announced. */
  async #safe(text: string): Promise<string> {
    try {
      return (await (await this.#context.createRedaction()).redact(text)).slice(0, 500);
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      return 'a text that could not be made safe to show';
    }
  }

  #set(source: BrakeSource | 'history', pause: Pause): void {
    const before = this.#pauses.get(source);
    this.#pauses.set(source, pause);
    if (before?.message === pause.message) return;
    this.#context.emit({ type: 'paused', by: source, message: pause.message });
    this.#options.onSet();
    this.#options.onChange();
  }

  #clear(source: BrakeSource | 'history', by: Pick<ResumedEvent, 'who' | 'reason'> = {}): void {
    if (!this.#pauses.delete(source)) return;
    this.#toldResume = '';
    const { who, reason } = by;
    this.#context.emit({
      type: 'resumed',
      by: source,
      ...(who === undefined ? {} : { who }),
      ...(reason === undefined ? {} : { reason }),
    });
    this.#options.onChange();
  }
}

function pauseOf(source: BrakeSource, note: PauseNote, digest?: string): Pause {
  const said = describePause(note);
  const message = (text: string): string => text.slice(0, 300);
  switch (source) {
    case 'zone':
      return {
        code: 'paused',
        message: message(`paused in the secure zone: ${said}`),
        hint: 'only its administrator lifts it: claude-warroom resume --zone -c FILE',
      };
    case 'environment':
      return {
        code: 'paused',
        message: message(`paused in the secure zone: ${said}`),
        hint: 'unset WARROOM_PAUSE there',
      };
    case 'repository':
      return {
        code: 'paused',
        message: message(`the file PAUSE lies in the war room: ${said}`),
        hint: 'claude-warroom resume --reason …',
        ...(digest === undefined ? {} : { pauseSha256: digest }),
      };
  }
}

function removedUnsigned(note: PauseNote, digest: string | undefined): Pause {
  return {
    code: 'resume-unsigned',
    message: `PAUSE was removed, but nobody who may has signed that work goes on: ${describePause(note)}`.slice(0, 300),
    hint: 'claude-warroom resume --reason …',
    ...(digest === undefined ? {} : { pauseSha256: digest }),
  };
}
