import { switches, valued } from '../arguments.ts';
import { operands } from '../operand-checks.ts';
import { plainTool, type ArgumentCheck } from '../tool.ts';
import { anyText, evidenceFile, matching } from '../value-checks.ts';
import { readersOf } from './evidence-readers.ts';

/** They read the environment, or files that are named inside the filter. */
const FORBIDDEN = new Set(['env', 'ENV', 'import', 'include', 'modulemeta', '__prog_args']);
const WORD = /[A-Za-z_]\w*/gu;

const filterThenFiles: ArgumentCheck = (args, options) => {
  const [filter, ...files] = args.operands;
  if (filter === undefined) return { reason: `${options.subject} needs a filter` };
  const forbidden = forbiddenWord(filter);
  if (forbidden !== undefined) {
    const reason = `${options.subject} may not use ${forbidden}; a field of this name is written .${forbidden} or ["${forbidden}"]`;
    return { reason, word: forbidden };
  }
  return operands(evidenceFile)({ ...args, operands: files }, options);
};

/** The first forbidden word that is neither a field such as `.env` nor a whole string such as `"env"`. */
function forbiddenWord(filter: string): string | undefined {
  // No field follows two dots: what stands there is a word of its own.
  const text = filter.replaceAll('..', '  ');
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!FORBIDDEN.has(word)) continue;
    const before = text.charAt(index - 1);
    const after = text.charAt(index + word.length);
    if (before === '.' || (before === '"' && after === '"')) continue;
    return word;
  }
  return undefined;
}

/** Reads JSON from its input or from the evidence folder; never a filter, a module or a variable from a file. */
export const jq = plainTool({
  name: 'jq',
  family: 'read',
  flags: [
    ...switches('-r --raw-output', '-c --compact-output', '-s --slurp', '-S --sort-keys', '-n --null-input'),
    ...switches(
      '-R --raw-input',
      '-e --exit-status',
      '-j --join-output',
      '-a --ascii-output',
      '-M --monochrome-output',
    ),
    ...switches('--tab', '--seq', '--stream', '--unbuffered'),
    valued('--indent', matching(/^[0-7]$/u, '0 to 7')),
    valued('--arg', anyText, { words: 2 }),
    valued('--argjson', anyText, { words: 2 }),
  ],
  check: filterThenFiles,
  needs: (args) => readersOf(args.operands.slice(1)),
});
