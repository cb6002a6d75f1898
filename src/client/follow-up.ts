import { WarroomError } from '../domain/errors.ts';
import { requestTargets } from '../domain/request.ts';
import type { RequestId } from '../domain/request-id.ts';
import { MAX_REQUEST_BYTES, requestPath } from '../domain/repository-layout.ts';
import type { Snapshot } from '../repository/port.ts';
import type { TroubleshootingRequest } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import type { RequestDraft } from './draft-request.ts';
import { fileText } from '../repository/file-content.ts';

/** The request of an id that is on the branch; throws `not-found` when it is not there yet or cannot be read. */
export async function readRequest(
  snapshot: Snapshot,
  id: RequestId,
  signal?: AbortSignal,
): Promise<TroubleshootingRequest> {
  const path = requestPath(id);
  const read = { maxBytes: MAX_REQUEST_BYTES, ...(signal === undefined ? {} : { signal }) };
  const content = (await snapshot.readPaths([path], read)).get(path);
  const text = fileText(content);
  const result = text === undefined ? undefined : parseDocument('TroubleshootingRequest', text, { file: path });
  if (result?.ok === true) return result.value;
  throw new WarroomError('not-found', `the request ${id} cannot be read`, {
    why: content === undefined ? 'its file is not on the branch' : 'its file is not a valid request',
    hint: `see  claude-warroom status ${id}`,
  });
}

/** A further question about an earlier request, asked of the same clusters with the same limits. */
export function followUpDraft(id: RequestId, earlier: TroubleshootingRequest, question: string): RequestDraft {
  const { investigation, issue } = earlier.spec;
  return {
    description: question,
    category: issue.category,
    affectedResources: issue.affectedResources,
    targets: requestTargets(earlier),
    coordination: earlier.spec.coordination?.mode,
    stopOn: earlier.spec.coordination?.stopOn,
    strategy: investigation.strategy,
    namespace: investigation.namespace,
    allowedTools: investigation.allowedTools,
    timeoutSeconds: investigation.timeout,
    engine: investigation.engine,
    budget: investigation.budget,
    labels: earlier.metadata.labels,
    followUp: id,
    origin: { kind: 'follow-up', ref: id },
  };
}
