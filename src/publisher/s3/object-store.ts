import { Agent } from 'node:https';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { withVariable } from '../../config/environment.ts';
import { WarroomError } from '../../domain/errors.ts';
import { sha256 } from '../../lib/digest.ts';
import { storeFailure } from './store-failure.ts';

export interface ObjectStoreOptions {
  readonly bucket: string;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly pathStyle?: boolean | undefined;
  /** PEM; read at the first use, so that a file that is missing is told by whoever needs it. */
  readonly readAuthority?: (() => Promise<string>) | undefined;
  /** Asked for every use, because keys are replaced while they are in use; what the environment has when absent. */
  readonly readCredential?: (() => Promise<StoreCredential>) | undefined;
  /** First try included; 3 by default. */
  readonly attempts?: number | undefined;
}

export interface StoreCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One bucket of a store that speaks S3. Every method throws a `WarroomError`. */
export interface ObjectStore {
  /** Bucket and host, for people. */
  readonly address: string;
  /** In parts when it is larger than 5 MiB. */
  put(key: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Throws `corrupt` when it is larger than `maxBytes`. */
  get(key: string, options: { readonly maxBytes: number; readonly signal: AbortSignal }): Promise<Uint8Array>;
  close(): void;
}

/** The smallest part that S3 takes. */
const PART_BYTES = 5 * 1024 * 1024;
const CONNECT_MS = 5000;
const ANSWER_MS = 30_000;

/**
 * The SDK says once that its versions of 2027 will need Node 22. This package runs on Node 20 with the version that it
 * pins, so nobody who runs it has anything to do. The switch is that of github.com/aws/aws-sdk-js-v3/issues/7983.
 */
function createClient(config: S3ClientConfig): S3Client {
  return withVariable('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true', () => new S3Client(config));
}

export function openObjectStore(options: ObjectStoreOptions): ObjectStore {
  const { bucket, endpoint } = options;
  const address = `${bucket} at ${endpoint === undefined ? 'AWS' : new URL(endpoint).host}`;
  let opening: Promise<S3Client> | undefined;

  async function client(): Promise<S3Client> {
    opening ??= clientConfig(options).then(createClient);
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  return {
    address,
    put: async (key, bytes, signal) => {
      const upload = new Upload({
        client: await client(),
        partSize: PART_BYTES,
        queueSize: 2,
        params: {
          ...{ Bucket: bucket, Key: key, Body: bytes, ContentType: 'text/plain; charset=utf-8' },
          Metadata: { sha256: sha256(bytes) },
        },
      });
      // Parts that were sent are taken back by the upload itself.
      const stop = (): void => {
        upload.abort().catch(() => undefined);
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        signal.throwIfAborted();
        await upload.done();
      } catch (error) {
        throw storeFailure(`write to the object store ${address}`, { error, signal, key });
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    get: async (key, { maxBytes, signal }) => {
      try {
        const { Body: body } = await (
          await client()
        ).send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
          abortSignal: signal,
        });
        const chunks: Uint8Array[] = [];
        let size = 0;
        for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
          size += chunk.length;
          if (size > maxBytes) throw tooLarge(key, maxBytes);
          chunks.push(chunk);
        }
        return Buffer.concat(chunks, size);
      } catch (error) {
        throw storeFailure(`read from the object store ${address}`, { error, signal, key });
      }
    },
    close: () => {
      opening?.then(
        (opened) => {
          opened.destroy();
        },
        () => undefined,
      );
    },
  };
}

async function clientConfig(options: ObjectStoreOptions): Promise<S3ClientConfig> {
  const { endpoint, region = 'us-east-1', readAuthority, readCredential, attempts = 3 } = options;
  const { pathStyle = endpoint !== undefined } = options;
  const ca = await readAuthority?.();
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    maxAttempts: attempts,
    // Stores other than that of AWS do not all know the newer checksums; the manifest has a stronger one.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
      httpsAgent: new Agent({
        keepAlive: true,
        maxSockets: 4,
        minVersion: 'TLSv1.2',
        ...(ca === undefined ? {} : { ca }),
      }),
    },
    ...(readCredential === undefined
      ? {}
      : {
          // One that is about to expire is asked for again at every call.
          credentials: async () => ({ ...(await readCredential()), expiration: new Date() }),
        }),
  };
}

function tooLarge(key: string, maxBytes: number): WarroomError {
  return new WarroomError('corrupt', 'the object store has another object than the manifest names', {
    why: `${JSON.stringify(key)} is larger than ${maxBytes} bytes`,
    hint: 'ask the administrator of the store who wrote it',
  });
}
