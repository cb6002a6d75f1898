import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface GitTrace {
  /** For the environment of git. */
  readonly env: Readonly<Record<string, string>>;
  /** Git processes that were started, children of git included. */
  processes(): Promise<number>;
  /** How often a git command ran, for example `fetch`. */
  commands(name: string): Promise<number>;
}

/** Counts processes by what git itself writes about each of them (trace2), so that nothing else has to be installed. */
export function createGitTrace(folder: string): GitTrace {
  const file = join(folder, `trace-${randomUUID()}`);
  const events = async (): Promise<readonly TraceEvent[]> =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as TraceEvent);
  return {
    env: { GIT_TRACE2_EVENT: file },
    processes: async () => (await events()).filter(({ event }) => event === 'start').length,
    commands: async (wanted) =>
      (await events()).filter(({ event, name }) => event === 'cmd_name' && name === wanted).length,
  };
}

interface TraceEvent {
  readonly event: string;
  readonly name?: string;
}
