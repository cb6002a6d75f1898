import type { Evidence } from '../domain/evidence.ts';
import type { Judgement } from '../domain/finding.ts';
import type { StepData } from './parse-output.ts';
import type { Cite } from './quote.ts';
import { quotedPlaces } from './quoted-places.ts';
import { recordTooLong } from './record-too-long.ts';
import type { PlaybookCommand, RecordedStep, Redactor, StepRun } from './run-step.ts';
import { partsOf, type StepPart, type StepResult } from './step-result.ts';

/** What runs of steps are once everything has its evidence id. */
export interface RecordedRuns {
  readonly steps: readonly StepResult[];
  readonly evidence: readonly Evidence[];
  readonly commands: readonly PlaybookCommand[];
}

export interface RecordOptions {
  readonly redaction: Redactor;
  readonly nextEvidence: () => string;
  /** Judges the runs as they will be judged; asked only when something is too long to be recorded. */
  readonly judge: (
    seen: Pick<RecordedRuns, 'steps' | 'evidence'>,
    cite: Cite,
  ) => Pick<Judgement, 'findings' | 'changes'>;
}

/** Records what ran. Of an output that is too long for one file of evidence, everything that is quoted is recorded. */
export async function recordRuns(runs: readonly StepRun[], options: RecordOptions): Promise<RecordedRuns> {
  const { redaction, judge } = options;
  const { steps, drafts, commands } = numbered(runs, options.nextEvidence);
  const evidence: Evidence[] = [];
  // Something that is cited by its number, until it has a text.
  const nothing = await redaction.redact('');
  for (const { recording, ...facts } of drafts) {
    const { text, truncated } = recording.kind === 'text' ? recording : { text: nothing, truncated: true };
    evidence.push({ ...facts, text, truncated });
  }
  const tooLong = drafts.flatMap(({ id, recording }) => (recording.kind === 'too-long' ? [{ id, recording }] : []));
  if (tooLong.length === 0) return { steps, evidence, commands };
  const places = quotedPlaces((cite) => judge({ steps, evidence }, cite));
  let recorded = steps;
  for (const { id, recording } of tooLong) {
    const part = partWith(id, steps);
    if (part?.data === undefined) continue;
    const quoted = places.filter((place) => place.evidence === id).map(({ line }) => line);
    const { data, text } = await recordTooLong(part.data, { ...recording, quoted }, redaction);
    recorded = recorded.map((step) => withData(step, id, data));
    const index = evidence.findIndex((item) => item.id === id);
    const item = evidence[index];
    if (item !== undefined) evidence[index] = { ...item, text };
  }
  return { steps: recorded, evidence, commands };
}

type Draft = RecordedStep & Pick<Evidence, 'id'>;

/** Gives evidence ids in the order of the playbook, so that two runs number their evidence alike. */
function numbered(
  runs: readonly StepRun[],
  nextEvidence: () => string,
): {
  readonly steps: readonly StepResult[];
  readonly drafts: readonly Draft[];
  readonly commands: readonly PlaybookCommand[];
} {
  const steps: StepResult[] = [];
  const drafts: Draft[] = [];
  const commands: PlaybookCommand[] = [];
  const number = (run: StepRun): StepResult => {
    const id = run.evidence === undefined ? undefined : nextEvidence();
    if (run.evidence !== undefined && id !== undefined) drafts.push({ ...run.evidence, id });
    for (const [index, command] of run.commands.entries()) {
      const isShown = index === run.commands.length - 1;
      commands.push({ ...command, ...(isShown && id !== undefined ? { evidence: id } : {}) });
    }
    return { ...run.result, ...(id === undefined ? {} : { evidence: id }) };
  };
  for (const run of runs) {
    const parts = run.parts?.map(({ bind, run: part }): StepPart => ({ ...number(part), bind }));
    steps.push(parts === undefined ? number(run) : { ...run.result, parts });
  }
  return { steps, drafts, commands };
}

function partWith(id: string, steps: readonly StepResult[]): StepPart | undefined {
  return steps.flatMap(partsOf).find(({ evidence }) => evidence === id);
}

function withData(step: StepResult, id: string, data: StepData): StepResult {
  if (step.parts === undefined) return step.evidence === id ? { ...step, data } : step;
  return { ...step, parts: step.parts.map((part) => (part.evidence === id ? { ...part, data } : part)) };
}
