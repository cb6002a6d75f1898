import type { Ask } from './ask.ts';
import type { CompiledRule } from './compile-policy.ts';
import { matchesAny } from './glob.ts';
import { isOpen, nextOpening } from './hours.ts';

/** A field of a rule that does not fit a question. */
export type Misfit =
  | { readonly field: 'who' }
  | {
      readonly field: 'clusters' | 'namespaces' | 'strategies' | 'engines' | 'tools' | 'modes';
      /** What was asked for; empty when nothing was named and the rule needs a name. */
      readonly asked: readonly string[];
      readonly allowed: readonly string[];
    }
  | { readonly field: 'maxTimeout'; readonly asked: number; readonly allowed: number }
  | { readonly field: 'hours'; readonly opensAt: Date | undefined };

/** Every field of the rule that does not fit; none when the rule allows it. */
export function misfitsOf(rule: CompiledRule, ask: Ask, now: Date): readonly Misfit[] {
  const misfits: Misfit[] = [];
  if (!rule.who.has(ask.principal)) misfits.push({ field: 'who' });
  misfits.push(...outside('clusters', [ask.cluster], rule.clusters));
  if (rule.namespaces !== undefined) misfits.push(...named('namespaces', ask.namespaces, rule.namespaces));
  misfits.push(...outside('strategies', [ask.strategy], rule.strategies));
  if (ask.engine !== 'auto' && !rule.engines.includes(ask.engine)) {
    misfits.push({ field: 'engines', asked: [ask.engine], allowed: rule.engines });
  }
  const tools: readonly string[] | undefined = rule.tools;
  const denied = tools === undefined ? [] : (ask.tools ?? []).filter((tool) => !tools.includes(tool));
  if (denied.length > 0) misfits.push({ field: 'tools', asked: denied, allowed: tools ?? [] });
  if (!rule.modes.includes(ask.mode)) misfits.push({ field: 'modes', asked: [ask.mode], allowed: rule.modes });
  if (rule.maxTimeout !== undefined && ask.timeoutSeconds > rule.maxTimeout) {
    misfits.push({ field: 'maxTimeout', asked: ask.timeoutSeconds, allowed: rule.maxTimeout });
  }
  if (rule.hours !== undefined && !isOpen(rule.hours, now)) {
    misfits.push({ field: 'hours', opensAt: nextOpening(rule.hours, now) });
  }
  return misfits;
}

type NameField = 'clusters' | 'namespaces' | 'strategies';

function outside(field: NameField, asked: readonly string[], allowed: readonly string[]): readonly Misfit[] {
  const denied = asked.filter((name) => !matchesAny(allowed, name));
  return denied.length === 0 ? [] : [{ field, asked: denied, allowed }];
}

/** Like `outside`, and at least one must be named: what names none looks at all of them. */
function named(field: NameField, asked: readonly string[], allowed: readonly string[]): readonly Misfit[] {
  return asked.length === 0 ? [{ field, asked, allowed }] : outside(field, asked, allowed);
}
