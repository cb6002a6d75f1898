import type { RedactedText } from '../domain/redacted-text.ts';
import { PAUSE_FILE } from '../domain/repository-layout.ts';
import type { Snapshot, WarRoom } from '../repository/port.ts';
import { cleanText } from '../report/untrusted.ts';
import { fileText } from '../repository/file-content.ts';

const MAX_PAUSE_BYTES = 16 * 1024;

/** The emergency brake: while the file PAUSE lies in the war room, nothing executes. */
export type PauseState =
  | { readonly kind: 'running' }
  /** Anybody may have written the file by hand, so that only its being there is certain. */
  | { readonly kind: 'paused'; readonly reason?: string; readonly by?: string; readonly at?: Date };

export async function readPause(snapshot: Snapshot, signal?: AbortSignal): Promise<PauseState> {
  const read = { maxBytes: MAX_PAUSE_BYTES, ...(signal === undefined ? {} : { signal }) };
  const content = (await snapshot.readPaths([PAUSE_FILE], read)).get(PAUSE_FILE);
  if (content === undefined) return { kind: 'running' };
  const text = fileText(content);
  return parsePause(cleanText(text ?? ''));
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

/** Removes the file; `reason` is kept in the history of the branch. A brake that is set in the secure zone stays on. */
export async function clearPause(
  warRoom: WarRoom,
  options: { readonly reason?: RedactedText; readonly signal?: AbortSignal } = {},
): Promise<{ readonly kind: 'landed'; readonly commit: string } | { readonly kind: 'already' }> {
  const { reason, signal } = options;
  const read = signal === undefined ? {} : { signal };
  const snapshot = await warRoom.refresh({ refPrefixes: [], ...read });
  if ((await readPause(snapshot, signal)).kind === 'running') return { kind: 'already' };
  const why = reason === undefined ? '' : `: ${reason.replaceAll(/\s+/gu, ' ').trim().slice(0, 200)}`;
  const outcome = await warRoom.land(
    { files: [{ path: PAUSE_FILE, content: undefined }], message: `resume execution${why}` },
    read,
  );
  return outcome.kind === 'landed' ? outcome : { kind: 'already' };
}

function formatPause(pause: { readonly reason: string; readonly by: string; readonly at: Date }): string {
  const reason = pause.reason.replaceAll(/\s+/gu, ' ').trim();
  return `reason: ${reason}\nby: ${pause.by}\nat: ${pause.at.toISOString()}\n`;
}

function parsePause(text: string): PauseState {
  const field = (name: string): string | undefined => new RegExp(`^${name}: *(.+)$`, 'mu').exec(text)?.[1]?.trim();
  const reason =
    field('reason') ??
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim();
  const by = field('by');
  const at = new Date(field('at') ?? '');
  return {
    kind: 'paused',
    ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }),
    ...(by === undefined ? {} : { by }),
    ...(Number.isNaN(at.getTime()) ? {} : { at }),
  };
}
