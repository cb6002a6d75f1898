import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTest } from '../../../src/diagnose/read-test.ts';
import { untestedRules } from '../../../src/diagnose/rule-coverage.ts';
import { runCase, type CaseResult } from '../../../src/diagnose/run-case.ts';
import { isProblem } from '../../../src/domain/finding.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { lintPlaybook } from '../../../src/playbook/lint-playbook.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { createRedactionThread } from '../../../src/redaction/thread.ts';
import { isQuoted } from '../../../src/report/citations.ts';

/** Recorded outputs of the built-in playbooks, in a folder for each. */
const TESTS = join(import.meta.dirname, '../../playbooks');

const playbooks = await loadPlaybooks({ builtinDir: builtinPlaybookDir() });
// One for all: to start it takes longer than most cases.
const thread = createRedactionThread();
afterAll(() => thread.close());
const around = {
  clock: systemClock,
  createRedaction: () => createRedaction({ knownValues: [], key: randomBytes(32), thread }),
};

function testFilesOf(id: string): readonly string[] {
  const names = readdirSync(TESTS, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.startsWith(`${id}/`) && name.endsWith('.test.yaml'))
    .map((name) => join(TESTS, name));
}

/** Of these nothing can be quoted that says it by itself, and why. */
const NOT_QUOTABLE: Readonly<Record<string, string>> = {
  'answers-filtered': 'a chain that drops what no rule lets out is the same where a rule lets it out',
  'agent-missing': 'the agents of the other nodes are there',
  'claim-pending': 'every claim is pending at first; how long it has been says that something is wrong',
  'condition-unknown': 'a condition that nobody reported stands nowhere',
  'name-unknown': 'the exit code says it, and nothing is printed',
  'neo4j-silent': 'an answer of three digits is too short to be found again',
  'qdrant-not-ready': 'an answer of three digits is too short to be found again',
  slow: 'how long an answer took is not in the answer',
};

/**
 * Problems of the cases whose every quote stands in the same step's output of a case with the same question where their
 * rule does not fire and all is well: such a citation holds whatever is wrong.
 */
function unprovenProblems(own: ReadonlySet<string>, results: readonly AskedCase[]): readonly string[] {
  return results.flatMap(({ result: { name, diagnosis }, inputs }) =>
    (diagnosis?.judgement.findings ?? [])
      .filter((finding) => isProblem(finding) && own.has(finding.rule) && !Object.hasOwn(NOT_QUOTABLE, finding.rule))
      .flatMap(({ rule, code, object, citations, explanation }) => {
        const quotes = citations.map(({ quote }) => `«${quote}»`).join(' ');
        if (explanation.includes('Not quoted:')) return [`${name}: ${rule} ${code} ${object} is not quoted ${quotes}`];
        const stepOf = new Map(diagnosis?.evidence.map(({ id, step }) => [id, step]));
        const where = results.find(
          (other) =>
            other.inputs === inputs &&
            isWell(other.result, rule) &&
            citations.every(({ evidence, quote }) => isIn(other.result, stepOf.get(evidence), quote)),
        );
        return where === undefined ? [] : [`${name}: ${rule} ${code} ${object} ${quotes}, as in ${where.result.name}`];
      }),
  );
}

interface AskedCase {
  readonly result: CaseResult;
  readonly inputs: string;
}

function isWell({ diagnosis }: CaseResult, id: string): boolean {
  const isQuiet = diagnosis?.judgement.findings.some(isProblem) === false;
  return isQuiet && diagnosis.rules.find(({ rule }) => rule.id === id)?.verdict.kind === 'no-match';
}

function isIn({ diagnosis }: CaseResult, step: string | undefined, quote: string): boolean {
  return (diagnosis?.evidence ?? []).some((each) => each.step === step && isQuoted(quote, each.text));
}

describe.each(playbooks.map(({ playbook }) => ({ id: playbook.metadata.id, playbook })))(
  'playbook $id',
  async ({ id, playbook }) => {
    const tests = await Promise.all(testFilesOf(id).map(readTest));
    const results: CaseResult[] = [];
    const asked: AskedCase[] = [];
    // Rules that are taken from another playbook are tested there.
    const own = new Set(
      playbooks.filter((each) => each.playbook.metadata.id === id).flatMap(({ ownRules }) => ownRules),
    );

    for (const loaded of tests) {
      it.each(loaded.test.cases.map((each) => ({ name: each.name, each })))(
        'says the right thing about $name',
        async ({ each }) => {
          const result = await runCase(loaded, each, { ...around, playbook });
          results.push(result);
          asked.push({ result, inputs: JSON.stringify({ ...loaded.test.inputs, ...each.inputs }) });
          expect(result.failures).toEqual([]);
        },
      );
    }

    it('has a case where each rule fires, does not fire, and is unknown', () => {
      expect(untestedRules(playbook, own, results)).toEqual([]);
    });

    it('proves each problem with a line that is not there when the rule does not fire', () => {
      expect(unprovenProblems(own, asked)).toEqual([]);
    });

    it('has no rule that says the same as another one, and none that can never fire', () => {
      expect(lintPlaybook(playbook).filter(({ path }) => path[1] === 'rules')).toEqual([]);
    });

    afterAll(() => {
      results.length = 0;
      asked.length = 0;
    });
  },
);
