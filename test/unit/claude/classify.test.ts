import { describe, expect, it } from 'vitest';
import { classifyFailure, isAnswer, type RunFacts } from '../../../src/claude/run/classify.ts';
import type { RunResult } from '../../../src/claude/run/stream-event.ts';

const WORDS: RunResult = { subtype: 'success', isError: false, isAborted: false, errors: [], turns: 1, denied: [] };
const RESULT: RunResult = { ...WORDS, structured: { answer: 'x' } };

function without(result: Partial<RunResult>): RunResult {
  return { ...WORDS, ...result };
}

const FACTS: RunFacts = { end: { kind: 'exited', exit: 0 }, hasBegun: true, stderr: '' };

describe('an answer', () => {
  it.each<[string, RunResult | undefined, boolean]>([
    ['a success with a structure', RESULT, true],
    ['no result', undefined, false],
    ['a success that is an error', { ...RESULT, isError: true }, false],
    ['another subtype', { ...RESULT, subtype: 'error_during_execution' }, false],
    ['a success without a structure', without({}), false],
  ])('is or is not %s', (_, result, is) => {
    expect(isAnswer(result)).toBe(is);
  });
});

describe('the reason of a failure', () => {
  it.each<[Partial<RunFacts>, string]>([
    [{ cause: 'aborted' }, 'interrupted: the run was stopped'],
    [{ cause: 'deadline' }, 'timeout: there was no answer before the time was over'],
    [{ cause: 'flood' }, 'crashed: claude wrote more than a run may write'],
    [{ cause: 'authentication' }, 'authentication: the model API refuses the credential'],
    [{ cause: 'no-report', shortened: 'turns' }, 'turns: there was no answer within the turns that were allowed'],
    [{ cause: 'no-report', shortened: 'time' }, 'timeout: there was no answer before the time was over'],
    [
      { refusal: 'budget', result: without({ isError: true, apiStatus: 402 }) },
      'budget: the budget of this run is used up',
    ],
    [{ refusal: 'credential' }, 'authentication: the model API refuses the credential'],
    [{ result: without({ isError: true, apiStatus: 403 }) }, 'authentication: the model API refuses the credential'],
    [
      {
        result: without({ isError: true, apiStatus: 400, text: 'Credit balance is too low' }),
        apiError: 'billing_error',
      },
      'budget: the model API has no credit left: Credit balance is too low',
    ],
    [
      { result: without({ subtype: 'error_max_turns' }) },
      'turns: there was no answer within the turns that were allowed',
    ],
    [{ result: without({ subtype: 'error_max_budget_usd' }) }, 'budget: the budget of this run is used up'],
    [
      { result: without({ subtype: 'error_max_structured_output_retries' }) },
      'no-structure: the model never gave an answer that follows the schema',
    ],
    [{ result: without({ isAborted: true }) }, 'interrupted: the run was interrupted'],
    [
      { result: without({ isAborted: true, errors: ['No conversation found'] }), hasBegun: false },
      'not-started: claude did not start: No conversation found',
    ],
    [{ result: without({ isError: true, stopReason: 'refusal' }) }, 'refusal: the model refused to answer'],
    [
      { result: without({ isError: true, text: 'API Error:\n500\u001b[31m bad' }) },
      'api: the model API failed: API Error: 500 [31m bad',
    ],
    [{ result: without({}) }, 'no-structure: the model answered in words instead of the form that was asked for'],
    [{ end: { kind: 'not-started', code: 'ENOENT' } }, 'not-started: claude cannot be started: ENOENT'],
    [{ end: { kind: 'exited', exit: 143 } }, 'interrupted: claude ended with exit code 143'],
    [{ end: { kind: 'killed', signal: 'SIGKILL' } }, 'crashed: claude was killed by SIGKILL without a result'],
    [{ hasBegun: false }, 'not-started: claude ended with exit code 0 without a result'],
    [
      { end: { kind: 'exited', exit: 1 }, hasBegun: false, stderr: 'error: unknown option\n' },
      'not-started: claude ended with exit code 1 without a result: error: unknown option',
    ],
  ])('of %j is said', (facts, said) => {
    const { code, message } = classifyFailure({ ...FACTS, ...facts });
    expect(`${code}: ${message}`).toBe(said);
  });

  it('is never longer than a line', () => {
    const { message } = classifyFailure({ ...FACTS, result: without({ isError: true, text: 'x\n'.repeat(10_000) }) });
    expect(message.length).toBeLessThan(400);
  });
});
