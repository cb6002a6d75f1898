import { sha256 } from '../lib/digest.ts';
import type { Playbook, PlaybookStep } from '../schema/generated.ts';
import type { StepCall } from '../target/port.ts';
import { placeholderNames, type Inputs } from './expand.ts';

/** One argument list of a playbook, before inputs are filled in. */
export interface StepTemplate {
  readonly playbook: Pick<Playbook, 'metadata'>;
  readonly step: Pick<PlaybookStep, 'id' | 'privilege'>;
  /** 0 for the step itself, then its fallbacks. */
  readonly attempt: number;
  readonly argv: readonly string[];
}

/**
 * `general/disk/0@3f9c5a0b1d2e`: who owns a table of steps runs exactly this argument list with this privilege, or knows
 * no such step. The digest is of both, so a table that was made from another version of the playbook never fits.
 */
export function stepCallId({ playbook, step, attempt, argv }: StepTemplate): string {
  const digest = sha256(JSON.stringify([step.privilege ?? 'user', ...argv])).slice(0, 12);
  return `${playbook.metadata.id}/${step.id}/${attempt}@${digest}`;
}

/** Names of the inputs that an argument list needs, each once. */
export function inputNames(argv: readonly string[]): readonly string[] {
  return [...new Set(argv.flatMap(placeholderNames))];
}

/** A step as a call with the inputs that it needs; inputs without a value are left out. */
export function stepCall(template: StepTemplate, inputs: Inputs): StepCall {
  const values = inputNames(template.argv).flatMap((name) => {
    const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { id: stepCallId(template), inputs: Object.fromEntries(values) };
}
