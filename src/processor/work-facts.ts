import type { TerminalPhase } from '../domain/phase.ts';
import type { ManifestPolicy, StatusAttempt } from '../schema/generated.ts';
import type { StatusWriter } from '../report/status-document.ts';
import type { Work } from './work.ts';

/** All attempts, with the running one ended as `phase`; without it when it was given up before anything ran. */
export function endedAttempts({ keeper, move }: Work, phase: TerminalPhase, at: Date): readonly StatusAttempt[] {
  const attempts = keeper?.claim.attempts ?? [];
  if (move.kind === 'conclude') return attempts.filter(({ result }) => result !== 'running');
  return attempts.map((attempt) =>
    attempt.result === 'running' ? { ...attempt, result: phase, endedAt: at.toISOString() } : attempt,
  );
}

/** Who writes the terminal record. */
export function writerOf({ context }: Work): StatusWriter {
  return {
    holder: context.settings.holder,
    incarnation: context.incarnation,
    version: context.versions['claude-warroom'] ?? '',
  };
}

/** How long the attempt took, for the ledger; nothing when none began. */
export function tookMs({ context, begunMs }: Work): { readonly ms?: number } {
  return begunMs === undefined ? {} : { ms: Math.round(context.clock.monotonicMs() - begunMs) };
}

/** The policy that decided, for the manifest; nothing without one. */
export function policyOf({ context, permission }: Work): { readonly policy?: ManifestPolicy } {
  if (permission !== undefined) return { policy: { sha256: permission.policySha256, rule: permission.rule } };
  return context.policy === undefined ? {} : { policy: { sha256: context.policy.sha256 } };
}

/** Whatever ends the work early. */
export function stopSignal({ signal, cancelled, keeper }: Work): AbortSignal {
  return AbortSignal.any([signal, cancelled, ...(keeper === undefined ? [] : [keeper.lost])]);
}
