import type { PauseState } from '../client/pause.ts';
import { WarroomError } from '../domain/errors.ts';
import type { CliContext } from './context.ts';
import { createPrompts } from './prompts.ts';
import { formatAgo } from './render/time.ts';

/** ` by alice@example.com 3 min ago: change freeze`; what is not known is left out. */
export function pauseText(state: PauseState, now: Date): string {
  if (state.kind === 'running') return '';
  const by = state.by === undefined ? '' : ` by ${state.by}`;
  const at = state.at === undefined ? '' : ` ${formatAgo(state.at, now)}`;
  return `${by}${at}${state.reason === undefined ? '' : `: ${state.reason}`}`;
}

/** The brake concerns everybody, so somebody must say why: by flag, or asked on a terminal. */
export async function requireReason(
  { io, signal }: CliContext,
  given: string | undefined,
  command: 'pause' | 'resume',
): Promise<string> {
  const reason = given?.trim() ?? '';
  if (reason !== '') return reason;
  if (given === undefined && io.isInteractive) {
    const prompts = await createPrompts(io, signal);
    return await prompts.text({ message: 'Why?', isRequired: true });
  }
  throw new WarroomError('usage', given === undefined ? '--reason is missing' : '--reason is empty', {
    why: 'everybody who works with this war room is affected and wants to know why',
    hint: `claude-warroom ${command} --reason "…"`,
  });
}
