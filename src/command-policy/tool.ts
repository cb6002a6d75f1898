import type { TroubleshootingRequest } from '../schema/generated.ts';
import { readArguments, type Arguments, type Flag, type ReadingStyle } from './arguments.ts';
import type { PolicyContext } from './policy-context.ts';
import { shortWord } from './short-word.ts';

/** A group of commands that a request can allow. */
export type Family = NonNullable<TroubleshootingRequest['spec']['investigation']['allowedTools']>[number];

/** A record, so that a family of the schema cannot be forgotten. */
const FAMILY_NAMES: Readonly<Record<Family, true>> = {
  ...{ read: true, grep: true, kubectl: true, oc: true, systemctl: true, journalctl: true },
  ...{ docker: true, podman: true, crictl: true, host: true, network: true, database: true },
};

/** Whether a word names a group of commands. */
export function isFamily(word: string): word is Family {
  return Object.hasOwn(FAMILY_NAMES, word);
}

/** All of them, in the order of the schema. */
export const FAMILIES: readonly string[] = Object.keys(FAMILY_NAMES);

export type Judgement =
  | {
      readonly kind: 'accepted';
      /** A request that restricts its tools must allow one of these; when empty, it works on its input only. */
      readonly needs: readonly Family[];
      /** Exit codes other than 0 that are an answer and not a failure, such as 1 of grep. */
      readonly answerExits: readonly number[];
    }
  | ({ readonly kind: 'denied' } & Objection);

/** Why an argument list may not run. */
export interface Objection {
  /** One line that says what would be allowed instead. */
  readonly reason: string;
  /** The word that is in the way; absent when something is missing. */
  readonly word?: string;
}

/** A program that may run, and with which arguments. */
export interface Tool {
  readonly name: string;
  readonly family: Family;
  /** The short form for a reason, as in `kubectl get|describe`. */
  readonly usage: string;
  judge(args: readonly string[], context: PolicyContext): Judgement;
}

export interface CheckOptions extends PolicyContext {
  /** Program and subcommand, for reasons. */
  readonly subject: string;
}

/** Looks at arguments as a whole; undefined when they are allowed. */
export type ArgumentCheck = (args: Arguments, options: CheckOptions) => Objection | undefined;

export interface PlainToolRules {
  readonly name: string;
  readonly family: Family;
  readonly style?: ReadingStyle;
  readonly flags: readonly Flag[];
  readonly check: ArgumentCheck;
  /** Only the family when absent. */
  readonly needs?: (args: Arguments, context: PolicyContext) => readonly Family[];
  readonly answerExits?: readonly number[];
}

/** A program without subcommands. */
export function plainTool(rules: PlainToolRules): Tool {
  const { name, family, flags, style = { dashes: 'gnu' }, answerExits = [] } = rules;
  return {
    name,
    family,
    usage: name,
    judge(args, context) {
      const reading = readArguments(args, flags, { style, context });
      if (reading.kind === 'refused') return denied(flagReason(name, reading, flags), reading.flag);
      const problem = rules.check(reading.arguments, { ...context, subject: name });
      if (problem !== undefined) return { kind: 'denied', ...problem };
      const needs = rules.needs?.(reading.arguments, context) ?? [family];
      return { kind: 'accepted', needs, answerExits };
    },
  };
}

export interface Verb {
  readonly flags: readonly Flag[];
  readonly check: ArgumentCheck;
  readonly answerExits?: readonly number[];
}

export interface VerbToolRules {
  readonly name: string;
  readonly family: Family;
  readonly style?: ReadingStyle;
  /** Flags that may also stand before the subcommand. */
  readonly globals: readonly Flag[];
  /** By one word or two, as in `auth can-i`. */
  readonly verbs: Readonly<Record<string, Verb>>;
  /** The subcommand that runs when none is given. */
  readonly without?: string;
}

/** A program with subcommands. */
export function verbTool(rules: VerbToolRules): Tool {
  const { name, family, globals, style = { dashes: 'gnu' } } = rules;
  const verbs = new Map(Object.entries(rules.verbs));
  const usage = `${name} ${[...verbs.keys()].join('|')}`;

  /** Splits the subcommand from its arguments; flags between its words are judged with the rest. */
  function findVerb(
    args: readonly string[],
    context: PolicyContext,
  ): { readonly verb: string; readonly rest: readonly string[] } | Objection {
    const words: string[] = [];
    const before: string[] = [];
    let rest = args;
    for (;;) {
      const reading = readArguments(rest, globals, { style: { ...style, stopAtOperand: true }, context });
      if (reading.kind === 'refused') {
        return { reason: flagReason([name, ...words].join(' '), reading, globals), word: reading.flag };
      }
      const { rest: left } = reading.arguments;
      before.push(...rest.slice(0, rest.length - left.length));
      const [word, ...others] = left;
      if (word === undefined) {
        const { without } = rules;
        if (words.length > 0 || without === undefined) return { reason: notAllowed([name, ...words].join(' ')) };
        return { verb: without, rest: before };
      }
      words.push(word);
      const verb = words.join(' ');
      if (verbs.has(verb)) return { verb, rest: [...before, ...others] };
      if (![...verbs.keys()].some((known) => known.startsWith(`${verb} `))) {
        return { reason: notAllowed(shortWord([name, ...words].join(' '))), word: shortWord(word) };
      }
      rest = others;
    }
  }

  function notAllowed(what: string): string {
    return `${what} is not allowed; you may use: ${usage}`;
  }

  return {
    name,
    family,
    usage,
    judge(args, context) {
      const found = findVerb(args, context);
      if ('reason' in found) return { kind: 'denied', ...found };
      const verb = verbs.get(found.verb);
      if (verb === undefined) return denied(notAllowed(name));
      const subject = `${name} ${found.verb}`;
      const flags = [...globals, ...verb.flags];
      const reading = readArguments(found.rest, flags, { style, context });
      if (reading.kind === 'refused') return denied(flagReason(subject, reading, flags), reading.flag);
      const problem = verb.check(reading.arguments, { ...context, subject });
      if (problem !== undefined) return { kind: 'denied', ...problem };
      return { kind: 'accepted', needs: [family], answerExits: verb.answerExits ?? [] };
    },
  };
}

export function denied(reason: string, word?: string): Judgement {
  return { kind: 'denied', reason, ...(word === undefined ? {} : { word }) };
}

const MAX_FLAG_LIST = 240;

function flagReason(
  subject: string,
  { flag, expected }: { readonly flag: string; readonly expected?: string },
  flags: readonly Flag[],
): string {
  if (expected !== undefined) return `${subject} ${flag} takes ${expected} here`;
  const names = flags.map(({ names: [first, second] }) => second ?? first ?? '');
  let list = '';
  for (const name of names) {
    if (list.length + name.length > MAX_FLAG_LIST) {
      list = `${list} …`;
      break;
    }
    list = list === '' ? name : `${list} ${name}`;
  }
  return list === ''
    ? `${subject} ${flag} is not allowed; it takes no flags here`
    : `${subject} ${flag} is not allowed; flags you may use: ${list}`;
}
