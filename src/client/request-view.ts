import { coordinationOf, isSkipped, type Coordination } from '../domain/coordination.ts';
import { partState, wholePhase } from '../domain/request-state.ts';
import { isTerminal, type Outcome, type Phase, type Quality } from '../domain/phase.ts';
import { parseRequestId, requestMinute, type RequestId } from '../domain/request-id.ts';
import { requestTargets } from '../domain/request.ts';
import { cleanLine } from '../report/untrusted.ts';
import type {
  Claim,
  ClaimProgress,
  RequestOrigin,
  Status,
  StatusAttempt,
  StatusReason,
  TroubleshootingRequest,
} from '../schema/generated.ts';

/** `invalid`: the request file cannot be read, so it belongs to no cluster and nobody will answer it. */
export type ViewPhase = Phase | 'invalid';

/** What is known about the work on a request. All text is cleaned of control characters. */
interface Answer {
  readonly outcome?: Outcome;
  readonly quality?: Quality;
  readonly qualityReasons: readonly string[];
  readonly bottomLine?: string;
  readonly confidence?: number;
  readonly reason?: StatusReason;
  readonly strategy?: string;
  readonly engine?: 'diagnostics' | 'claude';
  readonly findings?: number;
  readonly attempt: number;
  readonly attempts: readonly StatusAttempt[];
  /** Instance that works on it, or has worked on it last. */
  readonly processor?: string;
  /** Only while somebody holds the claim. */
  readonly progress?: ClaimProgress;
  /** Nothing was heard of the holder of the claim since then, and its lease is over: it is presumed dead. */
  readonly silentSince?: Date;
  readonly claimedAt?: Date;
  readonly finishedAt?: Date;
  /** US dollars that a model has cost so far, or in the end. */
  readonly usd?: number;
  /** Turns of the model. */
  readonly turns?: number;
}

/** What one cluster has done with a request. */
export interface PartView extends Answer {
  readonly cluster: string;
  readonly phase: Phase;
  /** Another part had ended the search before this one began. */
  readonly isSkipped: boolean;
  /** The cluster whose turn comes first. */
  readonly waitsFor?: string;
}

/** A request as people see it: its file, its claims and its results read together. */
export interface RequestView extends Answer {
  readonly id: RequestId;
  readonly title: string;
  readonly phase: ViewPhase;
  /** Names of all clusters that are asked; empty when the file cannot be read. */
  readonly clusters: readonly string[];
  readonly requester?: string;
  readonly isSigned: boolean;
  readonly origin: RequestOrigin['kind'];
  /** The earlier request that this one asks further about. */
  readonly followUp?: RequestId;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  /** Waits in the inbox until a processor of its cluster puts it on the branch. */
  readonly isInInbox: boolean;
  /** A cancel file lies there; what runs stops within one poll. */
  readonly isCancelRequested: boolean;
  /** Why the file cannot be read; set when the phase is `invalid`. */
  readonly problem?: string;
  /** How several clusters are asked; absent for one. */
  readonly coordination?: Coordination;
  /** One entry per cluster. */
  readonly parts: readonly PartView[];
}

/** What lies in the war room about one request. */
export interface RequestFacts {
  readonly id: RequestId;
  /** The parsed file, or why it cannot be used; undefined when there is none. */
  readonly file?: { readonly request: TroubleshootingRequest } | { readonly problem: string } | undefined;
  readonly isSigned: boolean;
  readonly isInInbox: boolean;
  readonly isCancelled: boolean;
  /** By cluster. */
  readonly statuses: ReadonlyMap<string, Status>;
  readonly claims: ReadonlyMap<string, Claim>;
  /** When each claim was renewed last, by the clock of its holder. */
  readonly heardAt?: ReadonlyMap<string, Date>;
}

