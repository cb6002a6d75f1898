import { evidenceId, type Evidence } from '../domain/evidence.ts';
import type { Hypothesis, Judgement } from '../domain/finding.ts';
import type { Clock } from '../lib/clock.ts';
import { judgeRules, type JudgedRule } from '../playbook/evaluate-rules.ts';
import type { Inputs } from '../playbook/expand.ts';
import { runPlaybook, type OtherPlace, type PlaybookRun, type StepEvent } from '../playbook/run-playbook.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { checkJudgement } from '../report/citations.ts';
import type { Playbook } from '../schema/generated.ts';
import { judgeOutcome, type JudgedOutcome } from '../synthesis/judge-outcome.ts';
import { judgeRun } from '../synthesis/judge-run.ts';
import { rankHypotheses, rankingOf } from '../synthesis/rank-hypotheses.ts';
import type { Target } from '../target/port.ts';

export interface DiagnoseOptions {
  readonly playbook: Playbook;
  readonly target: Target;
  readonly targets?: Readonly<Partial<Record<OtherPlace, Target>>>;
  readonly inputs: Inputs;
  /** Whether steps may run a reader inside a container. */
  readonly allowsExec?: boolean;
  readonly redaction: Redaction;
  /** Tells the capture time. */
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onStep?: (event: StepEvent) => void;
}

/** What a playbook says about a target, without a request and without a model. */
export interface Diagnosis {
  readonly run: PlaybookRun;
  readonly rules: readonly JudgedRule[];
  /** Redacted, with citations checked. */
  readonly judgement: Judgement;
  readonly hypotheses: readonly Hypothesis[];
  readonly assessment: JudgedOutcome;
  readonly evidence: readonly Evidence[];
}

/** Runs a playbook and judges it exactly as a processor does. */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis> {
  const { playbook, redaction, inputs } = options;
  let count = 0;
  const run = await runPlaybook({
    onStep: () => undefined,
    ...options,
    judge: judgeRun,
    nextEvidence: () => evidenceId(++count),
  });
  const sources = { ...run, playbook };
  const rules = judgeRules(sources);
  const redacted = await redaction.redactValue(judgeRun(sources, rules));
  const evidence: Evidence[] = [];
  for (const item of run.evidence) evidence.push({ ...item, text: await redaction.redact(item.text) });
  const judgement = checkJudgement(redacted, evidence);
  const hypotheses = rankHypotheses({
    judgement,
    ...rankingOf(playbook),
    // Whoever runs a playbook by hand names what it is about by its inputs.
    focus: { resources: namesOf(playbook, inputs) },
  });
  const assessment = judgeOutcome({ judgement, hypotheses, deniedRequested: [] });
  return { run, rules, judgement, hypotheses, assessment, evidence };
}

const NAME_TYPES = ['k8s-name', 'unit', 'host', 'path', 'string'];

function namesOf({ spec }: Playbook, inputs: Inputs): readonly string[] {
  return Object.entries(spec.inputs ?? {}).flatMap(([name, { type, from }]) => {
    const value = inputs[name];
    // What the processor fills in names the whole target: it would favour every finding on one side of it.
    return value === undefined || from === 'target' || !NAME_TYPES.includes(type) ? [] : [value];
  });
}
