import { formatPause, parsePause, type PauseNote } from '../domain/pause.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import { PAUSE_FILE, RESUMED_FILE, resumePath, signaturePath } from '../domain/repository-layout.ts';
import { sha256 } from '../lib/digest.ts';
import { randomHex, type RandomBytes } from '../lib/random-text.ts';
import type { AuthoredFile, Snapshot, WarRoom } from '../repository/port.ts';
import { cleanText } from '../report/untrusted.ts';
import { fileText } from '../repository/file-content.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { Resume } from '../schema/generated.ts';

const MAX_PAUSE_BYTES = 1024 * 1024;

/** The emergency brake: while the file PAUSE lies in the war room, nothing executes. */
export type PauseState =
  | { readonly kind: 'running' }
  /** Anybody may have written the file by hand, so that only its being there is certain. */
  | ({ readonly kind: 'paused' } & PauseNote);

export async function readPause(snapshot: Snapshot, signal?: AbortSignal): Promise<PauseState> {
  const read = { maxBytes: MAX_PAUSE_BYTES, ...(signal === undefined ? {} : { signal }) };
  const content = (await snapshot.readPaths([PAUSE_FILE], read)).get(PAUSE_FILE);
  if (content === undefined) return { kind: 'running' };
  const text = fileText(content);
  return { kind: 'paused', ...parsePause(cleanText(text ?? '')) };
}

/** Sets the brake. Whoever may push may do so; `exists` when it is set already. */
export async function setPause(
  warRoom: WarRoom,
  pause: { readonly reason: string; readonly by: string; readonly at: Date },
  options: { readonly redact: (text: string) => Promise<RedactedText>; readonly signal?: AbortSignal },
): Promise<{ readonly kind: 'landed'; readonly commit: string } | { readonly kind: 'already' }> {
  const content = await options.redact(formatPause(pause));
  const outcome = await warRoom.land(
    { files: [{ path: PAUSE_FILE, content }], message: 'pause execution', absent: [PAUSE_FILE] },
    options.signal === undefined ? {} : { signal: options.signal },
  );
  return outcome.kind === 'landed' ? outcome : { kind: 'already' };
}

/** How the end of a pause is signed; where nobody demands it, none is. */
export interface ResumeSigning {
  readonly engineer: string;
  readonly reason: string;
  readonly at: Date;
  readonly random: RandomBytes;
  /** Digests of pauses that processors have seen, also of a PAUSE that was removed since. */
  readonly alsoLift: readonly string[];
  /** Detached signature over the text. */
  readonly sign: (text: string) => Promise<string>;
}

/** A signed resume lifts nothing after this; processors look within minutes. */
const RESUME_LIFE_MS = 3_600_000;

export type ClearOutcome =
  | { readonly kind: 'landed'; readonly commit: string; readonly signedFor: readonly string[] }
  | { readonly kind: 'already' };

/**
 * Removes the file, and with `signing` puts a signed document beside it for each pause that is to end. `reason` goes into
 * RESUMED: a commit message is read by the host too, which would call the people and close the issues that it names. A
 * brake that is set in the secure zone stays on.
 */
export async function clearPause(
  warRoom: WarRoom,
  options: { readonly reason?: RedactedText; readonly signing?: ResumeSigning; readonly signal?: AbortSignal } = {},
): Promise<ClearOutcome> {
  const { reason, signing, signal } = options;
  const read = signal === undefined ? {} : { signal };
  const snapshot = await warRoom.refresh({ refPrefixes: [], ...read });
  const content = (await snapshot.readPaths([PAUSE_FILE], { maxBytes: MAX_PAUSE_BYTES, ...read })).get(PAUSE_FILE);
  const digests = new Set(signing?.alsoLift ?? []);
  if (content?.kind === 'bytes' && signing !== undefined) digests.add(sha256(content.bytes));
  if (content === undefined && digests.size === 0) return { kind: 'already' };
  const authored: AuthoredFile[] = [];
  if (signing !== undefined) {
    for (const digest of digests) {
      authored.push(...(await signedResume(digest, { ...signing, repository: warRoom.address })));
    }
  }
  const removed = content === undefined ? [] : [{ path: PAUSE_FILE, content: undefined }];
  const why = reason === undefined ? [] : [{ path: RESUMED_FILE, content: reason }];
  const outcome = await warRoom.land({ files: [...removed, ...why], authored, message: 'resume execution' }, read);
  if (outcome.kind !== 'landed') return { kind: 'already' };
  return { ...outcome, signedFor: signing === undefined ? [] : [...digests] };
}

async function signedResume(
  digest: string,
  { engineer, reason, at, random, sign, repository }: ResumeSigning & { readonly repository: string },
): Promise<readonly AuthoredFile[]> {
  const resume: Resume = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Resume',
    metadata: { timestamp: at.toISOString(), engineer },
    spec: {
      pauseSha256: digest,
      reason: reason.replaceAll(/\s+/gu, ' ').trim().slice(0, 500),
      repository,
      nonce: randomHex(16, random),
      expiresAt: new Date(at.getTime() + RESUME_LIFE_MS).toISOString(),
    },
  };
  const path = resumePath(digest);
  const content = formatYaml('Resume', resume);
  return [
    { path, content },
    { path: signaturePath(path), content: await sign(content) },
  ];
}
