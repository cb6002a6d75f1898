import { join } from 'node:path';
import type { UsageBook } from '../admission/usage-book.ts';
import type { Ledger } from '../admission/ledger.ts';
import { WarroomError } from '../domain/errors.ts';
import type { ProcessorEvent } from '../domain/events.ts';
import type { ProcessorSettings } from '../config/processor-settings.ts';
import type { Clock } from '../lib/clock.ts';
import { chooseStrategy } from '../playbook/choose-strategy.ts';
import type { LoadedPlaybook } from '../playbook/load-playbooks.ts';
import { askOf, type Ask } from '../policy/ask.ts';
import { usdLeft } from '../policy/check-limits.ts';
import { decide, type Decision, type RunLimits } from '../policy/decide.ts';
import { decideSession, type SessionAsk, type SessionDecision } from '../policy/decide-session.ts';
import { POLICY_FILE, type PolicyFile } from '../policy/policy-file.ts';
import type { Usage } from '../policy/usage.ts';
import type { ProcessorConfig, TroubleshootingRequest } from '../schema/generated.ts';
import { questionOf } from './question.ts';

/** What a run was allowed, by which rule of which policy. */
export interface Permission extends RunLimits {
  readonly rule: string;
  readonly policySha256: string;
}

/** The policy of the zone, as the parts of a running processor use it. */
export interface PolicyGate {
  /** Digest of the policy in force. */
  readonly sha256: string;
  /** The file is bad, and the policy in force is an older one. */
  readonly isBroken: boolean;
  /** Records which policy is in force; once, when the processor has started. */
  begin(): Promise<void>;
  /** Looks whether the file has changed; a good new one takes effect, a bad one is told once. */
  refresh(): Promise<void>;
  askOf(request: TroubleshootingRequest, principal: string): Ask;
  decide(ask: Ask, options: { readonly isCounted: boolean }): Decision;
  decideSession(ask: SessionAsk): SessionDecision;
  /** Runs one after the other what decides and then writes down: two at once would both find the last place free. */
  inTurn<Result>(run: () => Promise<Result>): Promise<Result>;
  /** Sets US dollars aside for a run: those that it wants, or what the limits of the person leave. */
  setAside(id: string, run: { readonly principal: string; readonly usd: number }): number;
  /** US dollars that somebody may still spend today; undefined where no limit says it. */
  usdLeft(principal: string): number | undefined;
  /** Whether somebody may resume, release held results and announce a rewritten history. */
  isAdministrator(principal: string): boolean;
  /** What was set aside is free again: by now the book of spend knows what was used. */
  release(id: string): void;
}

export interface PolicyGateOptions {
  readonly file: PolicyFile;
  readonly trust: ProcessorConfig['trust'];
  readonly cluster: ProcessorConfig['cluster'];
  readonly playbooks: readonly LoadedPlaybook[];
  readonly ledger: Pick<Ledger, 'append' | 'usage'>;
  /** US dollars of a requester today. */
  readonly spentToday: (principal: string) => number;
  readonly clock: Clock;
  readonly emit: (event: ProcessorEvent) => void;
}

/** Where the policy of a processor lies; undefined when it has none. Throws `not-allowed` when it may not do without. */
export function policyPath({ trust, trustDir }: Pick<ProcessorSettings, 'trust' | 'trustDir'>): string | undefined {
  if (trustDir !== undefined) return join(trustDir, POLICY_FILE);
  if (trust === 'open') return undefined;
  throw new WarroomError('not-allowed', 'the processor has no policy', {
    why: 'the configuration says trust: required and names no trustDir',
    hint: `put ${POLICY_FILE} into a folder of the zone and name it in trustDir; see docs/policy.md`,
  });
}

export function createPolicyGate(options: PolicyGateOptions): PolicyGate {
  const { file, ledger, clock, emit } = options;
  const setAside = new Map<string, { readonly principal: string; readonly usd: number }>();
  const usage = usageOf(ledger.usage, { spentToday: options.spentToday, setAside });
  let turn: Promise<unknown> = Promise.resolve();

  async function announce(): Promise<void> {
    const { loaded } = file;
    const rules = loaded.policy.rules.length;
    await ledger.append({ event: 'policy', sha256: loaded.sha256, rules });
    emit({ type: 'policy-in-force', sha256: loaded.sha256, rules });
  }

  return {
    get sha256() {
      return file.loaded.sha256;
    },
    get isBroken() {
      return file.isBroken;
    },
    async begin() {
      await announce();
      if (options.trust === 'required') return;
      emit({
        type: 'warning',
        code: 'policy-unverified',
        message: 'trust: open: the policy believes the name in each request, and anybody can write any name there',
      });
    },
    async refresh() {
      const change = await file.check();
      if (change.kind === 'changed') await announce();
      if (change.kind !== 'broken' || !change.isNew) return;
      const { message, why } = change.error;
      emit({
        type: 'warning',
        code: 'policy-invalid',
        message: `the last good policy stays in force: ${message}${why === undefined ? '' : `: ${why}`}`,
      });
    },
    askOf: (request, principal) =>
      askOf(request, { principal, cluster: options.cluster.name, strategy: strategyOf(request, options) }),
    decide: (ask, { isCounted }) => decide(file.loaded.policy, ask, { usage, now: clock.now(), isCounted }),
    decideSession: (ask) => decideSession(file.loaded.policy, ask, clock.now()),
    async inTurn(run) {
      const result = turn.catch(() => undefined).then(run);
      turn = result;
      return await result;
    },
    setAside(id, run) {
      const left = usdLeft(file.loaded.policy, run.principal, { usage, now: clock.now() });
      const usd = Math.min(run.usd, left ?? run.usd);
      setAside.set(id, { ...run, usd });
      return usd;
    },
    usdLeft: (principal) => usdLeft(file.loaded.policy, principal, { usage, now: clock.now() }),
    isAdministrator: (principal) => file.loaded.policy.administrators.has(principal),
    release: (id) => {
      setAside.delete(id);
    },
  };
}

/** The strategy that would run; the name as it stands when there is none, which is refused for that later. */
function strategyOf(
  request: TroubleshootingRequest,
  { playbooks, cluster }: Pick<PolicyGateOptions, 'playbooks' | 'cluster'>,
): string {
  const { strategy } = request.spec.investigation;
  const choice = chooseStrategy(
    { strategy, text: questionOf(request), targetType: cluster.type },
    playbooks.map(({ playbook }) => playbook),
  );
  return choice.kind === 'chosen' ? choice.strategy : strategy;
}

function usageOf(
  book: Omit<UsageBook, 'note'>,
  money: {
    readonly spentToday: (principal: string) => number;
    readonly setAside: ReadonlyMap<string, { readonly principal: string; readonly usd: number }>;
  },
): Usage {
  return {
    people: () => book.people(),
    requestsSince: (principal, since) => book.requestsSince(principal, since),
    requestsOfDay: (principal, day) => book.requestsOfDay(principal, day),
    timeOfDay: (principal, day) => book.timeOfDay(principal, day),
    // The book of spend knows today only, which is all that is asked here.
    moneyOfDay: (principal) => {
      let reserved = 0;
      for (const one of money.setAside.values()) if (one.principal === principal) reserved += one.usd;
      return { used: money.spentToday(principal), reserved };
    },
  };
}
