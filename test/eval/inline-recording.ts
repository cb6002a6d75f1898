import { join } from 'node:path';
import { readAnswers, readTest } from '../../src/diagnose/read-test.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import type { RecordedAnswer, RecordedPart } from '../../src/schema/generated.ts';
import { UNSAFE_CHARACTER } from '../../src/schema/value-rules.ts';

/** A replacement in everything that was recorded: what belongs to the computer and not to the machine on it. */
export type Scrub = (text: string) => string;

/** Long outputs are cut to this many lines; none of a throwaway machine needs more. */
const MAX_LINES = 400;

/**
 * A saved run as few files: outputs stand in the test, those with control characters beside it, and what was found
 * stands nowhere: what must be found is said by the case.
 */
export async function inlineRecording(
  folder: string,
  playbook: string,
  scrub: Scrub,
): Promise<ReadonlyMap<string, string>> {
  const file = `${playbook}.test.yaml`;
  const loaded = await readTest(join(folder, file));
  const { test } = loaded;
  const recorded = test.steps ?? {};
  const answers = await readAnswers(recorded, loaded);
  const files = new Map<string, string>();
  const store = (answer: RecordedPart | RecordedAnswer, stdout = ''): Omit<RecordedAnswer, 'parts'> => {
    const { file: name, ...rest } = answer;
    if (name === undefined) return rest;
    const lines = shortened(stdout).split('\n');
    const isCut = lines.length > MAX_LINES;
    const text = scrub(lines.slice(0, MAX_LINES).join('\n'));
    const facts = {
      ...rest,
      ...(rest.stderr === undefined ? {} : { stderr: scrub(rest.stderr) }),
      ...(isCut ? { truncated: true } : {}),
    };
    if (!UNSAFE_CHARACTER.test(text)) return { stdout: text, ...facts };
    files.set(name, text);
    return { file: name, ...facts };
  };
  const steps = Object.entries(recorded).map(([id, answer]): readonly [string, RecordedAnswer] => {
    const read = answers[id];
    const parts = answer.parts?.map((part, index): RecordedPart => {
      const { bind, ...rest } = part;
      return { ...store(rest, read?.parts?.[index]?.stdout), bind };
    });
    return [id, parts === undefined ? store(answer, read?.stdout) : { parts }];
  });
  const cases = [{ name: 'as recorded', expect: { only: false } }];
  files.set(file, formatYaml('PlaybookTest', { ...test, steps: Object.fromEntries(steps), cases }));
  return files;
}

/** A JSON document that would be cut stands on one line: half of it proves nothing. */
function shortened(stdout: string): string {
  if (stdout.split('\n').length <= MAX_LINES || !/^\s*[[{]/u.test(stdout)) return stdout;
  try {
    return JSON.stringify(JSON.parse(stdout));
  } catch {
    return stdout;
  }
}
