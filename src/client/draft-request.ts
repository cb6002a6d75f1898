import type { Coordination } from '../domain/coordination.ts';
import { WarroomError } from '../domain/errors.ts';
import { MAX_REQUEST_BYTES } from '../domain/repository-layout.ts';
import type { Target } from '../domain/request.ts';
import { createRequestId, parseRequestId, type RequestId } from '../domain/request-id.ts';
import { randomHex, type RandomBytes } from '../lib/random-text.ts';
import { formatYaml } from '../schema/format-document.ts';
import type {
  RequestAttachment,
  RequestInvestigation,
  RequestOrigin,
  TroubleshootingRequest,
} from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import type { Problem } from '../schema/problem.ts';

export const DEFAULT_TIMEOUT_SECONDS = 900;
export const DEFAULT_EXPIRY_MS = 24 * 60 * 60 * 1000;
const MAX_TITLE = 120;

/** What a person says; everything else is filled in. */
export interface RequestDraft {
  /** Becomes title and slug; the description speaks for itself when absent. */
  readonly name?: string | undefined;
  readonly description: string;
  readonly category?: string | undefined;
  readonly affectedResources?: readonly string[] | undefined;
  readonly targets: readonly Target[];
  /** `parallel` by default; only for several targets. */
  readonly coordination?: Coordination['mode'] | undefined;
  readonly stopOn?: Coordination['stopOn'] | undefined;
  readonly strategy?: string | undefined;
  readonly namespace?: string | undefined;
  readonly prompt?: string | undefined;
  readonly allowedTools?: readonly string[] | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly engine?: RequestInvestigation['engine'] | undefined;
  readonly budget?: RequestInvestigation['budget'] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly attachments?: readonly RequestAttachment[] | undefined;
  readonly followUp?: RequestId | undefined;
  readonly origin?: RequestOrigin | undefined;
}

/** Who asks, where, when. */
export interface DraftSurroundings {
  readonly engineer: string;
  /** Address of the war room without credentials. */
  readonly repository: string;
  readonly now: Date;
  readonly random: RandomBytes;
}

/** A request that is ready to be sent: what it says, and the bytes that say it. */
export interface ReadyRequest {
  readonly id: RequestId;
  readonly request: TroubleshootingRequest;
  readonly text: string;
}

/** Fills in id, times, nonce and defaults. Throws `usage` naming every value that the schema does not allow. */
export function draftRequest(draft: RequestDraft, surroundings: DraftSurroundings): ReadyRequest {
  const { engineer, repository, now, random } = surroundings;
  const title = titleOf(draft.name ?? draft.description);
  const [first, ...others] = draft.targets;
  const id = createRequestId({ at: now, slug: draft.name ?? draft.description, random });
  // The schema decides what a tool may be called, so that a wrong name is refused with its near ones.
  const document = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'TroubleshootingRequest',
    metadata: {
      name: id,
      title,
      timestamp: now.toISOString(),
      engineer,
      ...present('labels', draft.labels),
    },
    spec: {
      ...(others.length === 0 ? present('targetCluster', first) : { targetClusters: draft.targets }),
      ...(others.length === 0
        ? {}
        : { coordination: { mode: draft.coordination ?? 'parallel', ...present('stopOn', draft.stopOn) } }),
      issue: {
        ...present('category', draft.category),
        description: draft.description,
        ...present('affectedResources', nonEmpty(draft.affectedResources)),
      },
      investigation: {
        strategy: draft.strategy ?? 'auto',
        ...present('namespace', draft.namespace),
        ...present('prompt', draft.prompt),
        ...present('allowedTools', nonEmpty(draft.allowedTools)),
        timeout: draft.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
        mode: 'read',
        engine: draft.engine ?? 'auto',
        ...present('budget', draft.budget),
      },
      ...present('attachments', nonEmpty(draft.attachments)),
      output: { format: 'markdown' },
      ...present('followUp', draft.followUp),
      origin: draft.origin ?? { kind: 'person' },
      expiresAt: new Date(now.getTime() + DEFAULT_EXPIRY_MS).toISOString(),
      nonce: randomHex(16, random),
      repository,
    },
  };
  return checkedRequest(document);
}

/** The document as a request and as text, or a `usage` error that names everything wrong with it. */
function checkedRequest(document: unknown): ReadyRequest {
  const result = parseDocument('TroubleshootingRequest', JSON.stringify(document), { file: 'request' });
  if (!result.ok) {
    throw new WarroomError('usage', 'this is not a valid request', {
      why: result.problems.map(withoutPlace).join('\n'),
      hint: 'the fields and their limits are in schemas/request.schema.json',
    });
  }
  const ready = readyRequest(result.value);
  const bytes = Buffer.byteLength(ready.text);
  if (bytes <= MAX_REQUEST_BYTES) return ready;
  throw new WarroomError('usage', 'the request is too large', {
    why: `it has ${bytes} bytes, at most ${MAX_REQUEST_BYTES} are allowed`,
    hint: 'attach less',
  });
}

/** The request as it will be written. */
export function readyRequest(request: TroubleshootingRequest): ReadyRequest {
  const id = parseRequestId(request.metadata.name);
  if (id === undefined) throw new WarroomError('invalid-file', `"${request.metadata.name}" is not a request id`);
  return { id, request, text: formatYaml('TroubleshootingRequest', request) };
}

function withoutPlace({ path, message, hint }: Problem): string {
  return `${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
}

/** First line of a text, cut at a word. */
export function titleOf(text: string): string {
  const [line = ''] = text.trim().split(/\r?\n/u);
  if (line.length <= MAX_TITLE) return line;
  const cut = line.slice(0, MAX_TITLE - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), MAX_TITLE / 2)).trimEnd()}…`;
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  const entry: Partial<Record<Name, Value>> = {};
  if (value !== undefined) entry[name] = value;
  return entry;
}

function nonEmpty<Value>(values: readonly Value[] | undefined): readonly Value[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}
