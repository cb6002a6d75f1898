import type { PolicyContext } from './policy-context.ts';
import { shortWord } from './short-word.ts';

/** Undefined when a value is allowed, else what would be. */
export type ValueCheck = (value: string, context: PolicyContext) => string | undefined;

/** One flag of a program, with all its names. How many values it takes must be what the program itself thinks. */
export interface Flag {
  readonly names: readonly string[];
  /** `attached`: an optional value, only in the same word. `fitting`: also the next word, when the check allows it. */
  readonly value: 'none' | 'required' | 'attached' | 'fitting';
  /** Words that follow the flag; more than one only for `required`. */
  readonly words: number;
  readonly check: ValueCheck;
}

export interface Arguments {
  /** Values by the first name of the flag; `true` and `false` for one without a value. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  /** What was not read because reading stopped before the first operand. */
  readonly rest: readonly string[];
}

export type ArgumentReading =
  | { readonly kind: 'read'; readonly arguments: Arguments }
  | { readonly kind: 'refused'; readonly flag: string; readonly expected?: string };

export interface ReadingStyle {
  /** `gnu`: getopt_long. `pflag`: also `-n=x` and `--flag=true`. */
  readonly dashes: 'gnu' | 'pflag';
  /** `-5` as head, tail and grep know it. */
  readonly numbers?: boolean;
  readonly stopAtOperand?: boolean;
}

/** Flags without a value, each with its names, as in `-a --all`. */
export function switches(...lines: readonly string[]): readonly Flag[] {
  return lines.map((names) => ({ names: names.split(' '), value: 'none', words: 0, check: () => undefined }));
}

/** A flag that takes a value. */
export function valued(names: string, check: ValueCheck, options: { readonly words?: number } = {}): Flag {
  return { names: names.split(' '), value: 'required', words: options.words ?? 1, check };
}

/** A flag whose value may be absent. */
export function optional(names: string, value: 'attached' | 'fitting', check: ValueCheck): Flag {
  return { names: names.split(' '), value, words: 1, check };
}

/** Reads arguments as the program would; refuses every flag and value that is not listed. */
export function readArguments(
  args: readonly string[],
  flags: readonly Flag[],
  { style, context }: { readonly style: ReadingStyle; readonly context: PolicyContext },
): ArgumentReading {
  const found = new Map<string, string[]>();
  const operands: string[] = [];
  const queue = [...args];
  try {
    for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
      if (arg === '--') {
        // Before a subcommand it would hide which word the program takes for it.
        if (style.dashes === 'pflag' || style.stopAtOperand === true) throw new RefusedFlag('--');
        operands.push(...queue.splice(0));
      } else if (arg === '-' || !arg.startsWith('-')) {
        if (style.stopAtOperand === true) {
          queue.unshift(arg);
          break;
        }
        operands.push(arg);
      } else if (arg.startsWith('--')) readLong(arg);
      else if (style.numbers === true && /^-\d+$/u.test(arg)) keep('-NUM', arg.slice(1));
      else readCluster(arg);
    }
  } catch (error) {
    if (!(error instanceof RefusedFlag)) throw error;
    const expected = error.expected === undefined ? {} : { expected: error.expected };
    return { kind: 'refused', flag: error.flag, ...expected };
  }
  return { kind: 'read', arguments: { flags: found, operands, rest: queue } };

  function readLong(arg: string): void {
    const equals = arg.indexOf('=');
    const name = equals < 0 ? arg : arg.slice(0, equals);
    const attached = equals < 0 ? undefined : arg.slice(equals + 1);
    const flag = find(name);
    if (flag.value !== 'none') {
      readValue(flag, name, attached);
      return;
    }
    if (attached === undefined) keep(nameOf(flag), 'true');
    else if (style.dashes === 'pflag' && (attached === 'true' || attached === 'false')) keep(nameOf(flag), attached);
    else throw new RefusedFlag(name, 'no value');
  }

  function readCluster(arg: string): void {
    for (let at = 1; at < arg.length; at++) {
      const name = `-${arg.charAt(at)}`;
      const flag = find(name);
      if (flag.value === 'none') {
        keep(nameOf(flag), 'true');
        continue;
      }
      const tail = arg.slice(at + 1);
      const attached = style.dashes === 'pflag' && tail.startsWith('=') ? tail.slice(1) : tail;
      readValue(flag, name, tail === '' ? undefined : attached);
      return;
    }
  }

  function readValue(flag: Flag, name: string, attached: string | undefined): void {
    const values: string[] = attached === undefined ? [] : [attached];
    const next = queue[0];
    const takesNext = flag.value === 'fitting' && next !== undefined && flag.check(next, context) === undefined;
    const wanted = flag.value === 'required' ? flag.words : takesNext ? 1 : 0;
    values.push(...queue.splice(0, Math.max(0, wanted - values.length)));
    // Where a forgotten value would make a flag the value, nobody means that.
    const isFlag = style.dashes === 'pflag' && attached === undefined && values[0]?.startsWith('--') === true;
    if (values.length < wanted || isFlag) throw new RefusedFlag(name, 'a value');
    for (const value of values) {
      const expected = flag.check(value, context);
      if (expected !== undefined) throw new RefusedFlag(name, expected);
    }
    keep(nameOf(flag), ...(values.length === 0 ? ['true'] : values));
  }

  function find(name: string): Flag {
    const flag = flags.find(({ names }) => names.includes(name));
    if (flag === undefined) throw new RefusedFlag(name);
    return flag;
  }

  function keep(name: string, ...values: readonly string[]): void {
    found.set(name, [...(found.get(name) ?? []), ...values]);
  }
}

/** Whether a flag without a value is given and not switched off again. */
export function isOn({ flags }: Arguments, name: string): boolean {
  const values = flags.get(name);
  return values !== undefined && values.at(-1) !== 'false';
}

class RefusedFlag extends Error {
  readonly flag: string;
  readonly expected: string | undefined;

  constructor(flag: string, expected?: string) {
    super(flag);
    this.flag = shortWord(flag);
    this.expected = expected;
  }
}

function nameOf({ names: [name] }: Flag): string {
  if (name === undefined) throw new Error('a flag without a name');
  return name;
}
