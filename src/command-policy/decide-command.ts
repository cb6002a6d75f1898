import { parseCommand } from './parse-command.ts';
import { familyOf, judgeArgv, usagesOf } from './policy.ts';
import type { Connector, ShellCommand, ShellPipeline } from './shell-command.ts';
import { shortWord } from './short-word.ts';
import type { Family, Judgement } from './tool.ts';

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
      const judgement = judgeCommand(command, options);
      if (judgement.kind === 'denied') return deny(judgement.reason);
      const family = familyOf(command.argv[0] ?? '');
      if (family !== undefined) families.add(family);
      commands.push({ ...command, answerExits: judgement.answerExits });
    }
    plan.push({ connector, pipeline: commands });
  }
  return { kind: 'allowed', plan, families: [...families] };
}

/** What is decided about one command of a text. */
export interface ExplainedCommand {
  /** How it follows the command before it. */
  readonly connector: Connector | 'pipe';
  readonly argv: readonly string[];
  readonly verdict:
    | { readonly kind: 'allowed'; readonly needs: readonly Family[] }
    /** `word` is the one that is in the way; absent when something is missing. */
    | { readonly kind: 'denied'; readonly reason: string; readonly word?: string };
}

export type CommandExplanation =
  | { readonly kind: 'read'; readonly isAllowed: boolean; readonly commands: readonly ExplainedCommand[] }
  /** The text is none that could run, whatever its commands are. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The same decision as `decideCommand`, for people: about every command of the text, not only about the first denied one. */
export function explainCommand(text: string, options: DecisionOptions): CommandExplanation {
  const parsed = parseCommand(text);
  if (parsed.kind === 'refused') return { kind: 'unreadable', reason: oneLine(parsed.reason) };
  const commands = parsed.list.flatMap(({ connector, pipeline }) =>
    pipeline.map((command, index): ExplainedCommand => {
      const verdict = judgeCommand(command, options);
      return {
        connector: index === 0 ? connector : 'pipe',
        argv: command.argv,
        verdict:
          verdict.kind === 'denied'
            ? { ...verdict, reason: oneLine(verdict.reason) }
            : { kind: 'allowed', needs: verdict.needs },
      };
    }),
  );
  return { kind: 'read', isAllowed: commands.every(({ verdict }) => verdict.kind === 'allowed'), commands };
}

function judgeCommand({ argv }: ShellCommand, options: DecisionOptions): Judgement {
  const judgement = judgeArgv(argv, options);
  if (judgement.kind === 'denied') return judgement;
  const [name = ''] = argv;
  const reason = familyProblem(name, judgement.needs, options.allowedTools);
  return reason === undefined ? judgement : { kind: 'denied', reason, word: shortWord(name) };
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
  return { kind: 'denied', reason: oneLine(reason) };
}

function oneLine(reason: string): string {
  const line = reason.replace(/\s+/gu, ' ');
  return line.length <= MAX_REASON ? line : `${line.slice(0, MAX_REASON - 1)}…`;
}
