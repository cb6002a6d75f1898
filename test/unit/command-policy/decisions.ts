import { decideCommand, type CommandDecision } from '../../../src/command-policy/decide-command.ts';
import type { Family } from '../../../src/command-policy/tool.ts';

export const EVIDENCE_DIR = '/var/lib/warroom/run/evidence';

export function decide(text: string, allowedTools?: readonly Family[]): CommandDecision {
  return decideCommand(text, {
    evidenceDir: EVIDENCE_DIR,
    ...(allowedTools === undefined ? {} : { allowedTools }),
  });
}

/** `allowed`, or the reason for the denial: what a table compares. */
export function verdict(text: string, allowedTools?: readonly Family[]): string {
  const decision = decide(text, allowedTools);
  return decision.kind === 'allowed' ? 'allowed' : `denied: ${decision.reason}`;
}
