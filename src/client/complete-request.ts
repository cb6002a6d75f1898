import { WarroomError } from '../domain/errors.ts';
import { MAX_REQUEST_BYTES } from '../domain/repository-layout.ts';
import { createRequestId, parseRequestId, requestMinute, type RequestId } from '../domain/request-id.ts';
import { randomHex } from '../lib/random-text.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { formatProblems, type Problem } from '../schema/problem.ts';
import { readText } from '../schema/read-text.ts';
import { isRecord } from '../schema/record.ts';
import {
  DEFAULT_EXPIRY_MS,
  DEFAULT_TIMEOUT_SECONDS,
  readyRequest,
  titleOf,
  type DraftSurroundings,
  type ReadyRequest,
} from './draft-request.ts';

/** Clocks may differ this much; the id begins with the minute of the timestamp. */
const MAX_SKEW_MS = 5 * 60 * 1000;

type Fields = Readonly<Record<string, unknown>>;

export interface CompletedRequest extends ReadyRequest {
  /** The file was a complete request and is sent byte for byte, so that a signature over it stays good. */
  readonly isVerbatim: boolean;
  /** What was changed or left out, for people. */
  readonly warnings: readonly string[];
}

/**
 * Makes a request of a hand-written file: a free `name` becomes title and slug, what is missing is filled in, what a
 * request cannot carry is left out with a warning. Throws `invalid-file` with line and column of every problem.
 */
export function completeRequest(
  text: string,
  options: DraftSurroundings & { readonly file: string },
): CompletedRequest {
  const strict = parseDocument('TroubleshootingRequest', text, { file: options.file });
  if (strict.ok) return { ...readyRequest(strict.value), text, isVerbatim: true, warnings: [] };

  const reading = readText(text, options.file, { yaml: MAX_REQUEST_BYTES, json: MAX_REQUEST_BYTES });
  if (!reading.ok || !isRecord(reading.value)) throw invalidFile(options.file, strict);
  const warnings: string[] = [];
  const completed = completeDocument(reading.value, options, warnings);
  const result = parseDocument('TroubleshootingRequest', JSON.stringify(completed), { file: 'request' });
  if (!result.ok) throw invalidFile(options.file, problemsOfBoth(strict, result));
  return { ...readyRequest(result.value), isVerbatim: false, warnings };
}

function completeDocument(document: Fields, options: DraftSurroundings, warnings: string[]): Fields {
  const metadata = fieldsOf(document['metadata']);
  const spec = fieldsOf(document['spec']);
  const identity = completeIdentity(metadata, spec, { ...options, warnings });
  const { destination, ...output } = fieldsOf(spec['output']);
  if (destination !== undefined) {
    warnings.push(
      `output.destination is left out: results go to results/${identity.name.slice(0, 10).replaceAll('-', '/')}/${identity.name}`,
    );
  }
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'TroubleshootingRequest',
    ...document,
    metadata: { engineer: options.engineer, ...metadata, ...identity },
    spec: {
      ...spec,
      ...completeTargets(spec),
      investigation: completeInvestigation(fieldsOf(spec['investigation']), warnings),
      output: { format: 'markdown', ...output },
      origin: spec['origin'] ?? { kind: 'person' },
      expiresAt: spec['expiresAt'] ?? new Date(options.now.getTime() + DEFAULT_EXPIRY_MS).toISOString(),
      nonce: spec['nonce'] ?? randomHex(16, options.random),
      repository: spec['repository'] ?? options.repository,
    },
  };
}

function completeIdentity(
  metadata: Fields,
  spec: Fields,
  options: DraftSurroundings & { readonly warnings: string[] },
): { readonly name: string; readonly title: string; readonly timestamp: string } {
  const { now, random, warnings } = options;
  const given = new Date(textOf(metadata['timestamp']) ?? now);
  const isNear = Math.abs(now.getTime() - given.getTime()) <= MAX_SKEW_MS;
  if (!isNear) warnings.push(`metadata.timestamp is replaced: ${String(metadata['timestamp'])} is not now`);
  const at = isNear ? given : now;
  const timestamp = isNear ? (textOf(metadata['timestamp']) ?? now.toISOString()) : now.toISOString();
  const name = textOf(metadata['name']);
  const ownId = parseRequestId(name ?? '');
  const description = textOf(fieldsOf(spec['issue'])['description']) ?? 'request';
  const title = titleOf(textOf(metadata['title']) ?? (ownId === undefined ? name : undefined) ?? description);
  const keepsId = ownId !== undefined && requestMinute(ownId).getTime() === Math.floor(at.getTime() / 60_000) * 60_000;
  if (keepsId) return { name: ownId, title, timestamp };
  return { name: createRequestId({ at, slug: slugSource(ownId, name, title), random }), title, timestamp };
}

/** The slug of a stale id, a free name, or the title. */
function slugSource(ownId: RequestId | undefined, name: string | undefined, title: string): string {
  return ownId === undefined ? (name ?? title) : ownId.slice(16, -5);
}

/** A list of one cluster is a single cluster; several need to know how they are asked. */
function completeTargets(spec: Fields): Fields {
  const list: unknown = spec['targetClusters'];
  if (!Array.isArray(list)) return {};
  const targets: readonly unknown[] = list;
  if (targets.length === 1 && spec['targetCluster'] === undefined) {
    return { targetCluster: targets[0], targetClusters: undefined, coordination: undefined };
  }
  return { coordination: spec['coordination'] ?? { mode: 'parallel' } };
}

function completeInvestigation(investigation: Fields, warnings: string[]): Fields {
  const { allowedTools, ...rest } = investigation;
  const tools: readonly unknown[] | undefined = Array.isArray(allowedTools) ? allowedTools : undefined;
  const kept = tools?.filter((tool) => tool !== 'write');
  if (tools !== undefined && kept?.length !== tools.length) {
    warnings.push('the tool "write" is left out: an investigation only reads');
  }
  const isLeftOut = allowedTools === undefined || kept?.length === 0;
  return {
    strategy: 'auto',
    timeout: DEFAULT_TIMEOUT_SECONDS,
    mode: 'read',
    engine: 'auto',
    ...rest,
    ...(isLeftOut ? {} : { allowedTools: kept ?? allowedTools }),
  };
}

interface Problems {
  readonly problems: readonly Problem[];
  readonly more: number;
}

/** What is still wrong after completion, with the places that it has in the file. */
function problemsOfBoth(strict: Problems, completed: Problems): Problems {
  const paths = new Set(completed.problems.map(({ path }) => path));
  const placed = strict.problems.filter(({ path }) => paths.has(path));
  const placedPaths = new Set(placed.map(({ path }) => path));
  const unplaced = completed.problems.filter(({ path }) => !placedPaths.has(path));
  return { problems: [...placed, ...unplaced], more: completed.more };
}

function invalidFile(file: string, { problems, more }: Problems): WarroomError {
  return new WarroomError('invalid-file', `${file} is not a valid request`, {
    why: formatProblems(problems, more),
    hint: `check it again with  claude-warroom validate ${file}`,
  });
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
