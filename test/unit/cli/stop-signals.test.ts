import { describe, expect, it } from 'vitest';
import { createStopSignals, type StopSignals } from '../../../src/cli/stop-signals.ts';

function aProcess(): { signals: StopSignals; exits: () => number; signalAt: (ms: number) => void } {
  let exits = 0;
  let nowMs = 0;
  const signals = createStopSignals({ exit: () => exits++, monotonicMs: () => nowMs });
  return {
    signals,
    exits: () => exits,
    signalAt: (ms) => {
      nowMs = ms;
      signals.receive();
    },
  };
}

describe('stop signals', () => {
  it('asks to finish first, and ends the process at the second signal', () => {
    const { signals, exits, signalAt } = aProcess();
    signalAt(0);
    expect([signals.signal.aborted, exits()]).toEqual([true, 0]);
    signalAt(1000);
    expect(exits()).toBe(1);
  });

  it('hands the second signal to whoever asked for it, and ends the process at the third', () => {
    const { signals, exits, signalAt } = aProcess();
    const second = signals.takeSecondSignal();
    signalAt(0);
    expect(second.aborted).toBe(false);
    signalAt(1000);
    expect([second.aborted, exits()]).toEqual([true, 0]);
    signalAt(2000);
    expect(exits()).toBe(1);
  });

  it('takes the echo of a signal for the same wish', () => {
    const { exits, signalAt } = aProcess();
    signalAt(0);
    signalAt(5);
    signalAt(204);
    expect(exits()).toBe(1);
  });

  it('ends the process at the first signal after what runs was stopped for another reason', () => {
    const { signals, exits, signalAt } = aProcess();
    signals.stop();
    signalAt(0);
    expect(exits()).toBe(1);
  });
});
