import { cancelPath, inboxRef } from '../domain/repository-layout.ts';
import type { Snapshot } from '../repository/port.ts';
import { CancelJudge } from './cancel-judge.ts';
import type { Candidate } from './candidate.ts';
import type { ProcessorContext } from './context.ts';

/** The ref to fetch, besides the branch, for a look that `isWithdrawn` reads. */
export function cancelRef({ warRoom }: ProcessorContext, { id }: Pick<Candidate, 'id'>): string {
  return inboxRef(warRoom.refNamespace, id, 'cancel');
}

/** Whether this one request is withdrawn as a look shows it; signatures are judged as in every other look. */
export async function isWithdrawn(
  context: ProcessorContext,
  { id, signer }: Candidate,
  { snapshot, signal }: { readonly snapshot: Snapshot; readonly signal: AbortSignal },
): Promise<boolean> {
  const path = cancelPath(id);
  const files = await snapshot.list([path.slice(0, path.lastIndexOf('/'))], { signal });
  const requester = context.ledger.request(id)?.signer?.principal ?? signer?.principal;
  const withdrawn = await new CancelJudge(context).withdrawn(
    [{ id, requester }],
    { snapshot, byPath: new Map(files.map((file) => [file.path, file])), signal },
    // The next survey names it in the log.
    () => undefined,
  );
  return withdrawn.has(id);
}
