import { parentPort } from 'node:worker_threads';
import { WarroomError } from '../domain/errors.ts';
import { searchFailed, searchText } from './search-text.ts';
import { createSessionState } from './session-state.ts';
import type { RedactionAnswer, RedactionJob } from './thread.ts';

/** Program of the thread that src/redaction/thread.ts starts: answers one job after the other and keeps nothing. */
const port = parentPort;
port?.on('message', (job: RedactionJob) => {
  void answer(job).then((message) => {
    port.postMessage(message);
  });
});
port?.postMessage({ kind: 'ready' } satisfies RedactionAnswer);

async function answer(job: RedactionJob): Promise<RedactionAnswer> {
  try {
    const state = createSessionState(job.state);
    const text = await searchText(job.task, job.text, {
      state,
      obfuscate: job.obfuscate,
      key: job.state.key,
      timeBudgetMs: job.budgetMs,
      monotonicMs: () => performance.now(),
    });
    return { kind: 'done', text, changes: state.changes() };
  } catch (error) {
    const { message, why = '', hint = '' } = error instanceof WarroomError ? error : searchFailed(error);
    return { kind: 'refused', message, why, hint };
  }
}
