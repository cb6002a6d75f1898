import { nearestName } from '../lib/nearest-name.ts';
import { checkProcessorConfig, checkClientConfig } from '../domain/config-checks.ts';
import { checkInventory } from '../domain/inventory-checks.ts';
import type { DocumentProblem } from '../domain/document-problem.ts';
import { checkPolicy, checkPolicyTest } from '../domain/policy-checks.ts';
import { checkRequest } from '../domain/request-checks.ts';
import { didYouMean, explainError, type Complaint } from './explain-error.ts';
import { API_VERSION, isKind, KIND_NAMES, LARGEST, maxBytesOf, type Kind, type Kinds } from './kinds.ts';
import { createProblem, formatPath, MAX_PROBLEMS, quoteValue, type Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { oversize, type Reading } from './reading.ts';
import { isRecord } from './record.ts';
import type { Locate, Place } from './text-map.ts';
import { followsSchema, schemaErrors } from './validators.ts';

export interface ParsedDocument<Document> {
  readonly ok: true;
  readonly value: Document;
  readonly locate: Locate;
}

export interface RefusedDocument {
  readonly ok: false;
  /** At most 20, in the order of the file. */
  readonly problems: readonly Problem[];
  /** Number of problems that are not listed. */
  readonly more: number;
}

export type ParseOutcome<Document> = ParsedDocument<Document> | RefusedDocument;

export interface ParseOptions {
  /** Name for messages; its ending tells YAML from JSON. */
  readonly file: string;
  /** Largest text in bytes; the limit of the kind when absent. */
  readonly maxBytes?: number;
}

/** Reads a document that must be of `kind`: safe text, schema, and what no schema can say. */
export function parseDocument<Name extends Kind>(
  kind: Name,
  text: string,
  options: ParseOptions,
): ParseOutcome<Kinds[Name]> {
  const limit = options.maxBytes ?? maxBytesOf(kind);
  const reading = readText(text, options.file, { yaml: limit, json: limit });
  return reading.ok ? judge(kind, reading, options.file) : refuseAt(reading.faults, options.file);
}

/** Reads a document of any kind; the `kind` field of the value says which one it is. */
export function parseAnyDocument(text: string, options: ParseOptions): ParseOutcome<Kinds[Kind]> {
  const { maxBytes } = options;
  const limits = maxBytes === undefined ? LARGEST : { yaml: maxBytes, json: maxBytes };
  const reading = readText(text, options.file, limits);
  if (!reading.ok) return refuseAt(reading.faults, options.file);
  const kind = isRecord(reading.value) ? reading.value['kind'] : undefined;
  if (!isKind(kind)) return refuse(envelopeComplaints(reading.value), reading.locate, options.file);
  const tooLarge = oversize(text, maxBytes ?? maxBytesOf(kind));
  return tooLarge?.ok === false ? refuseAt(tooLarge.faults, options.file) : judge(kind, reading, options.file);
}

type ReadText = Extract<Reading, { readonly ok: true }>;

function judge<Name extends Kind>(kind: Name, reading: ReadText, file: string): ParseOutcome<Kinds[Name]> {
  const { value, locate } = reading;
  // A document of another kind or version would only collect complaints that lead nowhere.
  const envelope = envelopeComplaints(value, kind);
  if (envelope.length > 0) return refuse(envelope, locate, file);
  if (!followsSchema(kind, value)) {
    const complaints = schemaErrors(kind, value).map((error) => explainError(error, value));
    const known = complaints.filter((complaint) => complaint !== undefined);
    return refuse(known, locate, file);
  }
  const problems = checkMeaning(value);
  if (problems.length === 0) return { ok: true, value, locate };
  return refuse(
    problems.map((problem) => ({ ...problem, at: 'value' })),
    locate,
    file,
  );
}

/** What a schema cannot say. */
function checkMeaning(document: Kinds[Kind]): readonly DocumentProblem[] {
  if (document.kind === 'TroubleshootingRequest') return checkRequest(document);
  if (document.kind === 'ProcessorConfig') return checkProcessorConfig(document);
  if (document.kind === 'Inventory') return checkInventory(document);
  if (document.kind === 'ClientConfig') return checkClientConfig(document);
  if (document.kind === 'Policy') return checkPolicy(document);
  if (document.kind === 'PolicyTest') return checkPolicyTest(document);
  return [];
}

/** Complaints about `apiVersion` and `kind`; with `expected` the kind must be that one. */
function envelopeComplaints(value: unknown, expected?: Kind): readonly Complaint[] {
  if (!isRecord(value)) {
    return [{ path: [], at: 'value', message: 'must be a group of fields that begins with apiVersion and kind' }];
  }
  const version = value['apiVersion'];
  const kind = value['kind'];
  const complaints: Complaint[] = [];
  if (version === undefined) {
    complaints.push({ path: ['apiVersion'], at: 'key', message: 'is missing', hint: `add apiVersion: ${API_VERSION}` });
  } else if (version !== API_VERSION) {
    const message = `${quoteValue(version)} is not a version that this program reads`;
    complaints.push({ path: ['apiVersion'], at: 'value', message, hint: `it reads ${API_VERSION}` });
  }
  const names = expected === undefined ? KIND_NAMES : [expected];
  const choice = `${names.length > 1 ? 'one of ' : ''}${names.join(', ')}`;
  if (kind === undefined) {
    complaints.push({ path: ['kind'], at: 'key', message: 'is missing', hint: choice });
  } else if (typeof kind !== 'string' || !names.includes(kind)) {
    const nearest = typeof kind === 'string' ? nearestName(kind, names) : undefined;
    const hint = nearest === undefined || names.length === 1 ? undefined : didYouMean(nearest);
    complaints.push({ path: ['kind'], at: 'value', message: `${quoteValue(kind)} is not ${choice}`, hint });
  }
  return complaints;
}

function refuse(complaints: readonly Complaint[], locate: Locate, file: string): RefusedDocument {
  const placed = complaints.map((complaint) => ({ ...complaint, place: locate(complaint.path, complaint.at) }));
  return refuseAt(placed, file);
}

type Placed = Omit<Complaint, 'at'> & { readonly place: Place };

/** In the order of the file; of several complaints about one value the first says enough. */
function refuseAt(complaints: readonly Placed[], file: string): RefusedDocument {
  const byPath = new Map<string, Placed>();
  for (const complaint of complaints) {
    const key = `${String(complaint.place.line)}:${String(complaint.place.column)}:${formatPath(complaint.path)}`;
    if (!byPath.has(key)) byPath.set(key, complaint);
  }
  const all = [...byPath.values()].sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  return {
    ok: false,
    problems: all.slice(0, MAX_PROBLEMS).map((complaint) => createProblem(file, complaint.place, complaint)),
    more: Math.max(0, all.length - MAX_PROBLEMS),
  };
}
