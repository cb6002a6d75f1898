import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../src/lib/clock.ts';
import { runPlaybook, type PlaybookRun, type PlaybookRunOptions } from '../../../src/playbook/run-playbook.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import type { Playbook, PlaybookRule, PlaybookSpec, PlaybookStep } from '../../../src/schema/generated.ts';
import { evidenceId } from '../../../src/domain/evidence.ts';
import { CAPTURE_TIME } from './scripted-target.ts';

export function playbookOf(spec: Partial<PlaybookSpec>, id = 'sample'): Playbook {
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Playbook',
    metadata: { id, version: 1, title: `Playbook ${id}`, description: 'For tests' },
    spec: {
      strategies: [id],
      targets: ['host'],
      budget: { seconds: 10, outputBytes: 1_000_000, parallel: 2 },
      steps: [],
      rules: [],
      ...spec,
    },
  };
}

export function stepOf(id: string, parts: Partial<PlaybookStep> = {}): PlaybookStep {
  return {
    id,
    title: `look at ${id}`,
    access: 'read',
    timeoutSeconds: 5,
    output: { format: 'text' },
    argv: [id],
    ...parts,
  };
}

export function ruleOf(
  id: string,
  parts: Omit<Partial<PlaybookRule>, 'finding'> & { finding?: Partial<PlaybookRule['finding']> } = {},
): PlaybookRule {
  return {
    id,
    title: `problem ${id}`,
    from: 'a',
    ...parts,
    finding: {
      code: id.toUpperCase(),
      severity: 'warning',
      object: 'thing',
      title: `title of ${id}`,
      explanation: 'what it means',
      confidence: 0.8,
      ...parts.finding,
    },
  };
}

/** A clock that stands still until it is moved. */
export function createStillClock(): Clock & { move(ms: number): void } {
  let ms = 0;
  return {
    now: () => new Date(CAPTURE_TIME.getTime() + ms),
    monotonicMs: () => ms,
    sleep: () => Promise.resolve(),
    move: (by) => {
      ms += by;
    },
  };
}

export async function runSample(
  playbook: Playbook,
  options: Pick<PlaybookRunOptions, 'target'> & Partial<PlaybookRunOptions>,
): Promise<PlaybookRun> {
  let number = 0;
  return await runPlaybook({
    playbook,
    inputs: {},
    redaction: createRedaction({ knownValues: [{ name: 'token', value: 'sw0rdfish-4711' }], key: randomBytes(32) }),
    clock: createStillClock(),
    nextEvidence: () => evidenceId(++number),
    onStep: () => undefined,
    ...options,
  });
}
