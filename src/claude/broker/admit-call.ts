import type { IncomingMessage } from 'node:http';
import { sha256 } from '../../lib/digest.ts';
import { parseRecord, textField } from '../../schema/json-fields.ts';
import {
  BUDGET_USED_UP,
  CREDENTIAL_REFUSED,
  NOT_FORWARDED,
  notNow,
  TOO_LARGE,
  TOO_MANY_CALLS,
  WRONG_TOKEN,
  type BrokerAnswer,
} from './answers.ts';
import { refuseCall } from './call-policy.ts';
import type { RunAccount } from './run-account.ts';

/** What the Messages API takes at most. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Compared as text: a parser of URLs would see more than one way to write them. */
const FORWARDED = /^\/v1\/messages(?:\/count_tokens)?(?:\?[\w=&-]*)?$/u;

export type AdmittedCall =
  | { readonly kind: 'refused'; readonly answer: BrokerAnswer }
  | {
      readonly kind: 'admitted';
      readonly account: RunAccount;
      /** To be ended by whoever forwards it. */
      readonly call: AbortController;
      readonly path: string;
      readonly body: Buffer;
      readonly model: string;
    };

/** Accounts by the digest of their token, so that the time of a look-up says nothing about a token. */
export type AccountsByToken = ReadonlyMap<string, RunAccount>;

/** Whether a call may go to the model API: token, path, budget, size, content. */
export async function admitCall(request: IncomingMessage, accounts: AccountsByToken): Promise<AdmittedCall> {
  const account = findAccount(accounts, request);
  if (account === undefined) return refused(WRONG_TOKEN);
  const url = request.url ?? '';
  if (request.method !== 'POST' || !FORWARDED.test(url)) return refused(NOT_FORWARDED);
  if (account.refusal === 'budget') return refused(BUDGET_USED_UP);
  if (account.refusal === 'credential') return refused(CREDENTIAL_REFUSED);
  const obstacle = await account.obstacle();
  if (obstacle !== undefined) return refused(notNow(obstacle));
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return refused(TOO_LARGE);
  // From here on: a body that is being read takes memory as well.
  if (!account.hasRoom) return refused(TOO_MANY_CALLS);
  const call = account.begin();
  let isAdmitted = false;
  try {
    const body = await readBody(request);
    const parsed = parseRecord(body.toString('utf8'));
    const message = parsed === undefined ? 'the call is no JSON object' : refuseCall(parsed);
    if (message !== undefined) return refused({ status: 400, type: 'invalid_request_error', message, retry: false });
    isAdmitted = true;
    return { kind: 'admitted', account, call, path: url, body, model: textField(parsed, 'model') ?? '' };
  } finally {
    if (!isAdmitted) account.end(call);
  }
}

function refused(answer: BrokerAnswer): AdmittedCall {
  return { kind: 'refused', answer };
}

function findAccount(accounts: AccountsByToken, request: IncomingMessage): RunAccount | undefined {
  const key = request.headers['x-api-key'];
  const bearer = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1];
  const token = typeof key === 'string' ? key : bearer;
  return token === undefined ? undefined : accounts.get(sha256(token));
}

/** The whole body; throws when more comes than was announced. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('the call is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
