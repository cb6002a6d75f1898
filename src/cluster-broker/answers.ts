import type { ServerResponse } from 'node:http';
import { unreachable } from '../lib/unreachable.ts';
import type { Refusal, RefusalReason } from './call.ts';

/** In whose words an error is told. */
export type Dialect = 'kubernetes' | 'prometheus' | 'engine';

const STATUS: Readonly<Record<RefusalReason, number>> = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  Expired: 410,
  TooManyRequests: 429,
  BadGateway: 502,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
};

export function statusOf({ reason }: Refusal): number {
  return STATUS[reason];
}

/** An error in the form that the clients of this API show to people. */
export function sendRefusal(
  response: ServerResponse,
  refusal: Refusal,
  { dialect, status = statusOf(refusal) }: { readonly dialect: Dialect; readonly status?: number },
): void {
  const { retryAfterSeconds } = refusal;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(status === 405 ? { allow: 'GET' } : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
  response.end(`${JSON.stringify(bodyOf(refusal, { dialect, status }))}\n`);
}

function bodyOf(
  { reason, message, retryAfterSeconds }: Refusal,
  { dialect, status }: { readonly dialect: Dialect; readonly status: number },
): unknown {
  switch (dialect) {
    case 'kubernetes':
      return {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message,
        reason,
        ...(retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }),
        code: status,
      };
    case 'prometheus':
      return { status: 'error', errorType: reason, error: message };
    case 'engine':
      return { message };
    default:
      return unreachable(dialect);
  }
}
