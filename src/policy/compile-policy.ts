import { GROUP_PREFIX } from '../domain/policy-checks.ts';
import type { Policy, PolicyLimit, PolicyRule } from '../schema/generated.ts';
import { compileHours, type OpeningHours } from './hours.ts';
import { createWallClock, type WallClock } from './wall-clock.ts';

/** A policy that was checked, with groups resolved. What it says is fixed; what was used is kept elsewhere. */
export interface CompiledPolicy {
  /** Clock of local times in refusals. */
  readonly clock: WallClock;
  readonly administrators: ReadonlySet<string>;
  readonly rules: readonly CompiledRule[];
  readonly limits: readonly CompiledLimit[];
}

export interface CompiledRule extends Omit<PolicyRule, 'who' | 'hours' | 'modes'> {
  readonly who: ReadonlySet<string>;
  readonly modes: NonNullable<PolicyRule['modes']>;
  readonly hours?: OpeningHours;
}

export interface CompiledLimit extends Omit<PolicyLimit, 'who'> {
  /** Absent for everybody. */
  readonly who?: ReadonlySet<string>;
}

export function compilePolicy(policy: Policy): CompiledPolicy {
  const zone = policy.timeZone ?? 'UTC';
  const people = (who: readonly string[]): ReadonlySet<string> =>
    new Set(who.flatMap((entry) => peopleOf(entry, policy)));
  return {
    clock: createWallClock(zone),
    administrators: people(policy.administrators ?? []),
    rules: policy.rules.map(({ who, hours, modes, ...rule }) => ({
      ...rule,
      who: people(who),
      modes: modes ?? ['read'],
      ...(hours === undefined ? {} : { hours: compileHours(hours, zone) }),
    })),
    limits: (policy.limits ?? []).map(({ who, ...limit }) => ({
      ...limit,
      ...(who === undefined ? {} : { who: people(who) }),
    })),
  };
}

function peopleOf(entry: string, { groups = {} }: Policy): readonly string[] {
  if (!entry.startsWith(GROUP_PREFIX)) return [entry];
  const name = entry.slice(GROUP_PREFIX.length);
  return Object.hasOwn(groups, name) ? (groups[name] ?? []) : [];
}
