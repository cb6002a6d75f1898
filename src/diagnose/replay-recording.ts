import { isWarroomError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Inputs } from '../playbook/expand.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import type { Playbook } from '../schema/generated.ts';
import type { TargetIdentity } from '../target/port.ts';
import { createCaptureClock } from './capture-clock.ts';
import { diagnose, type Diagnosis } from './diagnose.ts';
import { captureTimeOf, findRecording } from './must-gather/find-recording.ts';
import { createMustGatherTarget } from './must-gather/must-gather-target.ts';
import { findTestFiles, readTest } from './read-test.ts';
import { diagnoseRecorded, resolveAll } from './run-case.ts';

export interface ReplayOptions {
  readonly playbook: Playbook;
  /** Values as they were given; those of a recorded run hold where none is given. */
  readonly inputs: Inputs;
  readonly redaction: Redaction;
  readonly clock: Clock;
  /** Capture time of a must-gather or of a folder of lists; read from it when absent. */
  readonly now?: Date;
  readonly signal?: AbortSignal;
}

export type Replay =
  | {
      readonly kind: 'replayed';
      readonly diagnosis: Diagnosis;
      readonly identity: TargetIdentity;
      readonly inputs: Inputs;
      readonly now: Date;
      /** False when nothing says when it was recorded, so that `now` is the clock of this machine. */
      readonly isTimeKnown: boolean;
      /** True for the recorded run of this playbook, which holds nothing for another one. */
      readonly isRun: boolean;
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  /** The folder holds neither a run of this playbook nor the objects of a cluster. */
  | { readonly kind: 'no-recording' };

/**
 * Judges a folder with a recorded run of a playbook, a must-gather, or lists of objects (`pods.json.gz`). Throws
 * `invalid-file` when it cannot be read.
 */
export async function replayRecording(dir: string, options: ReplayOptions): Promise<Replay> {
  const { playbook, clock, redaction } = options;
  const files = await findTestFiles([dir]).catch((error: unknown) => {
    if (isWarroomError(error, 'not-found')) return [];
    throw error;
  });
  for (const file of files) {
    const test = await readTest(file);
    const [each] = test.test.cases;
    if (test.test.playbook !== playbook.metadata.id || each === undefined) continue;
    const inputs = { ...each.inputs, ...options.inputs };
    const recorded = await diagnoseRecorded(
      test,
      { ...each, inputs },
      { playbook, clock, createRedaction: () => redaction },
    );
    if (recorded.kind === 'invalid') return recorded;
    const platform = test.test.platform ?? 'linux';
    const identity = { kind: 'recording', identity: file, name: 'recording', platform };
    return { ...recorded, kind: 'replayed', identity, isTimeKnown: true, isRun: true };
  }
  return await replayObjects(dir, options);
}

async function replayObjects(dir: string, options: ReplayOptions): Promise<Replay> {
  const { playbook, redaction, signal } = options;
  const root = await findRecording(dir);
  if (root === undefined) return { kind: 'no-recording' };
  const resolved = resolveAll(playbook, options.inputs);
  if (resolved.kind === 'invalid') return resolved;
  const { inputs } = resolved;
  const captured = options.now ?? (await captureTimeOf(root));
  const now = captured ?? options.clock.now();
  const clock = createCaptureClock(now, options.clock);
  const target = createMustGatherTarget(root, clock);
  const diagnosis = await diagnose({
    ...{ playbook, target, inputs, redaction, clock },
    ...(signal === undefined ? {} : { signal }),
    targets: { hub: target, hosted: target },
  });
  return {
    ...{ kind: 'replayed', diagnosis, identity: await target.identify() },
    ...{ inputs, now, isTimeKnown: captured !== undefined, isRun: false },
  };
}
