import type { Diagnosis } from '../../src/diagnose/diagnose.ts';
import { replayRecording } from '../../src/diagnose/replay-recording.ts';
import { isProblem, type Finding } from '../../src/domain/finding.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { LoadedPlaybook } from '../../src/playbook/load-playbooks.ts';
import type { Redaction } from '../../src/redaction/create-redaction.ts';
import type { EvalCase } from './eval-case.ts';
import type { ExpectedCause } from './fault.ts';

/** What a playbook made of one case. */
export interface CaseScore {
  readonly id: string;
  readonly playbook: string;
  /** Codes that are right; empty for a healthy target. */
  readonly expected: readonly ExpectedCause[];
  /** Place of the first right hypothesis, from 1; undefined when there is none, and for healthy targets. */
  readonly rank?: number;
  /** Hypotheses, the likeliest first, as `CODE object`. */
  readonly hypotheses: readonly string[];
  /** Findings at or above warning. */
  readonly problems: readonly string[];
  readonly outcome: string;
  /** Rules that could not be judged, and rules that apply. */
  readonly unknownRules: number;
  readonly rules: number;
  /** Judging alone: a recording answers at once. */
  readonly ms: number;
  /** How long the steps took on the machine that was recorded. */
  readonly liveMs?: number;
  readonly development?: EvalCase['development'];
}

export interface JudgingTools {
  readonly playbooks: readonly LoadedPlaybook[];
  readonly clock: Clock;
  readonly createRedaction: () => Redaction;
}

/** Replays the recording of a case as `playbook run --from DIR` does. Throws when the case cannot be replayed. */
export async function judgeCase(
  { id, folder, evalCase }: { readonly id: string; readonly folder: string; readonly evalCase: EvalCase },
  { playbooks, clock, createRedaction }: JudgingTools,
): Promise<CaseScore> {
  const loaded = playbooks.find(({ playbook }) => playbook.metadata.id === evalCase.playbook);
  if (loaded === undefined) throw new Error(`${id}: there is no playbook ${evalCase.playbook}`);
  const startedMs = clock.monotonicMs();
  const replayed = await replayRecording(folder, {
    ...{ playbook: loaded.playbook, clock, redaction: createRedaction(), inputs: evalCase.inputs },
    ...(evalCase.now === undefined ? {} : { now: evalCase.now }),
  });
  if (replayed.kind === 'invalid') throw new Error(`${id}: ${replayed.problems.join('; ')}`);
  if (replayed.kind === 'no-recording') throw new Error(`${id}: no recording in ${folder}`);
  return scoreOf(replayed.diagnosis, { id, evalCase, ms: Math.round(clock.monotonicMs() - startedMs) });
}

interface Judged {
  readonly id: string;
  readonly evalCase: EvalCase;
  readonly ms: number;
}

export function scoreOf(diagnosis: Diagnosis, { id, evalCase, ms }: Judged): CaseScore {
  const { judgement, hypotheses, assessment, rules } = diagnosis;
  const findings = new Map(judgement.findings.map((finding) => [finding.id, finding]));
  const named = [...hypotheses]
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ finding }) => {
      const found = findings.get(finding);
      return found === undefined ? [] : [found];
    });
  const place = named.findIndex((finding) => evalCase.causes.some((cause) => isCause(finding, cause)));
  const applying = rules.filter(({ verdict }) => verdict.kind !== 'not-applicable');
  return {
    ...{ id, playbook: evalCase.playbook, expected: evalCase.causes },
    ...(place === -1 ? {} : { rank: place + 1 }),
    hypotheses: named.map(describe),
    problems: judgement.findings.filter(isProblem).map(describe),
    outcome: assessment.outcome,
    unknownRules: applying.filter(({ verdict }) => verdict.kind === 'unknown').length,
    ...{ rules: applying.length, ms },
    ...(evalCase.liveMs === undefined ? {} : { liveMs: evalCase.liveMs }),
    ...(evalCase.development === undefined ? {} : { development: evalCase.development }),
  };
}

function isCause(finding: Finding, { code, object, title = '', cites }: ExpectedCause): boolean {
  return (
    finding.code === code &&
    (object === undefined || finding.object === object) &&
    finding.title.includes(title) &&
    (cites === undefined || finding.citations.some(({ quote, verified }) => verified && quote.includes(cites)))
  );
}

function describe({ code, object }: Finding): string {
  return object === '' ? code : `${code} ${object}`;
}

/** The right cause among the first three hypotheses, or nothing found on a healthy target. */
export function isRight({ expected, rank, problems }: CaseScore): boolean {
  return expected.length === 0 ? problems.length === 0 : rank !== undefined;
}
