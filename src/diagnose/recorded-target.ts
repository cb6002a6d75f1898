import type { Clock } from '../lib/clock.ts';
import type { Playbook } from '../schema/generated.ts';
import type { CommandEnd, CommandOrigin, CommandResult, Target } from '../target/port.ts';

/** What one command of a step gave. */
export interface Recorded {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
  readonly status?: 'timeout' | 'denied' | 'missing-tool' | 'unreachable' | 'not-recorded';
  readonly truncated?: boolean;
  readonly ms?: number;
  /** Number of the fallback that it belongs to, from 1; the command itself when absent. */
  readonly fallback?: number;
}

/** What a step gave: once, or for each of the names that it binds. */
export interface RecordedStep extends Recorded {
  readonly parts?: readonly (Recorded & { readonly bind: Readonly<Record<string, string>> })[];
}

export interface RecordedTargetOptions {
  readonly playbook: Playbook;
  readonly steps: Readonly<Record<string, RecordedStep>>;
  readonly platform: string;
  /** Tells the capture time. */
  readonly clock: Clock;
}

/** A target that answers from a recording, by step; what was not recorded cannot be reached. */
export function createRecordedTarget({ playbook, steps, platform, clock }: RecordedTargetOptions): Target {
  const byId = new Map(playbook.spec.steps.map((step) => [step.id, step]));

  function answer(origin: CommandOrigin | undefined): CommandResult {
    const recorded = origin === undefined ? undefined : recordedFor(origin);
    if (origin === undefined || recorded === undefined) return resultOf({ status: 'not-recorded' }, clock);
    const attempt = recorded.fallback ?? 0;
    if (origin.attempt === attempt) return resultOf(recorded, clock);
    // What came before must lead on to the fallback; what came after gave no more than what is recorded.
    if (origin.attempt > attempt) return resultOf({ status: recorded.status ?? 'not-recorded' }, clock);
    const leadsOn = byId.get(origin.step)?.fallback?.[attempt - 1]?.on ?? [];
    return resultOf(leadsOn.includes('missing-tool') ? { status: 'missing-tool' } : failureFor(leadsOn), clock);
  }

  function recordedFor({ step, bind }: CommandOrigin): Recorded | undefined {
    const recorded = Object.hasOwn(steps, step) ? steps[step] : undefined;
    if (recorded?.parts === undefined) return recorded;
    const names = Object.entries(bind);
    return recorded.parts.find((part) => names.every(([name, value]) => part.bind[name] === value));
  }

  return {
    kind: 'recording',
    identify: async () =>
      await Promise.resolve({ kind: 'recording', identity: playbook.metadata.id, name: 'recording', platform }),
    run: async (command) => await Promise.resolve(answer(command.origin)),
    collect: async (collector) => {
      const step = playbook.spec.steps.find((each) => each.collector === collector)?.id ?? '';
      return await Promise.resolve(answer({ playbook: playbook.metadata.id, step, attempt: 0, bind: {} }));
    },
    metrics: { query: async ({ origin }) => await Promise.resolve(answer(origin)) },
    close: async () => {
      await Promise.resolve();
    },
  };
}

function failureFor(statuses: readonly string[]): Recorded {
  if (statuses.includes('denied')) return { status: 'denied' };
  if (statuses.includes('timeout')) return { status: 'timeout' };
  if (statuses.includes('unreachable')) return { status: 'unreachable' };
  // An output that nobody can read, or an exit code that nobody declared.
  return statuses.includes('parse-error') ? { stdout: '\0' } : { exit: 250 };
}

function resultOf(recorded: Recorded, clock: Clock): CommandResult {
  const { stdout = '', stderr = '', truncated = false, ms = 1 } = recorded;
  const why = recorded.status === 'not-recorded' ? 'not recorded' : stderr;
  return { end: endOf(recorded), stdout, stderr: why, truncated, startedAt: clock.now(), ms };
}

function endOf({ status, exit = 0 }: Recorded): CommandEnd {
  if (status === undefined) return { kind: 'exited', exit };
  return { kind: status === 'not-recorded' ? 'unreachable' : status };
}
