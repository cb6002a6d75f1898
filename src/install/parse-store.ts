import { WarroomError } from '../domain/errors.ts';
import type { S3PublisherConfig } from '../schema/generated.ts';
import { bad, matching, parseCidr } from './flag-words.ts';

/** Object store for large evidence, and how the processor gets there. */
export interface EvidenceStore extends Pick<S3PublisherConfig, 'bucket' | 'endpoint' | 'region' | 'prefix'> {
  /** Secret with access-key-id, secret-access-key and perhaps ca.crt. */
  readonly secret: string;
  /** The Secret has an authority of the store as ca.crt. */
  readonly hasAuthority: boolean;
  /** Addresses of the store, for the policy of the way out. */
  readonly cidrs: readonly string[];
}

export interface StoreWords {
  readonly s3Bucket?: string;
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3Prefix?: string;
  readonly s3Secret?: string;
  readonly s3Ca?: boolean;
  readonly s3Address?: readonly string[];
}

export const STORE_SECRET = 'claude-evidence-store';

/** The same as in schemas/processor-config.schema.json, which checks once more. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u;
const REGION = /^[a-z0-9][a-z0-9-]{0,62}$/u;
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,98}\/$/u;
const ENDPOINT = /^https:\/\/[a-z0-9][a-z0-9.-]{0,252}(?::[0-9]{1,5})?$/u;
const SECRET = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u;

/**
 * The store that the flags name; undefined when they name none. `isFenced` says that a policy names every address that the
 * processor may reach, so that those of the store must be given.
 */
export function parseStore(
  words: StoreWords,
  { isWanted, isFenced }: { readonly isWanted: boolean; readonly isFenced: boolean },
): EvidenceStore | undefined {
  const { s3Bucket, s3Endpoint, s3Region, s3Prefix, s3Secret = STORE_SECRET, s3Ca = false, s3Address = [] } = words;
  if (s3Bucket === undefined) {
    const [given] = Object.entries(words).filter(([name, value]) => name.startsWith('s3') && isGiven(value));
    if (!isWanted && given === undefined) return undefined;
    throw new WarroomError('usage', 'the bucket for large evidence is not named', {
      why: 'the publisher s3 needs one',
      hint: 'add --s3-bucket NAME',
    });
  }
  if (isFenced && s3Address.length === 0) {
    throw new WarroomError('usage', 'no address of the object store is given', {
      why: 'the processor reaches it directly, and its policy names every address that it may reach',
      hint: 'add --s3-address 192.0.2.40 for each address of the store',
    });
  }
  return {
    bucket: matching('--s3-bucket', s3Bucket, { pattern: BUCKET, example: 'warroom-evidence' }),
    ...(s3Endpoint === undefined ? {} : { endpoint: parseEndpoint(s3Endpoint) }),
    ...(s3Region === undefined
      ? {}
      : { region: matching('--s3-region', s3Region, { pattern: REGION, example: 'eu-north-1' }) }),
    ...(s3Prefix === undefined
      ? {}
      : { prefix: matching('--s3-prefix', s3Prefix, { pattern: PREFIX, example: 'production-hub/' }) }),
    secret: matching('--s3-secret', s3Secret, { pattern: SECRET, example: STORE_SECRET }),
    hasAuthority: s3Ca,
    cidrs: s3Address.map((each) => parseCidr('--s3-address', each)),
  };
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

function parseEndpoint(text: string): string {
  if (ENDPOINT.test(text) && URL.canParse(text)) return text;
  throw bad('--s3-endpoint', text, 'it must be https://NAME or https://NAME:PORT');
}

/** Port that the store listens at. */
export function storePort({ endpoint }: Pick<EvidenceStore, 'endpoint'>): number {
  const port = endpoint === undefined ? '' : new URL(endpoint).port;
  return port === '' ? 443 : Number(port);
}

/** Names that the store is reached by: those of AWS have the bucket in front. */
export function storeNames({ bucket, endpoint, region = 'us-east-1' }: EvidenceStore): readonly string[] {
  if (endpoint !== undefined) return [new URL(endpoint).hostname];
  const host = `s3.${region}.amazonaws.com`;
  return [`${bucket}.${host}`, host];
}
