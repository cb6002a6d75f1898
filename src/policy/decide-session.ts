import type { PolicySessions, StatusReason } from '../schema/generated.ts';
import type { CompiledPolicy, CompiledRule } from './compile-policy.ts';
import { matchesAny } from './glob.ts';
import { isOpen } from './hours.ts';

/** A session that somebody wants, or wants to keep for longer. */
export interface SessionAsk {
  readonly principal: string;
  readonly cluster: string;
  readonly namespace?: string | undefined;
  /** Its whole life, what has passed included. */
  readonly seconds: number;
  /** Other sessions of the same person that live now. */
  readonly others: number;
}

export type SessionDecision =
  | {
      readonly kind: 'allowed';
      readonly rule: string;
      readonly maxSeconds: number;
      /** US dollars of the model; as much as the processor allows when absent. */
      readonly maxUsd?: number;
    }
  | { readonly kind: 'denied'; readonly reason: StatusReason };

type SessionRule = CompiledRule & { readonly sessions: PolicySessions };

/**
 * Decides about a session. A rule about investigations allows none: it must say `sessions`. What a refusal quotes of the
 * policy is what its rules say about this person.
 */
export function decideSession(policy: CompiledPolicy, ask: SessionAsk, now: Date): SessionDecision {
  const rules = policy.rules.filter((rule): rule is SessionRule => rule.sessions !== undefined && isFor(rule, ask));
  const open = rules.filter(({ hours }) => hours === undefined || isOpen(hours, now));
  const fitting = open.find(({ sessions }) => ask.seconds <= sessions.maxSeconds && ask.others < sessions.maxPerPerson);
  if (fitting !== undefined) {
    const { maxSeconds, maxUsd } = fitting.sessions;
    return { kind: 'allowed', rule: fitting.name, maxSeconds, ...(maxUsd === undefined ? {} : { maxUsd }) };
  }
  if (rules.length === 0) {
    return denied('not-permitted', `no rule of the policy allows ${ask.principal} a session here`, {
      hint: 'ask an administrator of this cluster, or ask a question with  claude-warroom investigate',
    });
  }
  if (open.length === 0) {
    const names = rules.map(({ name }) => name).join(', ');
    return denied('outside-hours', `outside the hours of rule ${names}`, { hint: 'try again within them' });
  }
  const longest = Math.max(...open.map(({ sessions }) => sessions.maxSeconds));
  if (ask.seconds > longest) {
    return denied('session-too-long', `${ask.seconds} s is more than the policy allows (${longest} s in all)`, {
      hint: `ask for at most ${Math.floor(longest / 60)}m`,
    });
  }
  return denied('too-many-sessions', `${ask.principal} has ${ask.others} sessions, and the policy allows no more`, {
    hint: 'stop one:  claude-warroom session list',
  });
}

function isFor(rule: CompiledRule, { principal, cluster, namespace }: SessionAsk): boolean {
  if (!rule.who.has(principal) || !matchesAny(rule.clusters, cluster)) return false;
  return rule.namespaces === undefined || (namespace !== undefined && matchesAny(rule.namespaces, namespace));
}

function denied(code: string, message: string, { hint }: { readonly hint: string }): SessionDecision {
  return { kind: 'denied', reason: { code, message: message.slice(0, 1000), hint } };
}
