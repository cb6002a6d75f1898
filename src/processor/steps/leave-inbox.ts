import { isWarroomError } from '../../domain/errors.ts';
import type { RedactedText } from '../../domain/redacted-text.ts';
import { requestPath, signaturePath, statusPath } from '../../domain/repository-layout.ts';
import type { Status } from '../../schema/generated.ts';
import { formatYaml } from '../../schema/format-document.ts';
import { NEXT, type StepOutcome, type Work } from '../work.ts';

/** Puts an inbox request on the branch, together with the first status; other requests get the status alone. */
export async function leaveInbox(work: Work): Promise<StepOutcome> {
  const { context, candidate } = work;
  if (candidate.source.kind !== 'inbox') {
    await writeFirstStatus(work);
    return NEXT;
  }
  const path = requestPath(candidate.id);
  const { ref, commit } = candidate.source;
  const { signature, bytes } = candidate.file;
  const outcome = await context.warRoom.land({
    files: [{ path: statusPath(candidate.folder), content: await firstStatus(work) }],
    // Exactly what was signed, or would have been; it has been public in the inbox.
    authored: [
      { path, content: Buffer.from(bytes).toString('utf8') },
      ...(signature === undefined ? [] : [{ path: signaturePath(path), content: signature }]),
    ],
    message: `request ${candidate.id}\n`,
    within: [statusPath(candidate.folder), path, signaturePath(path)],
    absent: [path],
    deleteRefs: [{ ref, expected: commit }],
  });
  context.failpoint('after-first-status');
  // Somebody else has merged it: the request is on the branch, which is all that matters here.
  if (outcome.kind === 'exists') await context.warRoom.deleteRefs([{ ref, expected: commit }]);
  return NEXT;
}

/** For people who look at the folder in a browser; never waited for, left out when pushes are scarce. */
async function writeFirstStatus(work: Work): Promise<void> {
  const { context, candidate, move } = work;
  if (move.kind !== 'investigate' || (!context.warRoom.isLocal && !context.pushBudget.tryTake())) return;
  try {
    await context.warRoom.land(
      {
        files: [{ path: statusPath(candidate.folder), content: await firstStatus(work) }],
        message: `claimed ${candidate.id}\n`,
        within: [statusPath(candidate.folder)],
      },
      { attempts: 1 },
    );
  } catch (error) {
    if (!isWarroomError(error)) throw error;
  }
  context.failpoint('after-first-status');
}

async function firstStatus({ context, candidate, move, keeper }: Work): Promise<RedactedText> {
  const request = candidate.content.kind === 'request' ? candidate.content.request : undefined;
  const status: Status = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Status',
    id: candidate.id,
    cluster: context.settings.cluster.name,
    ...(request === undefined ? {} : { title: request.metadata.title, requester: request.metadata.engineer }),
    phase: 'claimed',
    attempt: move.attempt,
    attempts: keeper?.claim.attempts ?? [],
    processor: {
      holder: context.settings.holder,
      incarnation: context.incarnation,
      version: context.versions['claude-warroom'] ?? '',
    },
    times: {
      createdAt: request?.metadata.timestamp ?? context.clock.now().toISOString(),
      claimedAt: context.clock.now().toISOString(),
    },
    requestSha256: candidate.file.sha256,
  };
  const redaction = await context.createRedaction();
  return await redaction.redact(formatYaml('Status', status));
}
