import { sameRepository } from '../domain/same-repository.ts';
import { requestTargets, type RequestFileContent } from '../domain/request.ts';
import type { SignatureRefusal, Signer } from '../domain/signature.ts';
import type { Decision } from '../policy/decide.ts';
import type { StatusReason, TroubleshootingRequest } from '../schema/generated.ts';
import { clockSkew } from './clock-skew.ts';
import type { Ledger } from './ledger.ts';
import { signatureReason } from './signature-refusal.ts';

/**
 * Decides whether a request may run here. One list of steps, in this order; the first refusal ends it and is published
 * once, with a stable code and what to do. Path grammar, mode, size and reading by object id come before (they decide
 * whether there is a request at all), and so does the verdict on the signature: bytes that nobody vouches for were not
 * even parsed, and their refusal comes first here.
 */
export type Admission =
  | {
      readonly kind: 'admitted';
      readonly request: TroubleshootingRequest;
      /** Who asks: the signer, or in an open war room whoever the request names. */
      readonly principal: string;
    }
  | {
      readonly kind: 'rejected';
      readonly reason: StatusReason;
      /** Whom the policy denied it; absent when something else did. */
      readonly deniedTo?: string;
    }
  /** The policy allows it once running work of the requester has ended. */
  | { readonly kind: 'waiting'; readonly why: string }
  /** Too old to be picked up by a processor that has just been set up. */
  | { readonly kind: 'ignored'; readonly why: string };

export interface AdmissionFacts {
  readonly file: RequestFileContent;
  readonly content:
    | { readonly kind: 'request'; readonly request: TroubleshootingRequest }
    | { readonly kind: 'invalid'; readonly problem: string }
    | { readonly kind: 'unverified'; readonly refusal: { readonly code: SignatureRefusal; readonly message: string } };
  /** Whose signature over exactly these bytes was verified; undefined where that is not required. */
  readonly signer: Signer | undefined;
  /** `identity` is what its target says that it is; absent while that is not known, or is told by each request. */
  readonly cluster: { readonly name: string; readonly type: string; readonly identity?: string };
  readonly repository: { readonly address: string; readonly isLocal: boolean };
  readonly trust: 'open' | 'required';
  /** What the policy of the zone says; absent where there is none, which only open trust allows. */
  readonly askPolicy?: (request: TroubleshootingRequest, principal: string) => Decision;
  readonly maxTimeoutSeconds: number;
  readonly ledger: Pick<Ledger, 'request' | 'requestWithNonce' | 'firstStart'>;
  /** Why this processor cannot run the strategy or the engine; undefined when it can. */
  readonly cannotRun: (request: TroubleshootingRequest) => StatusReason | undefined;
  readonly now: Date;
}

type AdmissionStep = (request: TroubleshootingRequest, facts: AdmissionFacts) => Admission | undefined;

/** A processor with an empty ledger leaves older requests alone: it cannot know whether they ran already. */
const FIRST_START_WINDOW_MS = 3_600_000;

const STEPS: readonly AdmissionStep[] = [
  checkIdentity,
  checkSigner,
  checkAddressee,
  checkFreshness,
  checkReplay,
  checkPolicy,
  checkAbilities,
  checkLimits,
];

export function admit(facts: AdmissionFacts): Admission {
  if (facts.content.kind === 'unverified') return { kind: 'rejected', reason: signatureReason(facts.content.refusal) };
  if (facts.trust === 'required' && facts.signer === undefined) {
    // Only a bug leads here: it must not lead any further.
    return {
      kind: 'rejected',
      reason: signatureReason({ code: 'unsigned', message: 'nobody vouches for this request' }),
    };
  }
  if (facts.content.kind === 'invalid') {
    return refused('invalid-request', facts.content.problem, 'check it with  claude-warroom validate FILE');
  }
  const { request } = facts.content;
  for (const step of STEPS) {
    const admission = step(request, facts);
    if (admission !== undefined) return admission;
  }
  return { kind: 'admitted', request, principal: principalOf(request, facts) };
}

function checkIdentity(request: TroubleshootingRequest, { file }: AdmissionFacts): Admission | undefined {
  if (request.metadata.name === file.id) return undefined;
  return refused(
    'id-mismatch',
    `metadata.name is ${request.metadata.name}, the file is ${file.id}`,
    'send it again with  claude-warroom investigate -f FILE',
  );
}

function checkSigner(request: TroubleshootingRequest, { signer }: AdmissionFacts): Admission | undefined {
  const { engineer } = request.metadata;
  if (signer === undefined || signer.principal === engineer) return undefined;
  return refused(
    'not-the-signer',
    `metadata.engineer is ${engineer}, and the signature is of ${signer.principal}`,
    `ask in your own name: set engineer to ${signer.principal}`,
  );
}

