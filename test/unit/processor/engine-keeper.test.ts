import { describe, expect, it } from 'vitest';
import type { ClaudeEngine } from '../../../src/claude/engine.ts';
import type { OpenedEngine } from '../../../src/claude/open-engine.ts';
import { WarroomError } from '../../../src/domain/errors.ts';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { EngineKeeper } from '../../../src/processor/engine-keeper.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const MINUTE_MS = 60_000;
const LOST: OpenedEngine = {
  kind: 'absent',
  why: 'its self test took too long',
  lost: { hint: 'look at the machine' },
};

function aReadyEngine(closed: string[]): OpenedEngine {
  const engine: Partial<ClaudeEngine> = {
    version: '2.1.329',
    close: () => {
      closed.push('engine');
      return Promise.resolve();
    },
  };
  return { kind: 'ready', engine: engine as ClaudeEngine };
}

async function keeperOf(answers: (OpenedEngine | Error)[], engine: 'auto' | 'claude' = 'auto') {
  const clock = createManualClock();
  const events: ProcessorEvent[] = [];
  let tries = 0;
  const keeper = await EngineKeeper.open({
    engine,
    open: () => {
      tries += 1;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? LOST);
    },
    clock,
    emit: (event) => events.push(event),
  });
  return { keeper, clock, events, tries: () => tries };
}

describe('an engine that was lost at the start', () => {
  it('is tried again after 1, 2, 4 … 60 minutes, and told once', async () => {
    const { keeper, clock, events, tries } = await keeperOf([LOST]);
    const after: number[] = [];
    for (let minute = 1; minute <= 250; minute++) {
      clock.advance(MINUTE_MS);
      const before = tries();
      await keeper.look();
      if (tries() > before) after.push(minute);
    }
    expect(after).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
    expect(events).toEqual([expect.objectContaining({ type: 'warning', code: 'no-model' })]);
    expect([keeper.engine, keeper.why]).toEqual([undefined, 'its self test took too long']);
    expect(keeper.warnings).toEqual([expect.objectContaining({ code: 'no-model' })]);
  });

  it('is used once it works, closed at the end, and nobody is warned any more', async () => {
    const closed: string[] = [];
    const { keeper, clock, events, tries } = await keeperOf([LOST, aReadyEngine(closed)]);
    clock.advance(MINUTE_MS);
    await Promise.all([keeper.look(), keeper.look()]);
    expect([keeper.engine?.version, keeper.why, keeper.warnings, tries()]).toEqual(['2.1.329', '', [], 2]);
    expect(events.at(-1)).toEqual({ type: 'engine-found', engine: 'claude', version: '2.1.329' });
    clock.advance(100 * MINUTE_MS);
    await keeper.look();
    expect(tries()).toBe(2);
    await keeper.close();
    expect(closed).toEqual(['engine']);
  });

  it('tells another reason, and what the configuration forbids by now', async () => {
    const forbidden = new WarroomError('not-allowed', 'cannot run Claude Code as user 1001', { why: 'no root' });
    const { keeper, clock, events } = await keeperOf([LOST, forbidden]);
    clock.advance(MINUTE_MS);
    await keeper.look();
    expect(keeper.why).toBe('no root');
    expect(events).toHaveLength(2);
    await keeper.close();
  });

  it('lets a bug through', async () => {
    const { keeper, clock } = await keeperOf([LOST, new Error('a bug')]);
    clock.advance(MINUTE_MS);
    await expect(keeper.look()).rejects.toThrow('a bug');
  });
});

describe('an engine that nobody configured', () => {
  it('is never tried again, and nothing is said about it', async () => {
    const { keeper, clock, events, tries } = await keeperOf([
      { kind: 'absent', why: 'no model credential is configured' },
    ]);
    clock.advance(1000 * MINUTE_MS);
    await keeper.look();
    expect([tries(), events, keeper.warnings]).toEqual([1, [], []]);
  });

  it('that the configuration cannot do without stops the start', async () => {
    const refused = new WarroomError('not-allowed', 'the processor cannot start without its Claude engine');
    await expect(keeperOf([refused], 'claude')).rejects.toBe(refused);
  });
});
