import type { Turn } from '../domain/coordination.ts';
import type { RequestFileContent } from '../domain/request.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { SignatureRefusal, Signer } from '../domain/signature.ts';
import type { CommitId } from '../repository/port.ts';
import type { Claim, TroubleshootingRequest } from '../schema/generated.ts';

/** A request that names this cluster and has no terminal record yet. */
export interface Candidate {
  readonly id: RequestId;
  readonly file: RequestFileContent;
  readonly content:
    | { readonly kind: 'request'; readonly request: TroubleshootingRequest }
    | { readonly kind: 'invalid'; readonly problem: string }
    /** Nobody vouches for these bytes, so they were never parsed; only where signatures are required. */
    | { readonly kind: 'unverified'; readonly refusal: { readonly code: SignatureRefusal; readonly message: string } };
  /** Whose signature over exactly these bytes was verified. */
  readonly signer?: Signer;
  /** Newest commit of the branch when it was seen. */
  readonly tip: CommitId;
  /** Where the file lies; an inbox request is put on the branch by whoever runs it. */
  readonly source:
    { readonly kind: 'branch' } | { readonly kind: 'inbox'; readonly ref: string; readonly commit: CommitId };
  readonly claim?: ObservedClaim;
  /** Something that is no claim lies in the place of the claim; the janitor removes it after a lease. */
  readonly isClaimUnreadable?: boolean;
  readonly isCancelled: boolean;
  /** Whether this part may begin, when other parts of the request decide about it. */
  readonly turn?: Turn;
  /** Result folder of this cluster's part. */
  readonly folder: string;
}

export interface ObservedClaim {
  readonly ref: string;
  readonly commit: CommitId;
  readonly claim: Claim;
}
