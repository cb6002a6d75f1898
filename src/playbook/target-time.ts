import type { Playbook } from '../schema/generated.ts';
import { asText } from './compare-values.ts';
import { parseMoment } from './duration.ts';
import { parsePath, readPath } from './path.ts';
import type { StepResult } from './step-result.ts';

/** A step takes a while, and the time that it prints may lack its fraction. */
const TOLERANCE_MS = 60_000;

/**
 * The time by which ages are measured: capture time, or what the clock of the target says when the playbook asks for it
 * and that clock is wrong; the moments in its logs are wrong by as much.
 */
export function targetTime(sources: {
  readonly playbook: Playbook;
  readonly steps: readonly StepResult[];
  readonly now: Date;
}): Date {
  const { clock } = sources.playbook.spec;
  if (clock === undefined) return sources.now;
  const data = sources.steps.find(({ step }) => step.id === clock.step)?.data;
  const path = parsePath(clock.path);
  const [value] = data === undefined || path === undefined ? [] : readPath(data.root, path);
  const told = parseMoment(asText(value));
  if (told === undefined) return sources.now;
  return Math.abs(told.getTime() - sources.now.getTime()) > TOLERANCE_MS ? told : sources.now;
}
