import { setTimeout as wait } from 'node:timers/promises';

/**
 * For machines that do other things as well; who waits in vain for longer has found a fault. WARROOM_TEST_PATIENCE=5 makes
 * this, and the time that a test may take, five times as long.
 */
const PATIENCE_MS = 45_000;

/**
 * Asks `probe` again and again until it answers with something other than `undefined` or `false`, and returns that.
 * The allowed alternative to a sleep: it ends as soon as the condition holds, and says what it was waiting for.
 * What the probe throws goes straight to the caller.
 */
export async function waitUntil<T>(
  probe: () => T | Promise<T>,
  options: { readonly what: string | (() => string); readonly timeoutMs?: number; readonly intervalMs?: number },
): Promise<Exclude<T, undefined | false>> {
  const timeoutMs = (options.timeoutMs ?? PATIENCE_MS) * Number(process.env['WARROOM_TEST_PATIENCE'] ?? 1);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (isAnswer(answer)) return answer;
    if (performance.now() >= deadline) {
      const what = typeof options.what === 'string' ? options.what : options.what();
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    }
    await wait(options.intervalMs ?? 20);
  }
}

function isAnswer<T>(answer: T): answer is Exclude<T, undefined | false> {
  return answer !== undefined && answer !== false;
}
