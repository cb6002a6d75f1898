import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pace } from '../../../src/processor/pace.ts';
import { PauseBetweenLooks } from '../../../src/processor/pause-between-looks.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the pause between two looks', () => {
  it.each<[string, (acts: { pause: PauseBetweenLooks; stop: AbortController; abort: AbortController }) => void]>([
    ['when its time is over', () => vi.advanceTimersByTime(1000)],
    [
      'as soon as something happens here',
      ({ pause }) => {
        pause.end();
      },
    ],
    [
      'with the first signal to stop',
      ({ stop }) => {
        stop.abort();
      },
    ],
    [
      'with the second one',
      ({ abort }) => {
        abort.abort();
      },
    ],
  ])('ends %s, and leaves no timer', async (_when, act) => {
    const [stop, abort] = [new AbortController(), new AbortController()];
    const pause = new PauseBetweenLooks([stop.signal, abort.signal]);
    const waited = pause.wait(1000);
    expect(vi.getTimerCount()).toBe(1);
    act({ pause, stop, abort });
    await waited;
    expect(vi.getTimerCount()).toBe(0);
    pause.end();
  });

  it('does not begin once the processor is to stop', async () => {
    await new PauseBetweenLooks([AbortSignal.abort()]).wait(1000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is never so long that a war room is found late that is made a minute after the start', async () => {
    const pause = new PauseBetweenLooks([]);
    const pace = new Pace({ minSeconds: 10, maxSeconds: 60 }, () => 0.999);
    const startedAt = Date.now();
    const isThere = (): boolean => Date.now() - startedAt >= 60_000;
    let looks = 0;
    for (; !isThere(); looks++) {
      const waited = pause.wait(pace.afterFailure());
      vi.advanceTimersToNextTimer();
      await waited;
    }
    expect(looks).toBeGreaterThan(1);
    expect(Date.now() - startedAt).toBeLessThan(90_000);
  });
});
