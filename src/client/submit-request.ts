import { inboxRef, requestPath, signaturePath } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { WarRoom } from '../repository/port.ts';
import { fileUrl } from './web-url.ts';

export interface SubmittedRequest {
  readonly id: RequestId;
  readonly path: string;
  readonly commit: string;
  /** Page of the file where the host of the repository has one. */
  readonly url?: string;
  /** Set when it waits in the inbox, which a processor of its cluster empties. */
  readonly inbox?: 'contended' | 'protected';
}

/** Pushes a request, byte for byte, with its detached signature when it has one. */
export async function submitRequest(
  warRoom: WarRoom,
  request: { readonly id: RequestId; readonly text: string; readonly signature?: string | undefined },
  options: { readonly signal?: AbortSignal } = {},
): Promise<SubmittedRequest> {
  const { id, text, signature } = request;
  const path = requestPath(id);
  const files = [{ path, content: text }];
  if (signature !== undefined) files.push({ path: signaturePath(path), content: signature });
  const outcome = await warRoom.submit(
    { files, message: `request ${id}`, inboxRef: inboxRef(warRoom.refNamespace, id, 'request') },
    options,
  );
  const url = fileUrl(warRoom, path);
  return {
    id,
    path,
    commit: outcome.commit,
    ...(url === undefined ? {} : { url }),
    ...(outcome.kind === 'inbox' ? { inbox: outcome.why } : {}),
  };
}
