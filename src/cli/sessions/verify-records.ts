import { loadProcessorKeys } from '../../client/processor-keys.ts';
import { isOver, type FoundSessions } from '../../client/sessions.ts';
import { verifyResult, type ResultVerification } from '../../client/verify-result.ts';
import { environmentValue } from '../../config/environment.ts';
import type { RequestId } from '../../domain/request-id.ts';
import { sessionResultFolder } from '../../domain/session-layout.ts';
import { cleanLine } from '../../report/untrusted.ts';
import { tellFirstUse } from '../verification.ts';
import type { Session } from '../session.ts';

/** Checks the record of each session that is over, in the way of `get-results`; says on stderr what does not hold. */
export async function verifyRecords(
  { context, verification }: Session,
  { sessions, snapshot }: FoundSessions,
): Promise<ReadonlyMap<RequestId, ResultVerification>> {
  const checked = new Map<RequestId, ResultVerification>();
  const over = sessions.filter(isOver);
  if (over.length === 0) return checked;
  const { io, clock, env, signal } = context;
  const keys = await loadProcessorKeys(verification);
  for (const { id, cluster, requestSha256 } of over) {
    const result = await verifyResult(snapshot, {
      ...{ id, cluster, requestSha256, keys, signal, now: clock.now(), path: environmentValue(env, 'PATH') },
      folder: sessionResultFolder(id),
      mode: verification.pinFile === undefined ? 'strict' : verification.mode,
    });
    checked.set(id, result);
    if (result.kind === 'verified' && result.by === 'first-use') tellFirstUse(io, result);
    if (result.kind === 'verified') continue;
    io.err(`${io.errorStyle.bad('UNVERIFIED')} the record of ${id}: ${cleanLine(result.why)}`);
    if (result.hint !== undefined) io.err(`  ${result.hint}`);
  }
  return checked;
}
