import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTest } from '../../../src/diagnose/read-test.ts';
import { untestedRules } from '../../../src/diagnose/rule-coverage.ts';
import { runCase, type CaseResult } from '../../../src/diagnose/run-case.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { lintPlaybook } from '../../../src/playbook/lint-playbook.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { createRedactionThread } from '../../../src/redaction/thread.ts';

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

describe.each(playbooks.map(({ playbook }) => ({ id: playbook.metadata.id, playbook })))(
  'playbook $id',
  async ({ id, playbook }) => {
    const tests = await Promise.all(testFilesOf(id).map(readTest));
    const results: CaseResult[] = [];
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
          expect(result.failures).toEqual([]);
        },
      );
    }

    it('has a case where each rule fires, does not fire, and is unknown', () => {
      expect(untestedRules(playbook, own, results)).toEqual([]);
    });

    it('has no rule that says the same as another one, and none that can never fire', () => {
      expect(lintPlaybook(playbook).filter(({ path }) => path[1] === 'rules')).toEqual([]);
    });

    afterAll(() => {
      results.length = 0;
    });
  },
);
