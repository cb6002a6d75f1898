import { STDERR_LINE } from '../playbook/evidence-text.ts';
import type { Inputs } from '../playbook/expand.ts';
import { withoutMarks } from '../playbook/left-out.ts';
import { partsOf, type StepEnd, type StepResult } from '../playbook/step-result.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { Playbook, PlaybookTest, RecordedAnswer } from '../schema/generated.ts';
import { UNSAFE_CHARACTER } from '../schema/value-rules.ts';
import type { Diagnosis } from './diagnose.ts';
import { TEST_ENDING } from './read-test.ts';

export interface RecordingFacts {
  readonly playbook: Playbook;
  readonly inputs: Inputs;
  /** Capture time. */
  readonly now: Date;
  readonly platform: 'linux' | 'darwin';
}

/**
 * A run as a test with one case: the redacted output of every step as a file, and what was found as what is expected.
 * File names are made of step ids and numbers.
 */
export function recordRun(diagnosis: Diagnosis, facts: RecordingFacts): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const texts = new Map(diagnosis.evidence.map(({ id, text, truncated }) => [id, { text, truncated }]));
  const answers = diagnosis.run.steps.flatMap((result): (readonly [string, RecordedAnswer])[] => {
    const answer = answerOf(result, { texts, files });
    return answer === undefined ? [] : [[result.step.id, answer]];
  });
  const { judgement, assessment } = diagnosis;
  const test: PlaybookTest = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'PlaybookTest',
    playbook: facts.playbook.metadata.id,
    now: facts.now.toISOString(),
    platform: facts.platform,
    ...(Object.keys(facts.inputs).length === 0 ? {} : { inputs: facts.inputs }),
    steps: Object.fromEntries(answers),
    cases: [
      {
        name: 'as recorded',
        expect: {
          findings: judgement.findings
            .slice(0, 100)
            .map(({ rule, code, object }) => (object === '' ? { rule, code } : { rule, code, object })),
          outcome: assessment.outcome,
        },
      },
    ],
  };
  files.set(`${facts.playbook.metadata.id}${TEST_ENDING}`, Buffer.from(formatYaml('PlaybookTest', test)));
  return files;
}

/** What no document may hold; some programs ring the bell when they complain. */
const UNSAFE_CHARACTERS = new RegExp(UNSAFE_CHARACTER, 'gu');

interface Store {
  readonly texts: ReadonlyMap<string, { readonly text: string; readonly truncated: boolean }>;
  readonly files: Map<string, Uint8Array>;
}

/** Undefined for a step that did not run: it is unknown in the recording too. */
function answerOf(result: StepResult, store: Store): RecordedAnswer | undefined {
  const { step, parts } = result;
  if (parts === undefined) return endOf(result, step.id, store);
  const recorded = partsOf(result).flatMap((part, index) => {
    const end = endOf(part, `${step.id}-${index + 1}`, store);
    return end === undefined ? [] : [{ ...end, bind: { ...part.bind } }];
  });
  return recorded.length === 0 ? undefined : { parts: recorded };
}

function endOf(end: StepEnd, name: string, { texts, files }: Store): Omit<RecordedAnswer, 'parts'> | undefined {
  const { status, exit, fallback, evidence, ms } = end;
  if (status === 'skipped') return undefined;
  const number = fallback === undefined ? {} : { fallback };
  const recorded = evidence === undefined ? undefined : texts.get(evidence);
  if (recorded === undefined || exit === undefined) {
    const why = status === 'timeout' || status === 'denied' || status === 'missing-tool' ? status : 'unreachable';
    return { status: why, ...number };
  }
  const [output, complaints] = splitStreams(recorded.text);
  const stdout = recorded.truncated ? withoutMarks(output) : output;
  const stderr = complaints.replaceAll(UNSAFE_CHARACTERS, '\u{FFFD}');
  const file = `${name}.txt`;
  files.set(file, Buffer.from(stdout));
  return {
    file,
    ...(stderr === '' ? {} : { stderr: stderr.slice(0, 20_000) }),
    ...(exit === 0 ? {} : { exit }),
    ...(recorded.truncated ? { truncated: true } : {}),
    ...{ ms: Math.round(ms), ...number },
  };
}

function splitStreams(text: string): readonly [string, string] {
  if (text.startsWith(`${STDERR_LINE}\n`)) return ['', text.slice(STDERR_LINE.length + 1)];
  const at = text.indexOf(`\n${STDERR_LINE}\n`);
  return at === -1 ? [text, ''] : [text.slice(0, at + 1), text.slice(at + STDERR_LINE.length + 2)];
}
