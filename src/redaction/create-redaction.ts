import { WarroomError } from '../domain/errors.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import type { RedactionCounts } from '../schema/generated.ts';
import type { Obfuscation } from './obfuscation.ts';
import { redactStrings } from './redact-value.ts';
import type { RedactionRule } from './rule.ts';
import type * as searchModule from './search-text.ts';
import { maySpread } from './secret-value.ts';
import { createSessionState, type KnownValue } from './session-state.ts';
import { createRedactionThread, type RedactionThread } from './thread.ts';

/**
 * Removes secrets from everything that belongs to one result. It learns: a value that was surely a secret in one text is
 * removed from every later one. So before publishing, all texts go through `redact` once more, then through `verify`.
 * All methods fail with `redaction` for a text that is too large or takes too long: nothing may be published then.
 */
export interface Redaction {
  redact(text: string): Promise<RedactedText>;
  /** Redacts every string inside plain JSON data and leaves keys as they are; names beside a value are understood. */
  redactValue<T>(value: T): Promise<T>;
  /** Promises that final bytes hold nothing that a rule would still remove; fails with the name of the rule otherwise. */
  verify(text: string): Promise<RedactedText>;
  counts(): RedactionCounts;
}

export interface RedactionOptions {
  /** Secrets of the processor itself; values below six characters are ignored. `name` becomes the mark. */
  readonly knownValues: readonly KnownValue[];
  /** Makes marks that can be compared within one result and not guessed; new random bytes for each. */
  readonly key: Uint8Array;
  /** Rules are functions, which cannot go to another thread: with rules of its own a session works in this one. */
  readonly rules?: readonly RedactionRule[];
  /** What is no secret and should not be readable all the same. */
  readonly obfuscate?: Obfuscation;
  /** Where long texts are searched; sessions can share one. A session without one starts its own when it needs it. */
  readonly thread?: RedactionThread;
  /** 8 MiB by default. */
  readonly maxBytes?: number;
  /** Time for one text; 20 s by default. */
  readonly timeBudgetMs?: number;
  readonly monotonicMs?: () => number;
}

/**
 * Longer texts go to the thread. Shorter ones are cheaper here than their way there, and even a hostile one takes less
 * than the 50 ms for which nobody misses the event loop (docs/redaction.md has the measurement).
 */
const MAX_INLINE_CHARACTERS = 8 * 1024;

export function createRedaction(options: RedactionOptions): Redaction {
  const { key, knownValues, rules, obfuscate = {}, maxBytes = 8 * 1024 * 1024, timeBudgetMs = 20_000 } = options;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const state = createSessionState({ key, knownValues, learned: [], marks: [] });
  let thread = options.thread;
  let searching: Promise<typeof searchModule> | undefined;
  /** One text after the other, so that each knows what all before it gave away. */
  let last: Promise<unknown> = Promise.resolve();

  return {
    redact,
    async redactValue(value) {
      return await redactStrings(value, { redact, hide: (secret) => inOrder(() => hide(secret)) });
    },
    async verify(text) {
      await inOrder(() => search('verify', text));
      return branded(text);
    },
    counts() {
      const sorted = [...state.counts].sort(([a], [b]) => (a < b ? -1 : 1));
      return { total: sorted.reduce((sum, [, count]) => sum + count, 0), byRule: Object.fromEntries(sorted) };
    },
  };

  async function redact(text: string): Promise<RedactedText> {
    return branded(await inOrder(() => search('redact', text)));
  }

  async function inOrder<T>(work: () => T | Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return await result;
  }

  async function search(task: 'redact' | 'verify', text: string): Promise<string> {
    refuseOversize(text);
    if (rules !== undefined || text.length <= MAX_INLINE_CHARACTERS) return await searchHere(task, text);
    thread ??= createRedactionThread();
    return await thread.run({
      task,
      text,
      state: state.snapshot(),
      obfuscate,
      budgetMs: timeBudgetMs,
      absorb(changes) {
        state.absorb(changes);
      },
    });
  }

  async function searchHere(task: 'redact' | 'verify', text: string): Promise<string> {
    // The rules take a moment to load, which whoever redacts nothing need not spend.
    searching ??= import('./search-text.ts');
    const { searchText } = await searching;
    return await searchText(task, text, { state, rules, obfuscate, key, timeBudgetMs, monotonicMs });
  }

  function refuseOversize(text: string): void {
    if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return;
    throw new WarroomError('redaction', 'cannot make the text safe to publish', {
      why: `it is larger than ${maxBytes} bytes`,
      hint: 'nothing was published; ask for less output',
    });
  }

  function hide(secret: string): string {
    const mark = state.markOf('assignment', secret);
    state.count(mark.rule);
    if (maySpread(secret)) state.learn({ start: 0, end: secret.length, rule: 'assignment' }, secret);
    return mark.text;
  }
}

function branded(text: string): RedactedText {
  return text as RedactedText;
}
