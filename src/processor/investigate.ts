import type { TroubleshootingRequest } from '../schema/generated.ts';
import { rankHypotheses, rankingOf } from '../synthesis/rank-hypotheses.ts';
import { choosePlaybook } from './choose-playbook.ts';
import { consult } from './consult.ts';
import { createEvidenceCounter } from './evidence-counter.ts';
import { readHandedOn } from './handed-on.ts';
import { judgeLook } from './judge-look.ts';
import { lookAtTarget } from './look-at-target.ts';
import { stopSignal } from './work-facts.ts';
import type { Result, Work } from './work.ts';
import { writeReport } from './write-report.ts';

/** Collects evidence with the playbook, judges it, and writes the report. Ends early when a signal is aborted. */
export async function investigate(work: Work, request: TroubleshootingRequest): Promise<Result> {
  const { context } = work;
  const redaction = await context.createRedaction('result');
  const choice = choosePlaybook(work, request);
  const ended = phaseTimer(work);
  const look = await lookAtTarget(work, request, { loaded: choice.loaded, redaction });
  ended('collecting');
  context.failpoint('after-collect');
  work.keeper?.report({
    phase: 'investigating',
    message: 'judging the evidence',
    done: look.checks,
    total: look.checks,
  });

  const nextEvidence = createEvidenceCounter(look.evidence.length);
  const now = context.clock.now();
  const handedOn = await readHandedOn(work, request, { redaction, now, counter: nextEvidence });
  const judged = await judgeLook(look, { redaction, request, now, counter: nextEvidence, handedOn });
  const { judgement, evidence } = judged;
  const hypotheses = rankHypotheses({ judgement, focus: look.focus, ...rankingOf(choice.loaded.playbook) });
  const { strategy } = choice;
  const consultation = await consult(work, {
    ...{ request, strategy, judgement, hypotheses, evidence, redaction, nextEvidence },
    signal: stopSignal(work),
  });
  ended('investigating');
  return await writeReport(work, { request, choice, look, judged, hypotheses, consultation, redaction });
}

/** Tells how long each phase took, counted from the end of the one before it. */
function phaseTimer({ context, candidate }: Work): (phase: 'collecting' | 'investigating') => void {
  let since = context.clock.monotonicMs();
  return (phase) => {
    const now = context.clock.monotonicMs();
    context.emit({ type: 'phase-ended', id: candidate.id, phase, ms: Math.round(now - since) });
    since = now;
  };
}
