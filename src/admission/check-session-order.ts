import type { RequestId } from '../domain/request-id.ts';
import type { SessionOrderName } from '../domain/session-layout.ts';
import type { SignatureVerdict } from '../domain/signature.ts';
import { decodeUtf8 } from '../lib/utf8.ts';
import { parseDocument } from '../schema/parse-document.ts';

export interface SessionOrderFacts {
  readonly id: RequestId;
  /** As its path says it. */
  readonly order: SessionOrderName;
  readonly bytes: Uint8Array;
  /** Undefined where signatures are not required. */
  readonly verdict: SignatureVerdict | undefined;
  /** Whose session it is. */
  readonly requester: string;
  readonly isAdministrator: (principal: string) => boolean;
}

export type SessionOrderVerdict =
  | { readonly kind: 'stop'; readonly by: string; readonly reason?: string }
  | { readonly kind: 'extend'; readonly by: string; readonly until: Date }
  | { readonly kind: 'ignored'; readonly why: string };

/** Whether an order about a session counts: it must come from whose session it is; an administrator may stop it too. */
export function checkSessionOrder(facts: SessionOrderFacts): SessionOrderVerdict {
  const { id, order, bytes, verdict, requester, isAdministrator } = facts;
  if (verdict?.kind === 'refused') return ignored(order, `${verdict.code}: ${verdict.message}`);
  // Only now: whoever signed it may write here.
  const parsed = parseDocument('SessionOrder', decodeUtf8(bytes) ?? '', { file: 'order.yaml' });
  if (!parsed.ok) return ignored(order, 'it does not follow the schema of an order');
  const { metadata, spec } = parsed.value;
  const by = verdict?.signer.principal ?? metadata.engineer;
  if (metadata.name !== id) return ignored(order, `it is about ${metadata.name}`);
  if (metadata.engineer !== by) return ignored(order, `it says ${metadata.engineer} and was signed by ${by}`);
  if (spec.action !== (order === 'stop' ? 'stop' : 'extend')) return ignored(order, `it says ${spec.action}`);
  if (spec.action === 'stop') {
    if (by !== requester && !isAdministrator(by)) {
      return ignored(order, `${by} neither asked for the session nor is an administrator`);
    }
    return { kind: 'stop', by, ...(spec.reason === undefined ? {} : { reason: spec.reason }) };
  }
  if (by !== requester) return ignored(order, `the session is that of ${requester}`);
  if (spec.until === undefined) return ignored(order, 'it does not say until when');
  return { kind: 'extend', by, until: new Date(spec.until) };
}

function ignored(order: SessionOrderName, why: string): SessionOrderVerdict {
  return { kind: 'ignored', why: `the order ${order} does not count: ${why}` };
}
