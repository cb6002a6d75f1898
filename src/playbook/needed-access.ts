import type { Playbook, PlaybookInput, PlaybookRbac, PlaybookStep } from '../schema/generated.ts';
import { placeholderNames } from './expand.ts';
import { grammarOf } from './input-types.ts';

/** A role that playbooks need, for one side and one place. */
export interface NeededRole {
  readonly side: 'hub' | 'hosted';
  /** `cluster`, or the namespace, or `<input>` for the namespace that an input names. */
  readonly scope: string;
  readonly rules: readonly NeededRule[];
}

export interface NeededRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * Roles for everything that the steps say they need, each right once. Steps that run a reader inside a container count
 * when asked for: a processor starts with no credential that may do that.
 */
export function neededRoles(
  playbooks: readonly Playbook[],
  { allowsExec = false }: { readonly allowsExec?: boolean } = {},
): readonly NeededRole[] {
  const roles = new Map<
    string,
    { readonly side: NeededRole['side']; readonly scope: string; readonly rights: Map<string, NeededRule> }
  >();
  for (const { spec } of playbooks) {
    for (const step of spec.steps) {
      if (step.access === 'exec-read' && !allowsExec) continue;
      for (const side of sidesOf(step, { spec })) {
        for (const right of step.rbac ?? []) {
          const scope = right.url === undefined ? scopeOf(right) : 'cluster';
          const key = `${side} ${scope}`;
          const role = roles.get(key) ?? { side, scope, rights: new Map<string, NeededRule>() };
          roles.set(key, role);
          for (const rule of rulesOf(right)) mergeRule(role.rights, rule);
        }
      }
    }
  }
  return [...roles.entries()]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([, { side, scope, rights }]) => ({ side, scope, rules: [...rights.values()] }));
}

/** Whether it looks at one namespace, which may be one of a hub or one inside a hosted cluster. */
export function isAboutNamespace({ spec }: Pick<Playbook, 'spec'>): boolean {
  return spec.inputs?.['namespace']?.from === 'namespace' && spec.targets.includes('hosted');
}

/** Whether steps without `via` may look inside a hosted cluster, asked of its hub. */
export function mayLookInside(playbook: Pick<Playbook, 'spec'>): boolean {
  return playbook.spec.looksInside === true || isAboutNamespace(playbook);
}

function sidesOf({ via }: PlaybookStep, playbook: Pick<Playbook, 'spec'>): readonly NeededRole['side'][] {
  if (via === 'hosted' || via === 'hub') return [via];
  if (mayLookInside(playbook)) return ['hub', 'hosted'];
  const { targets } = playbook.spec;
  return targets.includes('hub') || !targets.includes('hosted') ? ['hub'] : ['hosted'];
}

/** `cluster`, a namespace, or `<input>`. */
export function scopeOf({ scope = 'cluster' }: PlaybookRbac): string {
  const [input] = placeholderNames(scope);
  return input === undefined ? scope : `<${input}>`;
}

/** A right of a step, resource by resource. */
export function rulesOf({ group = '', resource, names, url, verbs }: PlaybookRbac): readonly NeededRule[] {
  if (url !== undefined) return [{ nonResourceURLs: [url], verbs }];
  return (resource ?? '').split(',').map((name) => ({
    apiGroups: [group],
    resources: [name.trim()],
    ...(names === undefined ? {} : { resourceNames: names }),
    verbs,
  }));
}

/** The verbs of the same resource are put together. */
function mergeRule(rights: Map<string, NeededRule>, rule: NeededRule): void {
  const { verbs, ...what } = rule;
  const key = JSON.stringify(what);
  const known = rights.get(key)?.verbs ?? [];
  rights.set(key, { ...what, verbs: [...new Set([...known, ...verbs])].sort() });
}

/** One line of a sudoers file. */
export interface SudoLine {
  readonly playbook: string;
  readonly step: string;
  /** Absolute path and arguments, as sudoers wants them. */
  readonly command: string;
  /** The arguments are a regular expression, which sudo knows since 1.9.10. */
  readonly isPattern: boolean;
}

export type SudoOutcome =
  | { readonly kind: 'line'; readonly line: SudoLine }
  /** An input whose values nobody can write down in advance. */
  | { readonly kind: 'refused'; readonly playbook: string; readonly step: string; readonly why: string };

