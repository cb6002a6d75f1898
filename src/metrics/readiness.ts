import type { ProcessorEvent } from '../domain/events.ts';

/**
 * starting  trust, policy, ledger and target are being opened
 * opened    all of that is loaded; the war room was not seen yet
 * ready     the war room was seen once; a remote that is lost later does not make a processor unready
 * stopping  takes nothing new
 */
export type Readiness = 'starting' | 'opened' | 'ready' | 'stopping';

export function nextReadiness(now: Readiness, event: ProcessorEvent): Readiness {
  if (event.type === 'stopping' || event.type === 'stopped' || now === 'stopping') return 'stopping';
  if (event.type === 'started' && now === 'starting') return 'opened';
  return event.type === 'synced' ? 'ready' : now;
}

/** One line for whoever asks why. */
export function describeReadiness(now: Readiness): string {
  switch (now) {
    case 'starting':
      return 'trust and policy are not loaded yet';
    case 'opened':
      return 'the war room was not seen yet';
    case 'ready':
      return 'ok';
    case 'stopping':
      return 'stopping';
  }
}