function checkAddressee(request: TroubleshootingRequest, facts: AdmissionFacts): Admission | undefined {
  const target = requestTargets(request).find(({ name }) => name === facts.cluster.name);
  if (target === undefined) {
    return refused('wrong-cluster', `this processor serves ${facts.cluster.name}`, 'see  claude-warroom cluster list');
  }
  if (target.type !== facts.cluster.type) {
    return refused(
      'wrong-type',
      `${facts.cluster.name} is a ${facts.cluster.type}, the request says ${target.type}`,
      `ask again with  --cluster ${facts.cluster.name} --type ${facts.cluster.type}`,
    );
  }
  const { identity = target.identity } = facts.cluster;
  if (target.identity !== identity && target.identity !== undefined) {
    return refused(
      'wrong-identity',
      `${facts.cluster.name} is ${identity ?? 'unknown'}, the request is for ${target.identity}`,
      'see  claude-warroom cluster list, and ask the cluster that is meant',
    );
  }
  const { address, isLocal } = facts.repository;
  // A local war room may be known by many names. Where signatures count, one binds a request to one war room all the same.
  const isExempt = isLocal && facts.trust === 'open';
  if (isExempt || sameRepository(request.spec.repository, address)) return undefined;
  return refused(
    'wrong-repository',
    `the request was written for ${request.spec.repository}`,
    'ask again in this war room',
  );
}

function checkFreshness(request: TroubleshootingRequest, { now, ledger, file }: AdmissionFacts): Admission | undefined {
  const writtenAt = Date.parse(request.metadata.timestamp);
  const skew = clockSkew(request.metadata.timestamp, now);
  if (skew !== undefined) return refused('clock-skew', `the request is ${skew.message}`, skew.hint);
  const { firstStart } = ledger;
  const isKnown = ledger.request(file.id) !== undefined;
  if (firstStart !== undefined && !isKnown && writtenAt < firstStart.getTime() - FIRST_START_WINDOW_MS) {
    return { kind: 'ignored', why: 'written more than one hour before this processor was set up' };
  }
  return undefined;
}

function checkReplay(request: TroubleshootingRequest, { file, ledger }: AdmissionFacts): Admission | undefined {
  const known = ledger.request(file.id)?.sha256;
  if (known !== undefined && known !== file.sha256) {
    return refused(
      'id-reused',
      'the file was changed after it had been accepted',
      'requests are never changed; send a new one',
    );
  }
  const other = ledger.requestWithNonce(request.spec.nonce);
  if (other === undefined || other === file.id) return undefined;
  return refused('replayed', `its nonce was used by ${other}`, 'send it again with  claude-warroom investigate');
}

/** Before what this processor can do, which is nothing to tell to those who may not ask. */
function checkPolicy(request: TroubleshootingRequest, facts: AdmissionFacts): Admission | undefined {
  const { trust, signer, askPolicy } = facts;
  if (trust === 'required' && (signer === undefined || askPolicy === undefined)) {
    return refused(
      'not-permitted',
      signer === undefined ? 'nobody is known to have signed it' : 'this processor has no policy',
      'ask an administrator of this cluster',
    );
  }
  const principal = principalOf(request, facts);
  const decision = askPolicy?.(request, principal);
  if (decision === undefined || decision.kind === 'allowed') return undefined;
  return decision.kind === 'denied' ? { kind: 'rejected', reason: decision.reason, deniedTo: principal } : decision;
}

/** Without signatures the name in the request is all there is. */
function principalOf(request: TroubleshootingRequest, { trust, signer }: AdmissionFacts): string {
  return trust === 'required' && signer !== undefined ? signer.principal : request.metadata.engineer;
}

/** Everything of the contract exists from the first version; what cannot be honoured yet is refused in words. */
function checkAbilities(request: TroubleshootingRequest, facts: AdmissionFacts): Admission | undefined {
  const { investigation, authorizedActions } = request.spec;
  if (investigation.mode !== 'read' || (authorizedActions ?? []).length > 0) {
    return refused(
      'unsupported',
      `mode ${investigation.mode} is not supported by this processor: it only reads`,
      'ask again with mode read',
    );
  }
  const reason = facts.cannotRun(request);
  return reason === undefined ? undefined : { kind: 'rejected', reason };
}

function checkLimits(request: TroubleshootingRequest, { maxTimeoutSeconds }: AdmissionFacts): Admission | undefined {
  const { timeout } = request.spec.investigation;
  if (timeout <= maxTimeoutSeconds) return undefined;
  return refused(
    'timeout-too-long',
    `${timeout} s is more than this processor allows (${maxTimeoutSeconds} s)`,
    `ask again with  --timeout ${maxTimeoutSeconds}`,
  );
}

function refused(code: string, message: string, hint: string): Admission {
  return { kind: 'rejected', reason: { code, message: message.slice(0, 1000), hint } };
}
