import { isWarroomError } from '../domain/errors.ts';
import { backoffDelayMs } from '../lib/backoff.ts';
import { isDiskFull } from '../lib/disk-full.ts';
import { dispositionOf } from './disposition.ts';
import { failureRecord } from './failure-record.ts';
import { begin } from './steps/begin.ts';
import { claim } from './steps/claim.ts';
import { leaveInbox } from './steps/leave-inbox.ts';
import { produce } from './steps/produce.ts';
import { publish } from './steps/publish.ts';
import { recheck } from './steps/recheck.ts';
import { store } from './steps/store.ts';
import { verify } from './steps/verify.ts';
import { NEXT, STOP, type StepOutcome, type Work, type WorkStep } from './work.ts';

/**
 * One candidate from the decision to its terminal record: ordered steps of one signature. A step says what happens
 * next; an error is turned into that by src/processor/disposition.ts.
 *
 * claim        compare-and-set of the claim ref: it decides who works
 * recheck      newest look: somebody may have finished, cancelled or paused in the meantime
 * verify       signature under the keys of this moment
 * begin        attempt in the ledger, flushed before anything runs
 * leave-inbox  an inbox request is put on the branch, with the first status
 * produce      the investigation, or the record of a decision
 * store        result in the outbox, flushed
 * publish      result and end of the claim in one atomic push
 */
const STEPS: readonly (readonly [name: string, step: WorkStep])[] = [
  ['claim', claim],
  ['recheck', recheck],
  ['verify', verify],
  ['begin', begin],
  ['leave-inbox', leaveInbox],
  ['produce', produce],
  ['store', store],
  ['publish', publish],
];

const RETRY = { firstMs: 250, maxMs: 5000 };
const MAX_RETRIES = 4;
const FULL_DISK_MS = 2000;

/** Runs all steps. Resolves when there is a terminal record, when it waits in the outbox, or when the work was left. */
export async function carryOut(work: Work): Promise<void> {
  try {
    for (const [name, step] of STEPS) {
      if ((await attempt(work, name, step)).kind === 'stop') return;
    }
  } finally {
    await work.keeper?.stop();
  }
}

async function attempt(work: Work, name: string, step: WorkStep): Promise<StepOutcome> {
  const { context, candidate } = work;
  for (let tries = 0; ; tries++) {
    let outcome: StepOutcome;
    try {
      outcome = await step(work);
    } catch (error) {
      outcome = await settle(work, name, error, tries);
    }
    if (outcome.kind !== 'retry') return outcome;
    context.emit({ type: 'progress', id: candidate.id, phase: name, message: 'tried again' });
    await context.clock.sleep(outcome.afterMs, work.signal);
  }
}

/** Turns a failure of a step into what happens next. */
async function settle(work: Work, name: string, error: unknown, tries: number): Promise<StepOutcome> {
  const { context, candidate } = work;
  const disposition = dispositionOf(error);
  if (disposition === 'crash') throw error;
  // The result is still in memory and the claim is kept alive: it is stored as soon as there is room.
  if (name === 'store' && isDiskFull(error) && !work.signal.aborted) {
    const message = `${candidate.id}: its result cannot be stored, the disk is full; it is tried again until there is room`;
    if (tries === 0) context.emit({ type: 'disk-full', message });
    return { kind: 'retry', afterMs: FULL_DISK_MS };
  }
  if (disposition === 'retry' && tries < MAX_RETRIES) {
    return { kind: 'retry', afterMs: backoffDelayMs(RETRY, tries, Math.random) };
  }
  context.emit({
    type: 'warning',
    code: isWarroomError(error) ? error.code : 'bug',
    message: `${candidate.id}: ${name} failed: ${error instanceof Error ? error.message : 'unknown'}`,
  });
  // Nothing has run yet: the attempt does not count, and a later cycle takes up the claim that is left.
  if (name === 'leave-inbox' && work.move.kind === 'investigate') {
    await context.ledger.append({ event: 'handed-back', id: candidate.id, attempt: work.move.attempt, ms: 0 });
  }
  // What is stored already is published by a later cycle; before that, only a failed investigation is told.
  if (name !== 'produce' || work.signal.aborted) return STOP;
  work.result = await failureRecord(work, 'failed', {
    code: isWarroomError(error) ? error.code : 'internal',
    message: isWarroomError(error) ? error.message : 'the processor met an error that nobody foresaw',
    hint: 'see the log of the processor, then send the request again',
  });
  return NEXT;
}
