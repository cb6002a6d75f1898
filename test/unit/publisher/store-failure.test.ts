import { describe, expect, it } from 'vitest';
import { WarroomError } from '../../../src/domain/errors.ts';
import { storeFailure } from '../../../src/publisher/s3/store-failure.ts';

const LIVE = new AbortController().signal;

/** As the SDK throws them: the name is a code of the API, and the status lies beside it. */
function failure(name: string, more: { code?: string; status?: number; cause?: Error } = {}): Error {
  const error = new Error(`a text of the store that quotes AKIAEXAMPLE for ${name}`, { cause: more.cause });
  error.name = name;
  if (more.code !== undefined) Object.assign(error, { code: more.code });
  if (more.status !== undefined) Object.assign(error, { $metadata: { httpStatusCode: more.status } });
  return error;
}

describe('the failure of a store', () => {
  it.each<[Error, string, string]>([
    [failure('CredentialsProviderError'), 'authentication', 'there is no credential for it'],
    [
      failure('InvalidAccessKeyId', { status: 403 }),
      'authentication',
      'the store refuses the credential (InvalidAccessKeyId)',
    ],
    [failure('SignatureDoesNotMatch'), 'authentication', 'the store refuses the credential (SignatureDoesNotMatch)'],
    [failure('RequestTimeTooSkewed'), 'authentication', 'the store refuses the credential (RequestTimeTooSkewed)'],
    [failure('NoSuchBucket', { status: 404 }), 'not-found', 'the bucket is not there (NoSuchBucket)'],
    [failure('NoSuchKey', { status: 404 }), 'not-found', 'it has no object "hub/E001"'],
    [failure('TimeoutError'), 'timeout', 'the store did not answer in time'],
    [
      failure('Error', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'offline',
      'its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    [failure('AccessDenied', { status: 403 }), 'not-allowed', 'the store does not allow it (AccessDenied)'],
    [failure('UnknownError', { status: 403 }), 'not-allowed', 'the store does not allow it (AccessDenied)'],
    [failure('Error', { code: 'ECONNREFUSED' }), 'offline', 'it cannot be reached (ECONNREFUSED)'],
    [
      failure('Error', { cause: failure('Error', { code: 'ENOTFOUND' }) }),
      'offline',
      'it cannot be reached (ENOTFOUND)',
    ],
    [failure('SlowDown', { status: 503 }), 'offline', 'it answered 503 (SlowDown)'],
    [failure('not a name', {}), 'offline', 'it cannot be reached (no answer)'],
  ])('is told in words of ours: %s', (error, code, why) => {
    const told = storeFailure('read from the object store b at s', { error, signal: LIVE, key: 'hub/E001' });
    expect(told).toMatchObject({ code, message: 'cannot read from the object store b at s', why });
    expect(told.hint).toBeTruthy();
    expect(JSON.stringify([told.message, told.why, told.hint])).not.toContain('AKIAEXAMPLE');
  });

  it('is a timeout when the time that there was is over, and stays what it is when it was told already', () => {
    const aborted = { error: failure('AbortError'), signal: AbortSignal.abort(), key: 'k' };
    expect(storeFailure('x', aborted)).toMatchObject({ code: 'timeout', why: 'it was not done in time' });
    const known = new WarroomError('corrupt', 'the object store has another object than the manifest names');
    expect(storeFailure('x', { error: known, signal: LIVE, key: 'k' })).toBe(known);
  });
});
