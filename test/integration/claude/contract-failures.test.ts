import { describe, expect, it } from 'vitest';
import { bash, say, status, structured, type ModelAnswer, type ScriptStep } from '../../support/scripted-model-api.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { allowAll, direct, exists, findTestedClaude, processesWith, useClaudeRigs } from './claude-rig.ts';

/** The half of the contract that is about what goes wrong; see contract.test.ts. */
const binary = await findTestedClaude();
const createRig = useClaudeRigs(binary);

const ANSWER = structured({ answer: 'the disk is slow' });

describe.skipIf(binary === undefined)('a run of Claude Code', () => {
  describe('that does not answer by the schema', () => {
    it('gets a second chance after plain text', async () => {
      const rig = await createRig([say('The disk is slow.'), ANSWER]);
      expect(await rig.run()).toMatchObject({ kind: 'answered', turns: 2 });
    });

    it('fails after plain text twice, and the text is kept', async () => {
      const rig = await createRig([say('The disk is slow.'), say('Really.')]);
      expect(await rig.run()).toMatchObject({
        kind: 'failed',
        code: 'no-structure',
        partialText: 'The disk is slow.\n\nReally.',
        turns: 2,
      });
    });

    it('gets a second chance after a wrong structure', async () => {
      const rig = await createRig([structured({ reply: 1 }), ANSWER]);
      expect(await rig.run()).toMatchObject({ kind: 'answered', turns: 2 });
      expect(rig.api.turns[1]?.toolResults[0]?.isError).toBe(true);
    });

    it('fails after five wrong structures', async () => {
      const rig = await createRig(Array.from({ length: 6 }, () => structured({ reply: 1 })));
      expect(await rig.run()).toMatchObject({ kind: 'failed', code: 'no-structure' });
    });

    it('fails when the model refuses', async () => {
      const refusal: ModelAnswer = { kind: 'message', content: [{ type: 'text', text: 'no' }], stopReason: 'refusal' };
      const rig = await createRig([refusal, refusal, refusal]);
      expect(await rig.run()).toMatchObject({ kind: 'failed', code: 'refusal' });
    });
  });

  describe('that reaches a limit', () => {
    it('is asked for its report when the turns are used up, and runs no further command', async () => {
      const rig = await createRig([bash('echo 1'), bash('echo 2'), bash('echo 3'), ANSWER], { decide: allowAll });
      const outcome = await rig.run({ maxTurns: 2 });
      expect(outcome).toMatchObject({ kind: 'answered', shortened: 'turns' });
      expect(rig.asked).toEqual(['echo 1', 'echo 2']);
      expect(rig.events).toContainEqual({ type: 'report-asked', reason: 'turns' });
    });

    it('fails when it never stops to use tools', async () => {
      const rig = await createRig(
        Array.from({ length: 9 }, (_, number) => bash(`echo ${number}`)),
        { decide: allowAll },
      );
      expect(await rig.run({ maxTurns: 2 })).toMatchObject({ kind: 'failed', code: 'turns' });
      expect(rig.api.turns.length).toBeLessThan(8);
    });

    it('fails when the broker has no budget left for it', async () => {
      const expensive: ModelAnswer = { ...bash('echo 1'), ...{ usage: { input_tokens: 1_000_000 } } };
      const rig = await createRig([expensive, ANSWER], { budgetUsd: 2 });
      const outcome = await rig.run();
      expect(outcome).toMatchObject({ kind: 'failed', code: 'budget', message: 'the budget of this run is used up' });
      expect(outcome.costUsd).toBeCloseTo(4, 2);
      expect(rig.api.turns).toHaveLength(1);
    });

    it('fails when Claude Code finds the budget used up', async () => {
      const expensive: ModelAnswer = { ...bash('echo 1'), ...{ usage: { input_tokens: 1_000_000 } } };
      const rig = await createRig([expensive, ANSWER]);
      expect(await rig.run({ maxBudgetUsd: 2 })).toMatchObject({ kind: 'failed', code: 'budget' });
      expect(rig.api.turns).toHaveLength(1);
    });

    it('is interrupted at the soft deadline and answers with what it has', async () => {
      const rig = await createRig([bash('sleep 300'), ANSWER], { decide: allowAll });
      const outcome = await rig.run({ softDeadlineMs: 2500 });
      expect(outcome).toMatchObject({ kind: 'answered', shortened: 'time' });
      expect(rig.api.turns.at(-1)?.body).toContain('no time left');
    });

    it('is interrupted while a decision is pending, and the decision is no longer needed', async () => {
      let withdrawn = false;
      const rig = await createRig([bash('slow'), ANSWER]);
      const outcome = await rig.run({
        // By then claude must have asked, also on a busy machine.
        softDeadlineMs: 4000,
        decideTimeoutMs: 60_000,
        decide: async ({ signal }) => {
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve, { once: true });
          });
          withdrawn = true;
          return { behavior: 'allow', command: 'touch /tmp/warroom-too-late' };
        },
      });
      expect(outcome).toMatchObject({ kind: 'answered', shortened: 'time' });
      expect(withdrawn).toBe(true);
      expect(await exists('/tmp/warroom-too-late')).toBe(false);
    });

    it('is ended at the hard deadline, and with it the call to the model', async () => {
      const rig = await createRig([say('first thoughts'), { kind: 'hang' }, { kind: 'hang' }]);
      const outcome = await rig.run({ softDeadlineMs: 3000, hardDeadlineMs: 5000 });
      expect(outcome).toMatchObject({ kind: 'failed', code: 'timeout', partialText: 'first thoughts' });
      await waitUntil(() => rig.api.turns.every((turn) => !turn.isOpen()), { what: 'the end of the calls' });
      expect(await processesWith(rig.access.token)).toEqual([]);
    });
  });

  describe('whose model API fails', () => {
    it('fails at the first call when the credential is wrong', async () => {
      const rig = await createRig([status(401)]);
      expect(await rig.run()).toMatchObject({ kind: 'failed', code: 'authentication' });
      expect(rig.api.turns).toHaveLength(1);
    });

    it('fails long before the retries of claude are over when the credential is wrong', async () => {
      const rig = await createRig(Array.from({ length: 9 }, () => status(401)));
      expect(await rig.run({ access: direct(rig.api.url) })).toMatchObject({ kind: 'failed', code: 'authentication' });
      expect(rig.api.turns.length).toBeLessThan(9);
    });

    it('waits and tries again when it is limited, and says so', async () => {
      const rig = await createRig([status(429, { 'retry-after': '1' }), ANSWER]);
      expect(await rig.run()).toMatchObject({ kind: 'answered' });
      expect(rig.events).toContainEqual({ type: 'api-retry', attempt: 1, status: 429 });
    });

    it('fails at once when it is limited for long', async () => {
      const rig = await createRig([status(429, { 'retry-after': '3600' })]);
      expect(await rig.run()).toMatchObject({ kind: 'failed', code: 'api' });
    });

    it('goes on with another model when one is overloaded', async () => {
      const overloaded: ScriptStep = ({ model }) => (model === 'claude-opus-5-5' ? status(529) : ANSWER);
      const rig = await createRig(Array.from({ length: 5 }, () => overloaded));
      expect(await rig.run()).toMatchObject({ kind: 'answered' });
      expect(rig.api.turns.at(-1)?.model).toBe('claude-sonnet-5-5');
    });

    it('tries again when a stream breaks off', async () => {
      const rig = await createRig([{ kind: 'drop', after: 'start' }, ANSWER]);
      expect(await rig.run()).toMatchObject({ kind: 'answered' });
    });

    it.each<[string, ModelAnswer]>([
      ['garbage', { kind: 'garbage' }],
      ['an unexpected status', status(400)],
    ])('fails when it answers with %s', async (_, answer) => {
      const rig = await createRig(Array.from({ length: 9 }, () => answer));
      expect(await rig.run()).toMatchObject({ kind: 'failed', code: 'api' });
    });
  });

  describe('that is stopped', () => {
    it.each(['SIGINT', 'SIGTERM'] as const)('says so when somebody sends %s', async (signal) => {
      const rig = await createRig([{ kind: 'hang' }]);
      const running = rig.run();
      await waitUntil(() => rig.api.turns.length > 0, { what: 'the first call' });
      for (const pid of await processesWith(rig.access.token)) process.kill(pid, signal);
      expect(await running).toMatchObject({ kind: 'failed', code: 'interrupted' });
    });

    it('ends with its command and its call when the caller aborts', async () => {
      const controller = new AbortController();
      const rig = await createRig([bash('sleep 300'), ANSWER], { decide: allowAll });
      const running = rig.run({
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'command') controller.abort();
        },
      });
      expect(await running).toMatchObject({ kind: 'failed', code: 'interrupted' });
      expect(await processesWith(rig.access.token)).toEqual([]);
    });

    it('reports what a callback of the caller threw, after it has ended', async () => {
      const rig = await createRig([bash('sleep 300'), ANSWER], { decide: allowAll });
      const running = rig.run({
        onEvent: ({ type }) => {
          if (type === 'command') throw new Error('a bug of the caller');
        },
      });
      await expect(running).rejects.toThrow('a bug of the caller');
      expect(await processesWith(rig.access.token)).toEqual([]);
    });
  });

  it('says what the kernel or the program says when it does not start', async () => {
    const rig = await createRig([ANSWER]);
    expect(await rig.run({ binary: '/does/not/exist' })).toMatchObject({ kind: 'failed', code: 'not-started' });
    expect(await rig.run({ systemPrompt: 'x'.repeat(200_000) })).toMatchObject({
      kind: 'failed',
      code: 'not-started',
      message: 'claude cannot be started: E2BIG',
    });
    expect(await rig.run({ schema: { type: 'nonsense' } })).toMatchObject({ kind: 'failed', code: 'not-started' });
    const sessionId = '00000000-0000-4000-8000-000000000000';
    expect(await rig.run({ conversation: { kind: 'resume', sessionId } })).toMatchObject({ code: 'not-started' });
    expect(rig.api.turns).toHaveLength(0);
  });
});
