import type { RequestId } from '../domain/request-id.ts';
import { sameRepository } from '../domain/same-repository.ts';
import type { SignatureVerdict, Signer } from '../domain/signature.ts';
import { decodeUtf8 } from '../lib/utf8.ts';
import type { SessionAsk, SessionDecision } from '../policy/decide-session.ts';
import type { SessionRequest, StatusReason } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { clockSkew } from './clock-skew.ts';
import type { Ledger } from './ledger.ts';

/**
 * Decides whether a session may begin: the steps of `admit` for a document of another kind. What nobody vouches for, and
 * what is for another cluster, gets no answer at all: an answer would be a push for whoever can push.
 */
export type SessionAdmission =
  | {
      readonly kind: 'admitted';
      readonly request: SessionRequest;
      readonly principal: string;
      readonly signer: Signer | undefined;
      readonly rule: string;
      /** Longest life that the rule allows, extensions included. */
      readonly maxSeconds: number;
      /** US dollars of the model that the rule allows; undefined when it says nothing. */
      readonly maxUsd: number | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly request: SessionRequest;
      readonly principal: string;
      readonly reason: StatusReason;
      readonly isByPolicy: boolean;
    }
  | { readonly kind: 'ignored'; readonly why: string }
  /** For another cluster. */
  | { readonly kind: 'not-ours' };

export interface SessionFacts {
  readonly id: RequestId;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** Undefined where signatures are not required. */
  readonly verdict: SignatureVerdict | undefined;
  readonly cluster: { readonly name: string; readonly type: string };
  readonly repository: { readonly address: string; readonly isLocal: boolean };
  readonly ledger: Pick<Ledger, 'request' | 'requestWithNonce'>;
  /** What the policy says; undefined where there is none, and then nobody has a session. */
  readonly decide: (ask: Omit<SessionAsk, 'others'>) => SessionDecision | undefined;
  readonly isConfigured: boolean;
  /** All sessions together have their limit too. */
  readonly isFull: boolean;
  readonly now: Date;
}

/** Somebody waits for a session: one that nobody began within this time is not wanted any more. */
export const SESSION_START_MS = 3_600_000;

/** Name of a session in the ledger: never that of a request. */
export function ledgerId(id: RequestId): string {
  return `session/${id}`;
}

export function admitSession(facts: SessionFacts): SessionAdmission {
  const { verdict, id, cluster } = facts;
  if (verdict?.kind === 'refused') return ignored(`${verdict.code}: ${verdict.message}`);
  const parsed = parseDocument('SessionRequest', decodeUtf8(facts.bytes) ?? '', { file: 'session.yaml' });
  if (!parsed.ok) return ignored('it does not follow the schema of a session');
  const request = parsed.value;
  if (request.spec.targetCluster.name !== cluster.name) return { kind: 'not-ours' };
  if (request.metadata.name !== id) return ignored(`its name is ${request.metadata.name}`);
  const signer = verdict?.signer;
  const principal = signer?.principal ?? request.metadata.engineer;
  if (principal !== request.metadata.engineer) {
    return ignored(`it says ${request.metadata.engineer} and was signed by ${principal}`);
  }
  const refused = (reason: StatusReason, isByPolicy = false): SessionAdmission => ({
    ...{ kind: 'refused', request, principal, reason, isByPolicy },
  });
  const obstacle = obstacleOf(request, facts);
  if (obstacle !== undefined) return refused(obstacle);
  const { seconds, namespace } = request.spec;
  const decision = facts.decide({ principal, cluster: cluster.name, namespace, seconds });
  if (decision === undefined) return refused(reasonOf('not-permitted', 'this processor has no policy', ASK));
  if (decision.kind === 'denied') return refused(decision.reason, true);
  // After the policy: how busy it is here is nothing to tell to those who may not ask.
  if (facts.isFull) {
    return refused(reasonOf('no-place', 'as many sessions as this processor allows are running', 'try again later'));
  }
  const { rule, maxSeconds, maxUsd } = decision;
  return { kind: 'admitted', request, principal, signer, rule, maxSeconds, maxUsd };
}

const ASK = 'ask an administrator of this cluster';

function obstacleOf(request: SessionRequest, facts: SessionFacts): StatusReason | undefined {
  const { cluster, ledger, id, sha256, now, repository } = facts;
  if (!facts.isConfigured) {
    return reasonOf('unsupported', `the processor of ${cluster.name} runs no sessions`, ASK);
  }
  const { targetCluster, nonce } = request.spec;
  if (targetCluster.type !== cluster.type) {
    const message = `${cluster.name} is a ${cluster.type}, the session says ${targetCluster.type}`;
    return reasonOf('wrong-type', message, 'see  claude-warroom cluster list');
  }
  if (!repository.isLocal && !sameRepository(request.spec.repository, repository.address)) {
    return reasonOf('wrong-repository', `it was written for ${request.spec.repository}`, 'start it in this war room');
  }
  const age = now.getTime() - Date.parse(request.metadata.timestamp);
  const skew = clockSkew(request.metadata.timestamp, now);
  if (skew !== undefined) return reasonOf('clock-skew', `it is ${skew.message}`, skew.hint);
  if (age > SESSION_START_MS) {
    return reasonOf('expired', 'nobody began it within an hour', 'start a new one');
  }
  const known = ledger.request(ledgerId(id));
  if (known?.sha256 !== undefined && known.sha256 !== sha256) {
    return reasonOf('id-reused', 'the file was changed after it had been accepted', 'start a new one');
  }
  const other = ledger.requestWithNonce(nonce);
  if (other === undefined || other === ledgerId(id)) return undefined;
  return reasonOf('replayed', 'its nonce was used before', 'start a new one');
}

function reasonOf(code: string, message: string, hint: string): StatusReason {
  return { code, message: message.slice(0, 1000), hint };
}

function ignored(why: string): SessionAdmission {
  return { kind: 'ignored', why };
}
