import { parseRecord, recordField, textField, type JsonRecord } from '../schema/json-fields.ts';
import { createLineReader } from '../lib/line-reader.ts';
import type { ApiServer } from '../cluster-broker/api-server.ts';
import { isWarroomError } from '../domain/errors.ts';
import { backoffDelayMs, type Backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { apiFailure, apiStatusOf } from './api-failure.ts';
import { openCall, readBody } from './exchange.ts';
import { parseObject, targetOf, type ApiObject, type ResourceType } from './resource.ts';

export interface WatchOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Ends the watch; the only way in which it ends without an error. */
  readonly signal: AbortSignal;
  /** After so many seconds the server ends one connection, and the next one goes on; 240 by default. */
  readonly timeoutSeconds?: number;
}

export type WatchChange =
  /** All objects there are. Comes first, and again when changes were lost: what is not in it is gone. */
  | { readonly kind: 'listed'; readonly items: readonly ApiObject[] }
  | { readonly kind: 'changed'; readonly object: ApiObject }
  /** With its last state. */
  | { readonly kind: 'removed'; readonly object: ApiObject };

export interface WatchMeans {
  readonly api: ApiServer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: Backoff;
  readonly list: (selection: {
    readonly labelSelector?: string;
    readonly fieldSelector?: string;
    readonly signal: AbortSignal;
  }) => Promise<{ readonly items: readonly ApiObject[]; readonly resourceVersion: string }>;
}

const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** A server that does not end a connection in time has lost it. */
const LATE_SECONDS = 30;

/**
 * Lists, then watches from that version on. A connection that ends or breaks is opened again from the last version that
 * was seen, bookmarks included; when the server no longer has that version (410), everything is listed again. Waits
 * with backoff while the server cannot be reached, and throws only when it says that it will never answer (401, 403, 404).
 */
export async function* watchObjects(
  means: WatchMeans,
  options: WatchOptions & { readonly resource: ResourceType; readonly namespace: string },
): AsyncGenerator<WatchChange, void> {
  const { clock, random, backoff } = means;
  const { signal } = options;
  const { labelSelector, fieldSelector } = options;
  const selection = {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    signal,
  };
  let version: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await means.list(selection);
        version = list.resourceVersion;
        yield { kind: 'listed', items: list.items };
      }
      for await (const event of oneConnection(means, { ...options, version })) {
        failures = 0;
        version = event.version;
        if (event.change !== undefined) yield event.change;
      }
    } catch (error) {
      if (isExpired(error)) version = undefined;
      else if (isFinal(error)) throw error;
    }
    // A server that ends each connection at once must not be asked without a pause.
    failures += 1;
    if (!(await pause(clock, backoffDelayMs(backoff, failures - 1, random), signal))) return;
  }
}

interface VersionedChange {
  readonly version: string;
  /** Absent for a bookmark. */
  readonly change?: WatchChange;
}

async function* oneConnection(
  { api }: WatchMeans,
  options: WatchOptions & { readonly resource: ResourceType; readonly namespace: string; readonly version: string },
): AsyncGenerator<VersionedChange> {
  const { resource, namespace, version, labelSelector, fieldSelector, timeoutSeconds = 240 } = options;
  const query = {
    ...{ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version, labelSelector, fieldSelector },
    timeoutSeconds: String(timeoutSeconds),
  };
  const target = targetOf(resource, { namespace, query });
  const what = `watch ${resource.plural}`;
  const limit = AbortSignal.timeout((timeoutSeconds + LATE_SECONDS) * 1000);
  const signal = AbortSignal.any([options.signal, limit]);
  const answer = await openCall(api, { method: 'GET', target, what }, signal);
  const status = answer.statusCode ?? 0;
  if (status !== 200) {
    if (status === 401 && (await api.renew())) {
      answer.resume();
      return;
    }
    throw apiFailure(what, { status, body: await readBody(answer, 64 * 1024) });
  }
  const lines: string[] = [];
  const reader = createLineReader({ maxLineBytes: MAX_LINE_BYTES, onLine: (line) => lines.push(line) });
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    reader.push(chunk);
    for (const line of lines.splice(0)) yield parseEvent(what, parseRecord(line));
  }
}

function parseEvent(what: string, event: JsonRecord | undefined): VersionedChange {
  const type = textField(event, 'type');
  const record = recordField(event, 'object');
  if (type === 'ERROR' || record === undefined) {
    const code = record?.['code'];
    const status = typeof code === 'number' ? code : 500;
    throw apiFailure(what, { status, body: JSON.stringify(record ?? {}) });
  }
  const version = textField(recordField(record, 'metadata'), 'resourceVersion');
  if (version === undefined) throw apiFailure(what, { status: 500, body: '{"message":"an event has no version"}' });
  if (type === 'BOOKMARK') return { version };
  const object = parseObject(record);
  return { version, change: type === 'DELETED' ? { kind: 'removed', object } : { kind: 'changed', object } };
}

function isExpired(error: unknown): boolean {
  return apiStatusOf(error)?.status === 410;
}

function isFinal(error: unknown): boolean {
  return isWarroomError(error, 'authentication', 'not-allowed', 'not-found');
}

/** Whether the time went by before the signal came. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
