import { dirname, resolve } from 'node:path';
import { WarroomError } from '../../domain/errors.ts';
import type { Ask } from '../../policy/ask.ts';
import { decide, type Decision } from '../../policy/decide.ts';
import type { LoadedPolicy } from '../../policy/policy-file.ts';
import { wordOf } from '../../policy/replay.ts';
import { NOTHING_USED } from '../../policy/usage.ts';
import { cleanText } from '../../report/untrusted.ts';
import type { PolicyTest, PolicyTestCase } from '../../schema/generated.ts';
import { parseDocument, type ParsedDocument } from '../../schema/parse-document.ts';
import { formatProblems } from '../../schema/problem.ts';
import { readInput } from '../check-file.ts';
import type { CliContext, Io } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable, renderTsv } from '../render/table.ts';
import { findPolicy, type PolicyFlags } from './policy-source.ts';

const MIN_TIMEOUT_SECONDS = 10;

interface TriedCase {
  readonly testCase: PolicyTestCase;
  /** `policy-test.yaml:12`. */
  readonly place: string;
  readonly line: number;
  readonly decision: Decision;
  readonly expected: string;
  readonly isAsExpected: boolean;
}

/** Runs the cases of a test file against a policy; nothing was used before any of them. */
export async function testPolicy(context: CliContext, file: string, flags: PolicyFlags): Promise<ExitCode> {
  const { io, cwd, clock } = context;
  const test = await readTest(context, file);
  const beside = test.value.policy;
  const isNamed = flags.file !== undefined || flags.c !== undefined || beside === undefined;
  const source = isNamed ? flags : { file: resolve(cwd, dirname(file), beside) };
  const { loaded } = await findPolicy(context, source);
  const tried = test.value.cases.map((testCase, index) => {
    const { line } = test.locate(['cases', index]);
    return tryCase(loaded, testCase, { line, place: `${file}:${line}`, now: clock.now() });
  });
  const failed = tried.filter(({ isAsExpected }) => !isAsExpected).length;
  if (context.flags.json) io.out(JSON.stringify(testJson(loaded, tried), null, 2));
  else for (const line of renderCases(tried, io)) io.out(line);
  const mark = failed === 0 ? io.errorStyle.good('✔') : io.errorStyle.bad('✘');
  const cases = `${tried.length} case${tried.length === 1 ? '' : 's'}`;
  io.err(`${mark} ${cases}, ${failed === 0 ? 'all as expected' : `${failed} not as expected`}`);
  return failed === 0 ? EXIT.done : EXIT.failed;
}

async function readTest(context: CliContext, file: string): Promise<ParsedDocument<PolicyTest>> {
  const parsed = parseDocument('PolicyTest', await readInput(file, context), { file: file === '-' ? 'stdin' : file });
  if (parsed.ok) return parsed;
  throw new WarroomError('invalid-file', formatProblems(parsed.problems, parsed.more), {
    hint: 'see docs/policy.md for the form of a test file',
  });
}

function tryCase(
  { policy }: LoadedPolicy,
  testCase: PolicyTestCase,
  facts: { readonly line: number; readonly place: string; readonly now: Date },
): TriedCase {
  const now = testCase.at === undefined ? facts.now : new Date(testCase.at);
  const decision = decide(policy, askOfCase(testCase), { usage: NOTHING_USED, now, isCounted: false });
  const { expect, rule, code } = testCase;
  const isAsExpected =
    decision.kind === 'allowed'
      ? expect === 'allow' && (rule === undefined || rule === decision.rule)
      : decision.kind === 'denied' && expect === 'deny' && (code === undefined || code === decision.reason.code);
  const expected =
    expect === 'allow'
      ? `allowed${rule === undefined ? '' : ` by ${rule}`}`
      : `denied${code === undefined ? '' : `: ${code}`}`;
  return { testCase, line: facts.line, place: facts.place, decision, expected, isAsExpected };
}

function askOfCase({ as, cluster, namespace, strategy, engine, mode, tools, timeout }: PolicyTestCase): Ask {
  return {
    principal: as,
    cluster,
    namespaces: namespace === undefined ? [] : [namespace],
    strategy,
    engine: engine ?? 'auto',
    mode: mode ?? 'read',
    ...(tools === undefined ? {} : { tools }),
    timeoutSeconds: timeout ?? MIN_TIMEOUT_SECONDS,
  };
}

/** A table for people; for pipes one line per case: ok or fail, place, who, cluster, strategy, expected, what came. */
function renderCases(tried: readonly TriedCase[], io: Pick<Io, 'isTerminal' | 'style' | 'width'>): readonly string[] {
  if (!io.isTerminal) {
    return tried.map(({ testCase, place, expected, decision, isAsExpected }) => {
      const { as, cluster, strategy } = testCase;
      const mark = isAsExpected ? 'ok' : 'fail';
      return renderTsv([mark, place, cleanText(as), cluster, strategy, expected, wordOf(decision), why(decision)]);
    });
  }
  const { style, width } = io;
  const rows = tried.map(({ testCase, place, expected, decision, isAsExpected }) => [
    isAsExpected ? style.good('✔') : style.bad('✘'),
    place,
    cleanText(testCase.name ?? `${testCase.as} · ${testCase.cluster} · ${testCase.strategy}`),
    isAsExpected ? wordOf(decision) : `expected ${expected}, got ${wordOf(decision)} ${why(decision)}`.trimEnd(),
  ]);
  return renderTable(rows, width);
}

function why(decision: Decision): string {
  return decision.kind === 'denied' ? cleanText(decision.reason.message) : '';
}

function testJson(loaded: LoadedPolicy, tried: readonly TriedCase[]): unknown {
  return {
    policy: { file: loaded.file, sha256: loaded.sha256 },
    passed: tried.every(({ isAsExpected }) => isAsExpected),
    cases: tried.map(({ testCase, line, decision, isAsExpected }) => ({
      ...testCase,
      line,
      passed: isAsExpected,
      decision: decision.kind,
      ...(decision.kind === 'allowed' ? { allowedBy: decision.rule } : {}),
      ...(decision.kind === 'denied' ? { reason: decision.reason } : {}),
    })),
  };
}
