import type { ValueCheck } from './arguments.ts';
import { shortWord } from './short-word.ts';
import type { ArgumentCheck } from './tool.ts';

/** From `least` to `most` operands, each allowed by `check`. */
export function operands(
  check: ValueCheck,
  { least = 0, most = Infinity }: { least?: number; most?: number } = {},
): ArgumentCheck {
  return (args, options) => {
    const { subject } = options;
    if (args.operands.length < least) {
      return { reason: `${subject} needs ${least === 1 ? 'an argument' : `${least} arguments`}` };
    }
    const tooMany = args.operands[most];
    if (tooMany !== undefined) {
      const limit = most === 0 ? 'no arguments' : `at most ${most === 1 ? 'one argument' : `${most} arguments`}`;
      return { reason: `${subject} takes ${limit} here`, word: shortWord(tooMany) };
    }
    for (const operand of args.operands) {
      const expected = check(operand, options);
      const word = shortWord(operand);
      if (expected !== undefined) return { reason: `${subject} may not be given ${word}: only ${expected}`, word };
    }
    return undefined;
  };
}

/** No operands at all. */
export const noOperands: ArgumentCheck = operands(() => undefined, { most: 0 });

/** Passes when every check does. */
export function allOf(...checks: readonly ArgumentCheck[]): ArgumentCheck {
  return (args, options) => {
    for (const check of checks) {
      const problem = check(args, options);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}
