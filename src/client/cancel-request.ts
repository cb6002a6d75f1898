import { isTerminal, type TerminalPhase } from '../domain/phase.ts';
import { cancelPath, inboxRef, signaturePath } from '../domain/repository-layout.ts';
import type { Clock } from '../lib/clock.ts';
import { randomHex, type RandomBytes } from '../lib/random-text.ts';
import type { WarRoom } from '../repository/port.ts';
import type { Cancel } from '../schema/generated.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { RequestView } from './request-view.ts';

export type CancelOutcome =
  | { readonly kind: 'sent'; readonly path: string; readonly commit: string; readonly isSigned: boolean }
  /** It had ended, or somebody asked for the same before. */
  | { readonly kind: 'ended'; readonly phase: TerminalPhase }
  | { readonly kind: 'already-asked' };

export interface CancelOptions {
  readonly engineer: string;
  readonly reason?: string | undefined;
  /** Detached signature over the text; undefined when it goes out unsigned. */
  readonly sign: (text: string) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly signal?: AbortSignal;
}

/** Withdraws a request. What runs already is stopped by its processor within one poll. */
export async function cancelRequest(
  warRoom: WarRoom,
  view: RequestView,
  options: CancelOptions,
): Promise<CancelOutcome> {
  if (view.isCancelRequested) return { kind: 'already-asked' };
  if (view.phase !== 'invalid' && isTerminal(view.phase)) return { kind: 'ended', phase: view.phase };
  const cancel: Cancel = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Cancel',
    metadata: { name: view.id, timestamp: options.clock.now().toISOString(), engineer: options.engineer },
    spec: {
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      nonce: randomHex(16, options.random),
    },
  };
  const path = cancelPath(view.id);
  const text = formatYaml('Cancel', cancel);
  const signature = await options.sign(text);
  const signatures = signature === undefined ? [] : [{ path: signaturePath(path), content: signature }];
  const { commit } = await warRoom.submit(
    {
      files: [{ path, content: text }, ...signatures],
      message: `cancel ${view.id}`,
      inboxRef: inboxRef(warRoom.refNamespace, view.id, 'cancel'),
    },
    options.signal === undefined ? {} : { signal: options.signal },
  );
  return { kind: 'sent', path, commit, isSigned: signature !== undefined };
}
