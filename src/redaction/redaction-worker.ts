import { parentPort } from 'node:worker_threads';
import { WarroomError } from '../domain/errors.ts';
import type { Needle } from './literal-search.ts';
import { searchFailed, searchText } from './search-text.ts';
import { createSessionState, type StateSnapshot } from './session-state.ts';
import { partsOf, type FromThread, type Part, type ToThread } from './thread-messages.ts';

/** Program of the thread that src/redaction/thread.ts starts: answers one job after the other and keeps nothing. */
const port = parentPort;
let received = emptyParts();
/** Parts of the last answer that were not asked for yet. */
let answer: Part[] = [];

port?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'part':
      received.text += message.part.text ?? '';
      received.learned.push(...(message.part.learned ?? []));
      received.marks.push(...(message.part.marks ?? []));
      break;
    case 'search': {
      const job = received;
      received = emptyParts();
      void search(message, job).then(post);
      break;
    }
    case 'next':
      post({ kind: 'part', part: answer.shift() ?? {} });
  }
});
post({ kind: 'ready' });

async function search(job: Extract<ToThread, { kind: 'search' }>, parts: Received): Promise<FromThread> {
  try {
    const { key, knownValues, task, obfuscate, budgetMs } = job;
    const state = createSessionState({ key, knownValues, learned: parts.learned, marks: parts.marks });
    const text = await searchText(task, parts.text, {
      state,
      obfuscate,
      key,
      timeBudgetMs: budgetMs,
      monotonicMs: () => performance.now(),
    });
    const { counts, ...changes } = state.changes();
    const isSame = text === parts.text;
    answer = [...partsOf({ ...changes, text: isSame ? '' : text })];
    return { kind: 'done', isSame, counts, parts: answer.length };
  } catch (error) {
    const { message, why = '', hint = '' } = error instanceof WarroomError ? error : searchFailed(error);
    return { kind: 'refused', message, why, hint };
  }
}

interface Received {
  text: string;
  readonly learned: Needle[];
  readonly marks: StateSnapshot['marks'][number][];
}

function emptyParts(): Received {
  return { text: '', learned: [], marks: [] };
}

function post(message: FromThread): void {
  port?.postMessage(message);
}