/** The exact command lines of the steps that run as root. `pathOf` finds programs; sudo compares whole paths. */
export function neededSudo(
  playbooks: readonly Playbook[],
  pathOf: (program: string) => string,
): readonly SudoOutcome[] {
  const seen = new Set<string>();
  return playbooks.flatMap(({ metadata, spec }) =>
    spec.steps
      .filter(({ privilege }) => privilege === 'root')
      .flatMap((step) =>
        [step.argv, ...(step.fallback ?? []).map(({ argv }) => argv)].map((argv) => ({ step, argv: argv ?? [] })),
      )
      .filter(({ argv }) => argv.length > 0)
      .map(({ step, argv }) => sudoLine(argv, { playbook: metadata.id, step, inputs: spec.inputs ?? {}, pathOf }))
      .filter((outcome) => {
        const key = outcome.kind === 'line' ? outcome.line.command : JSON.stringify(outcome);
        return seen.has(key) ? false : seen.add(key);
      }),
  );
}

function sudoLine(
  [program = '', ...rest]: readonly string[],
  facts: {
    readonly playbook: string;
    readonly step: PlaybookStep;
    readonly inputs: Readonly<Record<string, PlaybookInput>>;
    readonly pathOf: (program: string) => string;
  },
): SudoOutcome {
  const { playbook, step, inputs, pathOf } = facts;
  const at = { playbook, step: step.id };
  const path = pathOf(program);
  if (rest.every((element) => placeholderNames(element).length === 0)) {
    // Without the two quotes sudo allows any arguments.
    const words = rest.length === 0 ? '""' : rest.map(escapeSudoers).join(' ');
    return { kind: 'line', line: { ...at, command: `${escapeSudoers(path)} ${words}`, isPattern: false } };
  }
  const patterns: string[] = [];
  for (const element of rest) {
    const pattern = elementPattern(element, inputs);
    if (pattern === undefined) {
      return {
        kind: 'refused',
        ...at,
        why: `${element} can be too many things; give the input a type with a grammar, or values`,
      };
    }
    patterns.push(pattern);
  }
  return { kind: 'line', line: { ...at, command: `${escapeSudoers(path)} ^${patterns.join(' ')}$`, isPattern: true } };
}

/** Regular expression (POSIX extended) for an argument with inputs in it. */
function elementPattern(element: string, inputs: Readonly<Record<string, PlaybookInput>>): string | undefined {
  let pattern = '';
  let at = 0;
  for (const match of element.matchAll(/\$\{([a-z][a-zA-Z0-9]{0,30})\}/gu)) {
    const input = Object.hasOwn(inputs, match[1] ?? '') ? inputs[match[1] ?? ''] : undefined;
    const value = input === undefined ? undefined : valuePattern(input);
    if (value === undefined) return undefined;
    pattern += escapePattern(element.slice(at, match.index)) + value;
    at = match.index + match[0].length;
  }
  return pattern + escapePattern(element.slice(at));
}

function valuePattern(input: PlaybookInput): string | undefined {
  if (input.type === 'enum' || input.type === 'host') return `(${(input.allow ?? []).map(escapePattern).join('|')})`;
  return grammarOf(input) === undefined ? undefined : SUDO_GRAMMAR[input.type];
}

/** The grammars of src/playbook/input-types.ts without what POSIX expressions do not know. */
const SUDO_GRAMMAR: Readonly<Partial<Record<PlaybookInput['type'], string>>> = {
  'k8s-name': '[a-z0-9][-a-z0-9.]*',
  unit: '[A-Za-z0-9:_.@][A-Za-z0-9:_.@\\\\-]*\\.(service|socket|timer|target|mount)',
  port: '[1-9][0-9]*',
  duration: '[1-9][0-9]*[smhd]',
  integer: '[0-9]+',
};

/** sudoers gives these characters a meaning; in a fixed command line they stand for themselves. */
function escapeSudoers(text: string): string {
  return text === '' ? '""' : text.replace(/[ \t,:=\\*?[\]!#]/gu, String.raw`\$&`);
}

/** A literal part of an expression. */
function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/gu, String.raw`\$&`);
}
