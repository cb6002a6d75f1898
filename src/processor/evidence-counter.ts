import { evidenceId } from '../domain/evidence.ts';

/** One counter for everything that is recorded in an investigation; `used` numbers are taken already. */
export function createEvidenceCounter(used: number): () => string {
  let number = used;
  return () => evidenceId(++number);
}
