import { readFileSync } from 'node:fs';
import type {
  AcceptedHistory,
  Aggregate,
  AuditLine,
  Cancel,
  Claim,
  ClientConfig,
  ClusterRegistration,
  DraftVerification,
  Inventory,
  KeyEnrolment,
  Manifest,
  Playbook,
  PlaybookTest,
  Policy,
  PolicyTest,
  Presence,
  ProcessorConfig,
  Report,
  ReportDraft,
  Resume,
  SessionOrder,
  SessionRequest,
  SessionState,
  Status,
  TroubleshootingRequest,
} from './generated.ts';
import { isRecord } from './record.ts';

/** Every kind of document, by the name in its `kind` field. */
export interface Kinds {
  readonly TroubleshootingRequest: TroubleshootingRequest;
  readonly Cancel: Cancel;
  readonly Resume: Resume;
  readonly AcceptedHistory: AcceptedHistory;
  readonly ClusterRegistration: ClusterRegistration;
  readonly Claim: Claim;
  readonly Presence: Presence;
  readonly Status: Status;
  readonly Report: Report;
  readonly Aggregate: Aggregate;
  readonly ReportDraft: ReportDraft;
  readonly DraftVerification: DraftVerification;
  readonly Manifest: Manifest;
  readonly AuditLine: AuditLine;
  readonly Playbook: Playbook;
  readonly PlaybookTest: PlaybookTest;
  readonly ProcessorConfig: ProcessorConfig;
  readonly ClientConfig: ClientConfig;
  readonly KeyEnrolment: KeyEnrolment;
  readonly Policy: Policy;
  readonly PolicyTest: PolicyTest;
  readonly Inventory: Inventory;
  readonly SessionRequest: SessionRequest;
  readonly SessionOrder: SessionOrder;
  readonly SessionState: SessionState;
}

export type Kind = keyof Kinds;

interface KindFacts {
  /** Name of the file in `schemas/`. */
  readonly schemaFile: string;
  /** Largest document that is read, in bytes, unless the caller says otherwise. */
  readonly maxBytes: number;
}

const KIB = 1024;

/** Largest documents of all kinds; which kind a text holds is known after it has been read. */
export const LARGEST = { yaml: 256 * KIB, json: 8 * KIB * KIB } as const;

const KINDS: Readonly<Record<Kind, KindFacts>> = {
  TroubleshootingRequest: { schemaFile: 'request.schema.json', maxBytes: 64 * KIB },
  Cancel: { schemaFile: 'cancel.schema.json', maxBytes: 64 * KIB },
  Resume: { schemaFile: 'resume.schema.json', maxBytes: 16 * KIB },
  AcceptedHistory: { schemaFile: 'accepted-history.schema.json', maxBytes: 16 * KIB },
  ClusterRegistration: { schemaFile: 'cluster-registration.schema.json', maxBytes: 64 * KIB },
  Claim: { schemaFile: 'claim.schema.json', maxBytes: 64 * KIB },
  Presence: { schemaFile: 'presence.schema.json', maxBytes: 64 * KIB },
  Status: { schemaFile: 'status.schema.json', maxBytes: 64 * KIB },
  Report: { schemaFile: 'report.schema.json', maxBytes: LARGEST.json },
  Aggregate: { schemaFile: 'aggregate.schema.json', maxBytes: 2 * KIB * KIB },
  ReportDraft: { schemaFile: 'report-draft.schema.json', maxBytes: LARGEST.yaml },
  DraftVerification: { schemaFile: 'draft-verification.schema.json', maxBytes: 64 * KIB },
  Manifest: { schemaFile: 'manifest.schema.json', maxBytes: 4 * KIB * KIB },
  AuditLine: { schemaFile: 'audit-line.schema.json', maxBytes: 64 * KIB },
  Playbook: { schemaFile: 'playbook.schema.json', maxBytes: LARGEST.yaml },
  PlaybookTest: { schemaFile: 'playbook-test.schema.json', maxBytes: LARGEST.json },
  ProcessorConfig: { schemaFile: 'processor-config.schema.json', maxBytes: 64 * KIB },
  ClientConfig: { schemaFile: 'client-config.schema.json', maxBytes: 64 * KIB },
  KeyEnrolment: { schemaFile: 'key-enrolment.schema.json', maxBytes: 16 * KIB },
  Policy: { schemaFile: 'policy.schema.json', maxBytes: LARGEST.yaml },
  PolicyTest: { schemaFile: 'policy-test.schema.json', maxBytes: LARGEST.yaml },
  Inventory: { schemaFile: 'inventory.schema.json', maxBytes: LARGEST.yaml },
  SessionRequest: { schemaFile: 'session-request.schema.json', maxBytes: 16 * KIB },
  SessionOrder: { schemaFile: 'session-order.schema.json', maxBytes: 16 * KIB },
  SessionState: { schemaFile: 'session-state.schema.json', maxBytes: 16 * KIB },
};

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

/** Version of the contract that this program reads and writes. */
export const API_VERSION = 'warroom.intility.io/v1';

/** The `schemas/` folder of the package: as far from src/schema as from dist/schema. */
const SCHEMA_FOLDER = new URL('../../schemas/', import.meta.url);

export function isKind(name: unknown): name is Kind {
  return typeof name === 'string' && Object.hasOwn(KINDS, name);
}

export function maxBytesOf(kind: Kind): number {
  return KINDS[kind].maxBytes;
}

const schemas = new Map<Kind, Readonly<Record<string, unknown>>>();

/** The JSON Schema of a kind; read from disk once. */
export function schemaOf(kind: Kind): Readonly<Record<string, unknown>> {
  const known = schemas.get(kind);
  if (known !== undefined) return known;
  const schema: unknown = JSON.parse(readFileSync(new URL(KINDS[kind].schemaFile, SCHEMA_FOLDER), 'utf8'));
  if (!isRecord(schema)) throw new Error(`${KINDS[kind].schemaFile} is not a schema`);
  schemas.set(kind, schema);
  return schema;
}
