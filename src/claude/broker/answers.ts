import type { ServerResponse } from 'node:http';

/** An answer of the broker itself, in the form of the Messages API. `retry: false` stops the retries of the client. */
export interface BrokerAnswer {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly retry?: false;
}

export function sendAnswer(response: ServerResponse, answer: BrokerAnswer): void {
  const { status, type, message } = answer;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(answer.retry === false ? { 'x-should-retry': 'false' } : {}),
  });
  response.end(JSON.stringify({ type: 'error', error: { type, message } }));
}

export const WRONG_TOKEN: BrokerAnswer = {
  status: 401,
  type: 'authentication_error',
  message: 'this token opens no run',
  retry: false,
};

export const NOT_FORWARDED: BrokerAnswer = {
  status: 404,
  type: 'not_found_error',
  message: 'the model broker forwards POST /v1/messages only',
  retry: false,
};

export const TOO_LARGE: BrokerAnswer = {
  status: 413,
  type: 'request_too_large',
  message: 'the call is larger than 32 MiB',
  retry: false,
};

export const BUDGET_USED_UP: BrokerAnswer = {
  status: 402,
  type: 'billing_error',
  message: 'the budget of this run is used up',
  retry: false,
};

/** Says by itself why no call may be made now. */
export function notNow(message: string): BrokerAnswer {
  return { status: 402, type: 'billing_error', message, retry: false };
}

/** To be tried again: what is under way ends. */
export const TOO_MANY_CALLS: BrokerAnswer = {
  status: 429,
  type: 'rate_limit_error',
  message: 'too many calls of this run are under way',
};

export const CREDENTIAL_REFUSED: BrokerAnswer = {
  status: 401,
  type: 'authentication_error',
  message: 'the model API refuses the credential of the processor',
  retry: false,
};

export const UPSTREAM_SILENT: BrokerAnswer = {
  status: 504,
  type: 'timeout_error',
  message: 'the model API does not answer',
};

/** Says the code of the failure, such as ECONNREFUSED, and nothing else of it. */
export function unreachableUpstream(error: unknown): BrokerAnswer {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return { status: 502, type: 'api_error', message: `the model API cannot be reached${code}` };
}
