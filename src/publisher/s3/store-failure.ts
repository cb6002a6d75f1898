import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import { isUntrustedCertificate } from '../../lib/untrusted-certificate.ts';

/** Error codes of the S3 API and of the AWS SDK that have a known remedy. */
const CREDENTIAL = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'CredentialsProviderError',
  'RequestTimeTooSkewed',
]);
const MISSING_BUCKET = new Set(['NoSuchBucket', 'PermanentRedirect']);
const MISSING_OBJECT = new Set(['NoSuchKey', 'NotFound']);
const TIMEOUT = new Set(['TimeoutError', 'RequestTimeout', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/**
 * The error of a store as one of ours. Only names of the API go into it: the texts of a store may quote the key that
 * signed, and are somebody else's.
 */
export function storeFailure(
  what: string,
  { error, signal, key }: { readonly error: unknown; readonly signal: AbortSignal; readonly key: string },
): WarroomError {
  if (isWarroomError(error)) return error;
  const message = `cannot ${what}`;
  const fail = (code: ConstructorParameters<typeof WarroomError>[0], why: string, hint: string): WarroomError =>
    new WarroomError(code, message, { why, hint, cause: error });
  if (signal.aborted) return fail('timeout', 'it was not done in time', 'look at the store and at the way there');
  const names = namesOf(error);
  const has = (known: ReadonlySet<string>): string | undefined => names.find((name) => known.has(name));
  const credential = has(CREDENTIAL);
  if (credential === 'CredentialsProviderError') {
    return fail(
      'authentication',
      'there is no credential for it',
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; the administrator of the store gives them out',
    );
  }
  if (credential !== undefined) {
    return fail('authentication', `the store refuses the credential (${credential})`, 'renew the access key');
  }
  const bucket = has(MISSING_BUCKET);
  if (bucket !== undefined) {
    return fail(
      'not-found',
      `the bucket is not there (${bucket})`,
      'create it, or correct bucket, region and endpoint',
    );
  }
  if (has(MISSING_OBJECT) !== undefined) {
    return fail(
      'not-found',
      `it has no object ${JSON.stringify(key)}`,
      'ask the administrator of the store whether it was removed',
    );
  }
  if (has(TIMEOUT) !== undefined) return fail('timeout', 'the store did not answer in time', 'look at the store');
  const untrusted = names.find(isUntrustedCertificate);
  if (untrusted !== undefined) {
    return fail('offline', `its certificate is not trusted (${untrusted})`, 'name its certificate authority in caFile');
  }
  const status = statusOf(error);
  if (status === 403 || names.includes('AccessDenied')) {
    return fail(
      'not-allowed',
      'the store does not allow it (AccessDenied)',
      'let its policy allow this key s3:PutObject and s3:AbortMultipartUpload to write, or s3:GetObject to read',
    );
  }
  const said = names.find((name) => name !== 'Error') ?? 'no answer';
  return fail(
    'offline',
    status === undefined ? `it cannot be reached (${said})` : `it answered ${status} (${said})`,
    'it is tried again; look at the store and at the network policies',
  );
}

/** Names and codes of an error and of what caused it; only those that look like one. */
function namesOf(error: unknown): readonly string[] {
  const names: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const code = 'code' in at && typeof at.code === 'string' ? [at.code] : [];
    const inner = at instanceof AggregateError ? at.errors.flatMap(namesOf) : [];
    names.push(...code, at.name, ...inner);
  }
  return names.filter((name) => /^[A-Za-z0-9_]{1,60}$/u.test(name));
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata: unknown = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