export function requestView(facts: RequestFacts, now: Date): RequestView {
  const request = facts.file !== undefined && 'request' in facts.file ? facts.file.request : undefined;
  const clusters =
    request === undefined
      ? [...new Set([...facts.statuses.keys(), ...facts.claims.keys()])]
      : requestTargets(request).map(({ name }) => name);
  const parts = clusters.map((cluster) => readPart(facts, { cluster, request, now }));
  const status = [...facts.statuses.values()].at(0);
  const problem = facts.file !== undefined && 'problem' in facts.file ? facts.file.problem : undefined;
  const requester = request?.metadata.engineer ?? status?.requester;
  const expiresAt = request?.spec.expiresAt;
  const followUp = parseRequestId(request?.spec.followUp ?? '');
  return {
    ...combined(parts),
    id: facts.id,
    title: cleanLine(request?.metadata.title ?? status?.title ?? facts.id.slice(16, -5)),
    phase: parts.length === 0 ? 'invalid' : wholePhaseOf(parts),
    clusters: clusters.map(cleanLine),
    ...(requester === undefined ? {} : { requester: cleanLine(requester) }),
    isSigned: facts.isSigned,
    origin: request?.spec.origin.kind ?? 'person',
    ...(followUp === undefined ? {} : { followUp }),
    createdAt: new Date(request?.metadata.timestamp ?? status?.times.createdAt ?? requestMinute(facts.id)),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
    isInInbox: facts.isInInbox,
    isCancelRequested: facts.isCancelled,
    ...(problem === undefined ? {} : { problem: cleanLine(problem) }),
    ...(request === undefined || parts.length < 2 ? {} : { coordination: coordinationOf(request) }),
    parts: parts.map((part, at) => partView(part, request === undefined ? [] : parts.slice(0, at), request)),
  };
}

interface ReadPart {
  readonly cluster: string;
  readonly phase: Phase;
  readonly answer: Answer;
}

function readPart(
  facts: RequestFacts,
  { cluster, request, now }: { cluster: string; request: TroubleshootingRequest | undefined; now: Date },
): ReadPart {
  const part = partState({
    cluster,
    request,
    status: facts.statuses.get(cluster),
    claim: facts.claims.get(cluster),
    isCancelled: facts.isCancelled,
    now,
  });
  const { status, claim } = part;
  const isRunning = claim !== undefined && claim.progress.phase === part.phase;
  const claimedAt = isRunning ? claim.claimedAt : status?.times.claimedAt;
  const finishedAt = status?.times.finishedAt;
  const { usd, turns }: { usd?: number; turns?: number } = (isRunning ? claim.progress : status?.cost) ?? {};
  const findings = isRunning ? claim.progress.findings : status?.findings;
  const processor = isRunning ? claim.holder : status?.processor.holder;
  const answer: Answer = {
    ...(status?.outcome === undefined ? {} : { outcome: status.outcome }),
    ...(status?.quality === undefined ? {} : { quality: status.quality }),
    qualityReasons: (status?.qualityReasons ?? []).map(cleanLine),
    ...(status?.bottomLine === undefined ? {} : { bottomLine: cleanLine(status.bottomLine) }),
    ...(status?.confidence === undefined ? {} : { confidence: status.confidence }),
    ...(status?.reason === undefined ? {} : { reason: cleanReason(status.reason) }),
    ...(status?.strategy === undefined ? {} : { strategy: status.strategy }),
    ...(status?.engine === undefined ? {} : { engine: status.engine }),
    ...(findings === undefined ? {} : { findings }),
    attempt: (isRunning ? claim.attempt : status?.attempt) ?? 0,
    attempts: (isRunning ? claim.attempts : status?.attempts) ?? [],
    ...(processor === undefined ? {} : { processor }),
    ...(isRunning ? { progress: { ...claim.progress, message: cleanLine(claim.progress.message) } } : {}),
    ...(isRunning ? silenceOf(claim, { heardAt: facts.heardAt?.get(cluster), now }) : {}),
    ...(claimedAt === undefined ? {} : { claimedAt: new Date(claimedAt) }),
    ...(finishedAt === undefined ? {} : { finishedAt: new Date(finishedAt) }),
    ...(usd === undefined ? {} : { usd }),
    ...(turns === undefined ? {} : { turns }),
  };
  return { cluster, phase: part.phase, answer };
}

/** Time for clocks that differ: nobody is called dead because of a minute. */
const CLOCKS_MS = 60_000;
/** As long as another processor waits before it takes over. */
const LEASES = 1.25;

