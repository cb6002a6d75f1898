import type { JsonRecord } from '../../schema/json-fields.ts';
import type { ModelRefusal } from '../model-access.ts';
import type { ProcessEnd } from './claude-process.ts';
import type { ClaudeFailureCode, Shortened } from './outcome.ts';
import type { RunResult } from './stream-event.ts';

/** Why we ended the run ourselves. */
export type StopCause = 'aborted' | 'deadline' | 'authentication' | 'flood' | 'no-report';

/** Everything that is known about a run when its process is gone. */
export interface RunFacts {
  readonly end: ProcessEnd;
  /** The last one that claude gave. */
  readonly result?: RunResult | undefined;
  readonly hasBegun: boolean;
  readonly cause?: StopCause | undefined;
  readonly shortened?: Shortened | undefined;
  readonly refusal?: ModelRefusal | undefined;
  /** `error` of the last assistant event, for example `billing_error`. */
  readonly apiError?: string | undefined;
  readonly stderr: string;
}

export interface Failure {
  readonly code: ClaudeFailureCode;
  readonly message: string;
}

const OUT_OF_TIME: Failure = { code: 'timeout', message: 'there was no answer before the time was over' };
const OUT_OF_TURNS: Failure = { code: 'turns', message: 'there was no answer within the turns that were allowed' };

/** The one definition of success: neither exit code nor `subtype` alone tell it. */
export function isAnswer(result: RunResult | undefined): result is RunResult & { readonly structured: JsonRecord } {
  return result?.subtype === 'success' && !result.isError && result.structured !== undefined;
}

/** Why a run without an answer failed. */
export function classifyFailure(facts: RunFacts): Failure {
  return causedByUs(facts) ?? saidByApi(facts) ?? saidByResult(facts) ?? saidByProcess(facts);
}

function causedByUs({ cause, shortened }: RunFacts): Failure | undefined {
  switch (cause) {
    case 'aborted':
      return { code: 'interrupted', message: 'the run was stopped' };
    case 'deadline':
      return OUT_OF_TIME;
    case 'authentication':
      return { code: 'authentication', message: 'the model API refuses the credential' };
    case 'flood':
      return { code: 'crashed', message: 'claude wrote more than a run may write' };
    case 'no-report':
      return shortened === 'turns' ? OUT_OF_TURNS : OUT_OF_TIME;
    case undefined:
      return undefined;
  }
}

function saidByApi({ refusal, result, apiError }: RunFacts): Failure | undefined {
  const status = result?.apiStatus;
  if (refusal === 'budget') return { code: 'budget', message: 'the budget of this run is used up' };
  if (refusal === 'credential' || status === 401 || status === 403 || apiError === 'authentication_failed') {
    return { code: 'authentication', message: 'the model API refuses the credential' };
  }
  if (status === 402 || apiError === 'billing_error') {
    return { code: 'budget', message: `the model API has no credit left: ${excerpt(result?.text)}` };
  }
  return undefined;
}

function saidByResult({ result, hasBegun }: RunFacts): Failure | undefined {
  if (result === undefined) return undefined;
  switch (result.subtype) {
    case 'error_max_turns':
      return OUT_OF_TURNS;
    case 'error_max_budget_usd':
      return { code: 'budget', message: 'the budget of this run is used up' };
    case 'error_max_structured_output_retries':
      return { code: 'no-structure', message: 'the model never gave an answer that follows the schema' };
    default:
      break;
  }
  if (result.isAborted && !hasBegun) {
    return { code: 'not-started', message: `claude did not start: ${excerpt(result.errors[0])}` };
  }
  if (result.isAborted) return { code: 'interrupted', message: 'the run was interrupted' };
  if (result.stopReason === 'refusal') return { code: 'refusal', message: 'the model refused to answer' };
  if (result.isError) return { code: 'api', message: `the model API failed: ${excerpt(result.text)}` };
  return { code: 'no-structure', message: 'the model answered in words instead of the form that was asked for' };
}

/** Exit codes of a shell for SIGHUP, SIGINT and SIGTERM; claude ends with them without a result. */
const STOPPED = [129, 130, 143];

function saidByProcess({ end, hasBegun, stderr }: RunFacts): Failure {
  if (end.kind === 'lost') return { code: end.code, message: end.message };
  if (end.kind === 'not-started') return { code: 'not-started', message: `claude cannot be started: ${end.code}` };
  const how = end.kind === 'killed' ? `was killed by ${end.signal}` : `ended with exit code ${end.exit}`;
  const why = stderr.trim() === '' ? '' : `: ${excerpt(stderr)}`;
  const wasStopped =
    end.kind === 'killed' ? ['SIGHUP', 'SIGINT', 'SIGTERM'].includes(end.signal) : STOPPED.includes(end.exit);
  if (wasStopped) return { code: 'interrupted', message: `claude ${how}` };
  return { code: hasBegun ? 'crashed' : 'not-started', message: `claude ${how} without a result${why}` };
}

/** One short line of a text that others wrote. */
function excerpt(text: string | undefined): string {
  const line = (text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line === '') return 'it does not say why';
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
