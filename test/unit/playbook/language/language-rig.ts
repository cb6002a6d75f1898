import type { Judgement } from '../../../../src/domain/finding.ts';
import { evaluateRules, judgeRules } from '../../../../src/playbook/evaluate-rules.ts';
import type { RuleVerdict } from '../../../../src/playbook/judge-rule.ts';
import type { PlaybookRunOptions, PlaybookRun } from '../../../../src/playbook/run-playbook.ts';
import type { PlaybookRule, PlaybookSpec, PlaybookStep } from '../../../../src/schema/generated.ts';
import { playbookOf, runSample, stepOf } from '../sample-playbook.ts';
import { CAPTURE_TIME, createScriptedTarget, type Answer } from '../scripted-target.ts';

export const JSON_OUTPUT: Pick<PlaybookStep, 'output'> = { output: { format: 'json' } };

export interface Judged {
  readonly run: PlaybookRun;
  readonly judgement: Judgement;
  /** Verdict by rule. */
  readonly verdicts: Readonly<Record<string, RuleVerdict>>;
  readonly kinds: Readonly<Record<string, RuleVerdict['kind']>>;
}

/** Runs steps against scripted answers and judges them; a value that is no answer is printed as JSON. */
export async function judge(
  spec: Partial<PlaybookSpec> & { readonly rules: PlaybookRule[] },
  answers: Readonly<Record<string, unknown>>,
  options: Partial<PlaybookRunOptions> = {},
): Promise<Judged> {
  const playbook = playbookOf({ steps: [stepOf('a', JSON_OUTPUT)], ...spec });
  const target = createScriptedTarget(
    Object.fromEntries(Object.entries(answers).map(([name, value]) => [name, answerOf(value)])),
  );
  const run = await runSample(playbook, { target, ...options });
  const { inputs = {} } = options;
  const sources = { playbook, steps: run.steps, evidence: run.evidence, now: CAPTURE_TIME, inputs };
  const judged = judgeRules(sources);
  const verdicts = Object.fromEntries(judged.map(({ rule, verdict }) => [rule.id, verdict]));
  const kinds = Object.fromEntries(Object.entries(verdicts).map(([id, { kind }]) => [id, kind]));
  return { run, judgement: evaluateRules(sources, judged), verdicts, kinds };
}

function answerOf(value: unknown): Answer {
  if (typeof value === 'string') return value;
  return isAnswer(value) ? value : JSON.stringify(value);
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && ('end' in value || 'stdout' in value);
}

export const minutesAgo = (minutes: number): string =>
  new Date(CAPTURE_TIME.getTime() - minutes * 60_000).toISOString();
