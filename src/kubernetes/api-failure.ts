import { numberField, parseRecord, recordField, textField } from '../schema/json-fields.ts';
import { isWarroomError, WarroomError, type WarroomErrorCode } from '../domain/errors.ts';
import { cleanLine } from '../report/untrusted.ts';

/** What the API server said about a call that it refused; the cause of the `WarroomError`. */
export class ApiStatus extends Error {
  /** HTTP status; 0 when the server did not answer. */
  readonly status: number;
  /** As in `metav1.StatusReason`: `AlreadyExists`, `Conflict`, `Forbidden`, `Expired` …; empty when there is none. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'ApiStatus';
    this.status = status;
    this.reason = reason;
  }
}

/** The answer of the API server behind an error; undefined when the error has another cause. */
export function apiStatusOf(error: unknown): ApiStatus | undefined {
  return isWarroomError(error) && error.cause instanceof ApiStatus ? error.cause : undefined;
}

/** Whether the API server refused to create an object because a ResourceQuota is used up. */
export function isQuotaExceeded(error: unknown): boolean {
  const status = apiStatusOf(error);
  return status?.status === 403 && /\bexceeded quota\b/u.test(status.message);
}

/** Seconds that the server asks to wait, from `Retry-After` or from its Status. */
export function retryAfterSeconds(header: string | undefined, body: string): number | undefined {
  const fromHeader = /^\d{1,5}$/u.test(header ?? '') ? Number(header) : undefined;
  return fromHeader ?? numberField(recordField(parseRecord(body), 'details'), 'retryAfterSeconds');
}

interface Kind {
  readonly code: WarroomErrorCode;
  readonly hint: string;
}

const SERVER_TROUBLE: Kind = { code: 'offline', hint: 'look at the API server; the call is tried again later' };

function kindOf(status: number): Kind {
  switch (status) {
    case 401:
      return { code: 'authentication', hint: 'see that the token of the service account is mounted and not revoked' };
    case 403:
      return {
        code: 'not-allowed',
        hint: 'give the account the rights of docs/job-executor.md, docs/sessions.md or docs/publishers.md',
      };
    case 404:
      return { code: 'not-found', hint: 'see that the namespace and the object exist' };
    case 409:
      return { code: 'conflict', hint: 'somebody else wrote the object meanwhile; read it again' };
    case 410:
      return { code: 'conflict', hint: 'the resource version is too old; list again' };
    case 400:
    case 422:
      return { code: 'invalid-file', hint: 'correct the field that the API server names in the configuration' };
    default:
      return SERVER_TROUBLE;
  }
}

/** Most characters of what an API server says that go into an error. */
const MAX_WHY = 500;

/** The error of a refused call. `what` says what was tried: `create the Job x`. */
export function apiFailure(what: string, answer: { readonly status: number; readonly body: string }): WarroomError {
  const parsed = parseRecord(answer.body);
  const said = cleanLine(textField(parsed, 'message') ?? '').slice(0, MAX_WHY);
  const reason = textField(parsed, 'reason') ?? '';
  const { code, hint } = kindOf(answer.status);
  return new WarroomError(code, `cannot ${what}`, {
    why: said === '' ? `the API server answered ${answer.status}` : `the API server answered ${answer.status}: ${said}`,
    hint: answer.status === 403 && /\bexceeded quota\b/u.test(said) ? QUOTA_HINT : hint,
    cause: new ApiStatus(answer.status, reason, said),
  });
}

const QUOTA_HINT = 'raise the ResourceQuota of the namespace, or lower what an agent asks for (executor.resources)';

/** The error of a call that got no answer. */
export function noAnswer(
  what: string,
  { isLate, cause }: { readonly isLate: boolean; readonly cause: unknown },
): WarroomError {
  return isLate
    ? new WarroomError('timeout', `cannot ${what}`, {
        why: 'the API server did not answer in time',
        hint: 'look at the load of the API server and at the network policies',
        cause,
      })
    : new WarroomError('offline', `cannot ${what}`, {
        why: 'the API server cannot be reached',
        hint: 'check its address, its certificate authority and the network policies',
        cause,
      });
}
