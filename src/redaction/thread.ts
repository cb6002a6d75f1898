import { extname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { WarroomError } from '../domain/errors.ts';
import type { Obfuscation } from './obfuscation.ts';
import type { StateChanges, StateSnapshot } from './session-state.ts';
import { partsOf, type FromThread, type ToThread } from './thread-messages.ts';

/** One text and all that its session knows; the thread itself remembers nothing. */
interface RedactionJob {
  readonly task: 'redact' | 'verify';
  readonly text: string;
  readonly state: StateSnapshot;
  readonly obfuscate: Obfuscation;
  readonly budgetMs: number;
  /** Gets what the session has to remember, in pieces. */
  readonly absorb: (changes: StateChanges) => void;
}

export interface RedactionThread {
  /** The text after the search. Fails with `redaction` when the budget is over, the thread dies, or it is refused. */
  run(job: RedactionJob): Promise<string>;
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

/** To hand the text over, and for the worker to notice by itself that its time is over, which says more than killing it. */
const GRACE_MS = 1000;
/** For one piece of an answer that is ready. */
const PART_MS = 10_000;

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

  async function runNow(job: RedactionJob): Promise<string> {
    if (isClosed) throw refused('the program is stopping');
    clearTimeout(idle);
    try {
      const result = await search(job);
      if (typeof result === 'string') return result;
      throw new WarroomError('redaction', result.message, result);
    } finally {
      rest();
    }
  }

  async function search(job: RedactionJob): Promise<string | Extract<FromThread, { kind: 'refused' }>> {
    try {
      const { thread, isNew } = start();
      thread.ref();
      if (isNew) await answerOf(thread, { ms: startMs, isOver: () => refused('the search for secrets did not start') });
      const isOver = (): WarroomError => overBudget(job.budgetMs);
      const answer = answerOf(thread, { ms: job.budgetMs + GRACE_MS, isOver });
      const [result] = await Promise.all([answer, send(thread, job)]);
      if (result.kind === 'refused') return result;
      if (result.kind !== 'done') throw noAnswer();
      return await receive(thread, job, result);
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

/** Copies the job into the thread, with turns of the event loop in between. */
async function send(thread: Worker, job: RedactionJob): Promise<void> {
  const post = (message: ToThread): void => {
    thread.postMessage(message);
  };
  const { key, knownValues, learned, marks } = job.state;
  for (const part of partsOf({ text: job.text, learned, marks })) {
    post({ kind: 'part', part });
    await nextTurn();
  }
  const { task, obfuscate, budgetMs } = job;
  post({ kind: 'search', task, key, knownValues, obfuscate, budgetMs });
}

/** Asks for the parts of an answer one by one, each in a turn of its own. */
async function receive(
  thread: Worker,
  job: RedactionJob,
  done: Extract<FromThread, { kind: 'done' }>,
): Promise<string> {
  let text = '';
  for (let count = 0; count < done.parts; count++) {
    const next = answerOf(thread, { ms: PART_MS, isOver: () => overBudget(job.budgetMs) });
    thread.postMessage({ kind: 'next' } satisfies ToThread);
    const message = await next;
    if (message.kind !== 'part') throw noAnswer();
    const { text: piece = '', learned = [], marks = [] } = message.part;
    text += piece;
    job.absorb({ learned, marks, counts: [] });
    await nextTurn();
  }
  job.absorb({ learned: [], marks: [], counts: done.counts });
  return done.isSame ? job.text : text;
}

/** The next answer; a thread that ends or takes too long gives none. */
async function answerOf(
  worker: Worker,
  limit: { readonly ms: number; readonly isOver: () => WarroomError },
): Promise<FromThread> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      settle(() => {
        reject(limit.isOver());
      });
    }, limit.ms);
    const onMessage = (answer: FromThread): void => {
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

function noAnswer(): WarroomError {
  return refused('the search for secrets gave no answer');
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