/**
 * The time of the last renewal is one of another clock. A clock that is behind by more than the lease makes a living
 * holder look dead here; whoever takes over measures with a clock of their own, so that nothing but these words is wrong.
 */
function silenceOf(
  { leaseSeconds }: Claim,
  { heardAt, now }: { readonly heardAt: Date | undefined; readonly now: Date },
): Pick<Answer, 'silentSince'> {
  if (heardAt === undefined) return {};
  const silentMs = now.getTime() - heardAt.getTime();
  return silentMs > leaseSeconds * 1000 * LEASES + CLOCKS_MS ? { silentSince: heardAt } : {};
}

function partView(
  { cluster, phase, answer }: ReadPart,
  before: readonly ReadPart[],
  request: TroubleshootingRequest | undefined,
): PartView {
  const isInTurn = request !== undefined && coordinationOf(request).mode === 'sequential';
  const first = isInTurn && phase === 'pending' ? before.find((part) => !isTerminal(part.phase)) : undefined;
  return {
    cluster: cleanLine(cluster),
    phase,
    isSkipped: isSkipped(phase, answer.reason?.code),
    ...(first === undefined ? {} : { waitsFor: cleanLine(first.cluster) }),
    ...answer,
  };
}

function wholePhaseOf(parts: readonly ReadPart[]): Phase {
  return wholePhase(parts.map(({ phase, answer }) => ({ phase, reasonCode: answer.reason?.code })));
}

const TELLING: readonly (Outcome | undefined)[] = ['root-cause', 'inconclusive', 'no-problem', undefined];

/** Several parts as one: of those that decide the phase, the one that says most speaks for the others. */
function combined(parts: readonly ReadPart[]): Answer {
  const phase = wholePhaseOf(parts);
  const [speaker] = parts
    .filter((part) => part.phase === phase && !isSkipped(part.phase, part.answer.reason?.code))
    .map(({ answer }) => answer)
    .sort((a, b) => TELLING.indexOf(a.outcome) - TELLING.indexOf(b.outcome));
  const answer = speaker ?? parts.find((part) => part.phase === phase)?.answer;
  if (answer === undefined) return { qualityReasons: [], attempt: 0, attempts: [] };
  if (parts.length === 1) return answer;
  const degraded = parts.filter(({ answer: { quality } }) => quality === 'degraded');
  const qualityReasons = degraded.flatMap(({ cluster, answer: { qualityReasons: reasons } }) => {
    return reasons.map((reason) => `${reason} (${cleanLine(cluster)})`);
  });
  return {
    ...answer,
    ...(degraded.length === 0 ? {} : { quality: 'degraded', qualityReasons }),
    ...total(parts, 'usd'),
    ...total(parts, 'turns'),
    ...spanOf(parts, phase),
  };
}

/** From the first claim to the last end. */
function spanOf(parts: readonly ReadPart[], phase: Phase): Pick<Answer, 'claimedAt' | 'finishedAt'> {
  const times = (of: readonly (Date | undefined)[]): readonly number[] => of.flatMap((at) => at?.getTime() ?? []);
  const claimed = times(parts.map(({ answer }) => answer.claimedAt));
  const finished = times(parts.map(({ answer }) => answer.finishedAt));
  return {
    ...(claimed.length === 0 ? {} : { claimedAt: new Date(Math.min(...claimed)) }),
    ...(finished.length === 0 || !isTerminal(phase) ? {} : { finishedAt: new Date(Math.max(...finished)) }),
  };
}

/** The sum of what is known. */
function total(parts: readonly ReadPart[], name: 'usd' | 'turns'): Partial<Record<typeof name, number>> {
  let sum: number | undefined;
  for (const { answer } of parts) sum = answer[name] === undefined ? sum : (sum ?? 0) + answer[name];
  return sum === undefined ? {} : { [name]: sum };
}

function cleanReason(reason: StatusReason): StatusReason {
  return {
    code: reason.code,
    message: cleanLine(reason.message),
    ...(reason.hint === undefined ? {} : { hint: cleanLine(reason.hint) }),
  };
}
