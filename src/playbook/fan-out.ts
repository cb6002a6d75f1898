import type { PlaybookForEach, Playbook } from '../schema/generated.ts';
import { compileBindings } from './bind-joined.ts';
import { compileAll } from './conditions.ts';
import { isBindable, type BindType } from './input-types.ts';
import { iterateItems } from './iterate.ts';
import type { Scope } from './scope.ts';
import { partsOf, type Bindings } from './step-result.ts';
import { gapOf, judgeRuleOf, type Known, type Skip } from './step-needs.ts';
import { renderValue } from './template.ts';

export type FanOut =
  | { readonly kind: 'skip'; readonly skip: Skip }
  | {
      readonly kind: 'runs';
      readonly binds: readonly Bindings[];
      /** Things that it does not run for: beyond its limit, or without a usable name. */
      readonly left: number;
    };

/** The things that a step runs for. Names come from the target, so they must look like names before a command sees them. */
export function fanOut(forEach: PlaybookForEach, known: Known): FanOut {
  const scopes = forEach.rule === undefined ? scopesOfStep(forEach, known) : scopesOfRule(forEach.rule, known);
  if (scopes.kind === 'skip') return scopes;
  const binds = new Map<string, Bindings>();
  let unusable = scopes.left;
  for (const scope of scopes.scopes) {
    const bind = bindingsOf(forEach.bind, scope);
    if (bind === undefined) unusable += 1;
    else binds.set(JSON.stringify(bind), bind);
  }
  if (binds.size === 0 && unusable === 0) return skip('not-needed', 'there is nothing to look at');
  const all = [...binds.values()];
  return { kind: 'runs', binds: all.slice(0, forEach.max), left: Math.max(0, all.length - forEach.max) + unusable };
}

type Scopes =
  | { readonly kind: 'skip'; readonly skip: Skip }
  | { readonly kind: 'scopes'; readonly scopes: readonly Scope[]; readonly left: number };

function scopesOfRule(id: string, known: Known): Scopes {
  const verdict = judgeRuleOf(id, known);
  if (verdict.kind === 'unknown') return skip('condition', verdict.why);
  if (verdict.kind !== 'match') return skip('not-needed', `rule ${id} found nothing`);
  const bind = compileBindings(ruleWhere(known.playbook, id));
  const scopes = verdict.matches.flatMap(({ items, group }) => {
    const [first] = items;
    if (first === undefined) return [];
    const { scope } = bind(first.scope);
    return [group === undefined ? scope : { ...scope, vars: { ...scope.vars, group } }];
  });
  return { kind: 'scopes', scopes, left: 0 };
}

function ruleWhere({ spec }: Playbook, id: string): Parameters<typeof compileBindings>[0] {
  return spec.rules.find((rule) => rule.id === id)?.where ?? [];
}

function scopesOfStep({ step: id = '', iterate, where = [] }: PlaybookForEach, known: Known): Scopes {
  const result = known.results.get(id);
  if (result === undefined) return skip('condition', `step ${id} did not run`);
  const gap = gapOf(result);
  if (gap !== undefined) return { kind: 'skip', skip: gap };
  const test = compileAll(where);
  const scopes: Scope[] = [];
  let left = 0;
  for (const { data, bind } of partsOf(result)) {
    const items = iterateItems(data?.root, iterate);
    if (items === undefined) return skip('condition', `${result.step.title}: the output has an unexpected form`);
    if (data?.isPartial === true) left += 1;
    for (const { item, vars } of items) {
      const scope = { item, step: {}, now: known.now, vars: { input: known.inputs, bind, ...vars } };
      const verdict = test(scope);
      if (verdict === 'yes') scopes.push(scope);
      if (verdict === 'unknown') left += 1;
    }
  }
  return { kind: 'scopes', scopes, left };
}

/** Undefined when a value is absent or does not look like what it should be. */
function bindingsOf(bind: PlaybookForEach['bind'], scope: Scope): Bindings | undefined {
  const values: [string, string][] = [];
  for (const [name, declared] of Object.entries(bind)) {
    const { value: template, ...type } = declaredBind(declared);
    const value = renderValue(template, scope);
    if (value === undefined || !isBindable(type, value)) return undefined;
    values.push([name, value]);
  }
  return Object.fromEntries(values);
}

/** A template alone gives plain names. */
export function declaredBind(declared: PlaybookForEach['bind'][string]): BindType & { readonly value: string } {
  return typeof declared === 'string' ? { value: declared, type: 'name' } : declared;
}

function skip(cause: Skip['cause'], reason: string): { readonly kind: 'skip'; readonly skip: Skip } {
  return { kind: 'skip', skip: { cause, reason } };
}
