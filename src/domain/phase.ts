import type { Report, Status } from '../schema/generated.ts';

/**
 * The life of a request.
 *
 * pending        written, nobody has claimed it
 * claimed        a processor owns it by a claim ref
 * collecting     its playbook runs
 * investigating  the evidence is judged
 * publishing     the result is redacted and pushed
 * succeeded      a report exists (its outcome may be inconclusive)
 * failed         no attempt led to a report
 * timed-out      the time of the request was over
 * cancelled      its requester, or an administrator, withdrew it
 * rejected       it was not admitted
 * expired        nobody claimed it in time
 */
export type Phase = Status['phase'] | 'pending';
export type TerminalPhase = Report['phase'];
export type Outcome = NonNullable<Status['outcome']>;
export type Quality = NonNullable<Status['quality']>;

const TERMINAL: ReadonlySet<string> = new Set<TerminalPhase>([
  'succeeded',
  'failed',
  'timed-out',
  'cancelled',
  'rejected',
  'expired',
]);

export function isTerminal(phase: Phase): phase is TerminalPhase {
  return TERMINAL.has(phase);
}

/** The phase, when it is an end; asking for that of anything else is a fault of the program. */
export function terminalPhase(phase: Phase): TerminalPhase {
  if (isTerminal(phase)) return phase;
  throw new Error(`phase ${phase} is not the end of a request`);
}
