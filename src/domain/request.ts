import type { RequestTarget, TroubleshootingRequest } from '../schema/generated.ts';
import { resultFolder } from './repository-layout.ts';
import type { RequestId } from './request-id.ts';

export type Target = RequestTarget;

/** A request together with the exact bytes that were read; whoever acts on it acts on these bytes. */
export interface RequestFileContent {
  readonly id: RequestId;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Hex digest of the bytes. */
  readonly sha256: string;
  /** Detached signature; undefined when none lies beside the file. */
  readonly signature: string | undefined;
}

/** All targets, in order; a request with one target has a list of one. */
export function requestTargets(request: TroubleshootingRequest): readonly Target[] {
  return request.spec.targetCluster === undefined ? (request.spec.targetClusters ?? []) : [request.spec.targetCluster];
}

/** Where the part of `cluster` is published: the folder of the request, or a folder of its own among several. */
export function partFolder(id: RequestId, request: TroubleshootingRequest, cluster: string): string {
  return requestTargets(request).length > 1 ? resultFolder(id, cluster) : resultFolder(id);
}
