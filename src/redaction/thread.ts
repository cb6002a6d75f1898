import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { WarroomError } from '../domain/errors.ts';
import type { Obfuscation } from './obfuscation.ts';
import type { StateChanges, StateSnapshot } from './session-state.ts';

/** One text and all that its session knows; the thread itself remembers nothing. */
export interface RedactionJob {
  readonly task: 'redact' | 'verify';
  readonly text: string;
  readonly state: StateSnapshot;
  readonly obfuscate: Obfuscation;
  readonly budgetMs: number;
}

export type RedactionAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly text: string; readonly changes: StateChanges }
  | { readonly kind: 'refused'; readonly message: string; readonly why: string; readonly hint: string };

export interface RedactionThread {
  /** Fails with `redaction` when the budget is over, the thread dies, or the search is refused. */
  run(job: RedactionJob): Promise<Extract<RedactionAnswer, { kind: 'done' }>>;
  /** Ends the thread; a text under way is refused. */
  close(): Promise<void>;
}

export interface ThreadOptions {
  /** Program of the thread. */
  readonly program?: URL;
  /** Time to load the rules, before the budget of a text begins. */
  readonly startMs?: number;
  /** An idle thread ends after this time; the next text starts another. */
  readonly idleMs?: number;
  readonly memoryMegabytes?: number;
}

/** For the worker to notice by itself that its time is over, which says more than killing it. */
const GRACE_MS = 500;

/**
 * Searches long texts beside the event loop, one after the other.
 *
 * absent   at first, after `idleMs` without work, and after any failure: a thread that was killed is never used again
 * working  from the first text; killed when a text takes longer than its budget
 * idle     between texts; keeps neither the process nor itself alive
 */
export function createRedactionThread(options: ThreadOptions = {}): RedactionThread {
  const { startMs = 30_000, idleMs = 10_000, memoryMegabytes = 512 } = options;
  // The same file as this one, whether it was built or is run as it is.
  const program = options.program ?? new URL(`./redaction-worker${extname(import.meta.url)}`, import.meta.url);
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  return {
    async run(job) {
      const result = last.then(() => runNow(job));
      last = result.catch(() => undefined);
      return await result;
    },
    async close() {
      isClosed = true;
      clearTimeout(idle);
      await stop();
      await last;
    },
  };

  async function runNow(job: RedactionJob): Promise<Extract<RedactionAnswer, { kind: 'done' }>> {
    if (isClosed) throw refused('the program is stopping');
    clearTimeout(idle);
    try {
      const answer = await ask(job);
      if (answer.kind === 'done') return answer;
      if (answer.kind === 'ready') throw refused('the search for secrets gave no answer');
      throw new WarroomError('redaction', answer.message, answer);
    } finally {
      rest();
    }
  }

  async function ask(job: RedactionJob): Promise<RedactionAnswer> {
    try {
      const { thread, isNew } = start();
      thread.ref();
      if (isNew) await answerOf(thread, { ms: startMs, isOver: () => refused('the search for secrets did not start') });
      const answer = answerOf(thread, { ms: job.budgetMs + GRACE_MS, isOver: () => overBudget(job.budgetMs) });
      thread.postMessage(job);
      return await answer;
    } catch (error) {
      // What happened inside is unknown: the next text gets a thread that has seen nothing.
      await stop();
      throw error;
    }
  }

  function start(): { readonly thread: Worker; readonly isNew: boolean } {
    if (worker !== undefined) return { thread: worker, isNew: false };
    const thread = new Worker(program, {
      // Nothing that goes wrong inside may be printed: it could quote the text.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    });
    // Without a listener an error would end the process.
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      if (worker === thread) worker = undefined;
    });
    worker = thread;
    return { thread, isNew: true };
  }

  async function stop(): Promise<void> {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  }

  function rest(): void {
    if (worker === undefined) return;
    worker.unref();
    idle = setTimeout(() => void stop(), idleMs);
    idle.unref();
  }
}

/** The next answer; a thread that ends or takes too long gives none. */
async function answerOf(
  worker: Worker,
  limit: { readonly ms: number; readonly isOver: () => WarroomError },
): Promise<RedactionAnswer> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      settle(() => {
        reject(limit.isOver());
      });
    }, limit.ms);
    const onMessage = (answer: RedactionAnswer): void => {
      settle(() => {
        resolve(answer);
      });
    };
    // The message of the error may quote the text.
    const onError = (error: Error): void => {
      settle(() => {
        reject(refused(`the search for secrets failed: ${error.name}`));
      });
    };
    const onExit = (): void => {
      settle(() => {
        reject(refused('the search for secrets ended before its time'));
      });
    };
    worker.once('message', onMessage);
    worker.once('error', onError);
    worker.once('exit', onExit);

    function settle(act: () => void): void {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      worker.off('error', onError);
      act();
    }
  });
}

function refused(why: string): WarroomError {
  return new WarroomError('redaction', 'cannot make the text safe to publish', {
    why,
    hint: 'nothing was published; please report this with the command that made the output',
  });
}

function overBudget(budgetMs: number): WarroomError {
  return new WarroomError('redaction', 'cannot make the text safe to publish', {
    why: `looking for secrets took longer than ${budgetMs / 1000} s`,
    hint: 'nothing was published; ask for less output, or raise the time for redaction',
  });
}
