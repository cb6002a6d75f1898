import type { Evidence } from '../domain/evidence.ts';
import type { Hypothesis, Judgement } from '../domain/finding.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import type { Report, ReportStrategy, ReportTarget, TroubleshootingRequest } from '../schema/generated.ts';
import type { MergedDraft } from './answer/judge-draft.ts';
import type { SiteContextFile } from './answer/load-site-context.ts';
import type { AgentCommandRecord } from './commands/agent-commands.ts';
import type { ClaudeFailureCode, ClaudeProgress } from './run/outcome.ts';

export interface ClaudeTask {
  readonly id: RequestId;
  readonly request: TroubleshootingRequest;
  readonly cluster: ReportTarget;
  readonly strategy: ReportStrategy;
  /** Of the checks, redacted, citations checked. */
  readonly judgement: Judgement;
  readonly hypotheses: readonly Hypothesis[];
  /** Of the checks, and attachments. */
  readonly evidence: readonly Evidence[];
  /** Report that this request asks about. */
  readonly earlier?: Report;
  readonly redaction: Redaction;
  /** Added to the closed environment of commands: how they reach the target. */
  readonly commandEnvironment?: Readonly<Record<string, string>>;
  readonly nextEvidence: () => string;
  /** Milliseconds that are left for the whole investigation. */
  readonly remainingMs: number;
  readonly signal: AbortSignal;
  /** Nothing is started while it says yes. */
  readonly isPaused?: () => boolean;
  readonly onCommand?: (
    event:
      | { readonly kind: 'started'; readonly command: RedactedText }
      | { readonly kind: 'ended'; readonly record: AgentCommandRecord },
  ) => void;
  readonly onProgress: (event: ClaudeProgress, spentUsd: number) => void;
}

export interface ClaudeWork {
  /** Recorded by commands of the model. */
  readonly evidence: readonly Evidence[];
  readonly commands: readonly AgentCommandRecord[];
  readonly usd: number;
  readonly turns: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Site knowledge that the model was given. */
  readonly siteContext: readonly Pick<SiteContextFile, 'name' | 'sha256'>[];
  /** Whether the conversation of the earlier request went on. */
  readonly conversation: 'new' | 'resumed';
}

/** Of a run that did not begin. */
export const NO_WORK: ClaudeWork = {
  evidence: [],
  commands: [],
  usd: 0,
  turns: 0,
  siteContext: [],
  conversation: 'new',
};

export type ClaudeResult =
  | ({
      readonly kind: 'answered';
      readonly merged: MergedDraft;
      /** A second look has judged the claims. */
      readonly isVerified?: boolean;
    } & ClaudeWork)
  | ({
      readonly kind: 'failed';
      readonly code: ClaudeFailureCode | 'invalid-answer';
      readonly message: string;
    } & ClaudeWork);
