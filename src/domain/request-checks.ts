import { sha256 } from '../lib/digest.ts';
import type { RequestAttachment, TroubleshootingRequest } from '../schema/generated.ts';
import type { DocumentProblem } from './document-problem.ts';
import { resultFolder } from './repository-layout.ts';
import { parseRequestId, requestMinute, type RequestId } from './request-id.ts';
import { requestTargets } from './request.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Longest life of a request (decision 13). */
export const MAX_REQUEST_LIFE_DAYS = 7;

/** Largest sum of all attachments, so that a request file stays under its limit of 64 KiB. */
export const MAX_ATTACHMENT_BYTES = 48 * 1024;

/** What the schema of a request cannot say: how its fields fit each other. */
export function checkRequest(request: TroubleshootingRequest): readonly DocumentProblem[] {
  const id = parseRequestId(request.metadata.name);
  return [
    ...(id === undefined
      ? [{ path: ['metadata', 'name'], message: 'does not begin with a day and a minute of the calendar' }]
      : [...checkMinute(id, request), ...checkDestination(id, request)]),
    ...checkExpiry(request),
    ...checkFollowUp(request),
    ...checkAttachments(request.spec.attachments ?? []),
    ...checkTargets(request),
  ];
}

function checkMinute(id: RequestId, request: TroubleshootingRequest): readonly DocumentProblem[] {
  const minute = requestMinute(id).getTime();
  const written = Date.parse(request.metadata.timestamp);
  if (Math.floor(written / MINUTE_MS) * MINUTE_MS === minute) return [];
  return [
    {
      path: ['metadata', 'name'],
      message: `begins with the minute ${minuteText(minute)}, metadata.timestamp is in the minute ${minuteText(written)}`,
      hint: 'both are in UTC',
    },
  ];
}

function minuteText(time: number): string {
  return Number.isNaN(time) ? 'unknown' : `${new Date(time).toISOString().slice(0, 16)}Z`;
}

function checkDestination(id: RequestId, request: TroubleshootingRequest): readonly DocumentProblem[] {
  const folder = resultFolder(id);
  const { destination } = request.spec.output;
  if (destination === undefined || destination === folder) return [];
  return [
    {
      path: ['spec', 'output', 'destination'],
      message: `must be ${folder} or left out`,
      hint: 'the id of a request gives the folder of its result',
    },
  ];
}

function checkExpiry(request: TroubleshootingRequest): readonly DocumentProblem[] {
  const path = ['spec', 'expiresAt'];
  const lifeMs = Date.parse(request.spec.expiresAt) - Date.parse(request.metadata.timestamp);
  if (!(lifeMs > 0)) return [{ path, message: 'must be later than metadata.timestamp' }];
  if (lifeMs <= MAX_REQUEST_LIFE_DAYS * DAY_MS) return [];
  return [{ path, message: `is more than ${String(MAX_REQUEST_LIFE_DAYS)} days after metadata.timestamp` }];
}

function checkFollowUp(request: TroubleshootingRequest): readonly DocumentProblem[] {
  if (request.spec.followUp !== request.metadata.name) return [];
  return [{ path: ['spec', 'followUp'], message: 'is the id of this request itself' }];
}

function checkAttachments(attachments: readonly RequestAttachment[]): readonly DocumentProblem[] {
  const problems: DocumentProblem[] = repeatedNames(attachments).map((index) => ({
    path: ['spec', 'attachments', index, 'name'],
    message: 'is the name of an earlier attachment',
  }));
  for (const [index, attachment] of attachments.entries()) {
    const digest = sha256(attachment.content);
    if (digest === attachment.sha256) continue;
    problems.push({
      path: ['spec', 'attachments', index, 'sha256'],
      message: `is not the digest of the content, which is ${digest}`,
    });
  }
  const encoder = new TextEncoder();
  const bytes = attachments.reduce((sum, { content }) => sum + encoder.encode(content).length, 0);
  if (bytes > MAX_ATTACHMENT_BYTES) {
    const message = `have ${String(bytes)} bytes together, at most ${String(MAX_ATTACHMENT_BYTES)} are allowed`;
    problems.push({ path: ['spec', 'attachments'], message });
  }
  return problems;
}

function checkTargets(request: TroubleshootingRequest): readonly DocumentProblem[] {
  return repeatedNames(requestTargets(request)).map((index) => ({
    path: ['spec', 'targetClusters', index, 'name'],
    message: 'is the name of an earlier target',
  }));
}

/** Indexes of entries whose name came before; upper and lower case are the same on some file systems. */
function repeatedNames(entries: readonly { readonly name: string }[]): readonly number[] {
  const seen = new Set<string>();
  const repeated: number[] = [];
  for (const [index, { name }] of entries.entries()) {
    const folded = name.normalize('NFC').toLowerCase();
    if (seen.has(folded)) repeated.push(index);
    seen.add(folded);
  }
  return repeated;
}
