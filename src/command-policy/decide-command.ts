import { parseCommand } from './parse-command.ts';
import { familyOf, judgeArgv, usagesOf } from './policy.ts';
import type { ShellCommand, ShellPipeline } from './shell-command.ts';
import type { Family } from './tool.ts';

/** A command that may run exactly as it stands here. */
export interface PlannedCommand extends ShellCommand {
  /** Exit codes other than 0 that are an answer and not a failure. */
  readonly answerExits: readonly number[];
}

/** What to run in place of the shell text. */
export type CommandPlan = readonly ShellPipeline<PlannedCommand>[];

export type CommandDecision =
  | { readonly kind: 'allowed'; readonly plan: CommandPlan; readonly families: readonly Family[] }
  /** `reason` is one line of at most 500 characters and says what would be allowed instead. */
  | { readonly kind: 'denied'; readonly reason: string };

export interface DecisionOptions {
  /** Families that the request allows; all when absent. */
  readonly allowedTools?: readonly Family[];
  /** Absolute path of the folder that commands start in and text commands may read. */
  readonly evidenceDir: string;
}

const MAX_REASON = 500;

/** Decides about the shell text of an agent. Everything runs or nothing does: one denied command denies the whole text. */
export function decideCommand(text: string, options: DecisionOptions): CommandDecision {
  const parsed = parseCommand(text);
  if (parsed.kind === 'refused') return deny(parsed.reason);
  const plan: ShellPipeline<PlannedCommand>[] = [];
  const families = new Set<Family>();
  for (const { connector, pipeline } of parsed.list) {
    const commands: PlannedCommand[] = [];
    for (const command of pipeline) {
      const judgement = judgeArgv(command.argv, options);
      if (judgement.kind === 'denied') return deny(judgement.reason);
      const name = command.argv[0] ?? '';
      const problem = familyProblem(name, judgement.needs, options.allowedTools);
      if (problem !== undefined) return deny(problem);
      const family = familyOf(name);
      if (family !== undefined) families.add(family);
      commands.push({ ...command, answerExits: judgement.answerExits });
    }
    plan.push({ connector, pipeline: commands });
  }
  return { kind: 'allowed', plan, families: [...families] };
}

function familyProblem(
  name: string,
  needs: readonly Family[],
  allowed: readonly Family[] | undefined,
): string | undefined {
  if (allowed === undefined || needs.length === 0 || needs.some((family) => allowed.includes(family))) return undefined;
  const usable = usagesOf(allowed).join(', ');
  const left = usable === '' ? 'only filters such as grep and head after |' : usable;
  return `this request does not allow ${name} here (it needs ${needs.join(' or ')}); you may use: ${left}`;
}

function deny(reason: string): CommandDecision {
  const line = reason.replace(/\s+/gu, ' ');
  return { kind: 'denied', reason: line.length <= MAX_REASON ? line : `${line.slice(0, MAX_REASON - 1)}…` };
}
