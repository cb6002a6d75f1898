import type { Evidence } from '../domain/evidence.ts';
import type { Judgement } from '../domain/finding.ts';
import type { TerminalPhase } from '../domain/phase.ts';
import type {
  Hypothesis,
  RedactionCounts,
  Report,
  ReportAttempt,
  ReportCommand,
  ReportCost,
  ReportEngine,
  ReportPlaybook,
  ReportRequester,
  ReportStrategy,
  ReportTarget,
  ReportTargetIdentity,
  Recommendation,
  RootCause,
  SimilarRequest,
  TimelineEntry,
  TroubleshootingRequest,
} from '../schema/generated.ts';

type Metadata = TroubleshootingRequest['metadata'];
type Spec = TroubleshootingRequest['spec'];

/** What a report tells of the request that it answers; whoever looks by hand asks no more than this. */
export interface Question {
  readonly metadata: Pick<Metadata, 'name' | 'title' | 'timestamp'>;
  readonly spec: Pick<Spec, 'followUp'> & {
    readonly issue: Pick<Spec['issue'], 'description'>;
    readonly investigation: Pick<Spec['investigation'], 'namespace'>;
  };
}

/** What a processor knows at the end of an attempt; a report is made from nothing else. */
export interface ReportParts {
  readonly request: Question;
  /**
   * Command that looks with a strategy, for what to do next; undefined where there is none. That of the war room when
   * absent.
   */
  readonly investigateCommand?: (strategy: string) => string | undefined;
  /** Digest of the bytes of the request that were admitted. */
  readonly requestSha256: string;
  readonly cluster: ReportTarget;
  readonly target: ReportTargetIdentity;
  readonly requester: ReportRequester;
  /** `succeeded` by default. */
  readonly phase?: TerminalPhase;
  readonly assessment: Assessment;
  readonly strategy: ReportStrategy;
  readonly engine: ReportEngine;
  /** With citations checked. */
  readonly judgement: Judgement;
  /** Best first. */
  readonly hypotheses: readonly Hypothesis[];
  /** The file of each is exactly its text. */
  readonly evidence: readonly Evidence[];
  readonly redactions: RedactionCounts;
  readonly run: RunFacts;
  /** Every command, with its decision; derived from the evidence when absent. */
  readonly commands?: readonly ReportCommand[];
  readonly impact?: string;
  /** Moments that the evidence itself tells of. */
  readonly moments?: readonly TimelineEntry[];
  readonly similar?: readonly SimilarRequest[];
  /** What the model concluded; used as far as the assessment agrees with it. */
  readonly draft?: DraftConclusion;
}

/** The conclusion of a model after its citations were checked; texts are cleaned and within the limits of the report. */
export interface DraftConclusion extends Conclusion {
  readonly outcome: Report['outcome'];
  /** Lowered by citations that failed; the report is never surer. */
  readonly confidence: number;
  /** Present when the first hypothesis is the model's and rests on a quote that was found. */
  readonly rootCause?: RootCause;
}

/** What the report says first, and what follows from it. */
export interface Conclusion {
  readonly bottomLine: string;
  readonly confidence: number;
  readonly recommendations: readonly Recommendation[];
  readonly rootCause?: RootCause;
}

export interface Assessment {
  readonly outcome: Report['outcome'];
  readonly quality: Report['quality'];
  readonly qualityReasons: readonly string[];
}

export interface RunFacts {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly attempt: number;
  readonly attempts: readonly ReportAttempt[];
  readonly holder: string;
  readonly version: string;
  readonly playbook?: ReportPlaybook;
  readonly model?: string;
  readonly cost?: ReportCost;
}
