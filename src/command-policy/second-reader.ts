import { readLiteralWord } from './literal-word.ts';
import type { Connector, ShellCommand, ShellPipeline } from './shell-command.ts';

/** How the text between two commands says that they belong together; undefined at the start and after `;` and lines. */
type Joint = 'pipe' | 'and' | 'or';

const BREAKS_WORD = /[ \t\n;|&<>()]/u;

/**
 * Reads shell text a second time, from left to right and without the parser: words, the operators between them, comments
 * and three redirections, nothing else. Undefined for any other text. Where it sees another list of commands than the
 * parser, one of the two is wrong about what a shell would do, and nothing runs.
 */
export function readCommandList(text: string): readonly ShellPipeline[] | undefined {
  const list: { readonly connector: Connector; readonly pipeline: ShellCommand[] }[] = [];
  let argv: string[] = [];
  let streams = newStreams();
  let joint: Joint | undefined;
  let at = 0;

  while (at < text.length) {
    const afterBlank = skipBlank(text, at);
    if (afterBlank > at) {
      at = afterBlank;
      continue;
    }
    const character = text.charAt(at);
    if (character === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
      continue;
    }
    if (character === '\n' || character === ';') {
      at++;
      if (hasCommand()) endCommand();
      // A line may end after an operator, and be empty; a `;` needs a command.
      else if (character === ';') return undefined;
      continue;
    }
    const operator = operatorAt(text, at);
    if (operator !== undefined) {
      if (!hasCommand()) return undefined;
      endCommand();
      joint = operator;
      at += operator === 'pipe' ? 1 : 2;
      continue;
    }
    const token = character === '>' ? { source: '', end: at } : readSource(text, at);
    if (token === undefined) return undefined;
    at = token.end;
    if (text.charAt(at) === '>' && (token.source === '' || token.source === '2')) {
      const end = readRedirection(text, { at, isStderr: token.source === '2', streams });
      if (end === undefined) return undefined;
      at = end;
      continue;
    }
    const word = readLiteralWord(token.source);
    if (word.kind === 'refused') return undefined;
    argv.push(word.value);
  }
  if (hasCommand()) endCommand();
  return joint === undefined && argv.length === 0 ? list : undefined;

  function hasCommand(): boolean {
    return argv.length > 0;
  }

  function endCommand(): void {
    const { stdout, stderr } = streams;
    const command: ShellCommand = {
      argv,
      mergeStderr: stderr === 'out',
      dropStderr: stderr === 'null',
      dropStdout: stdout === 'null',
    };
    if (joint === 'pipe') list.at(-1)?.pipeline.push(command);
    else list.push({ connector: joint ?? (list.length === 0 ? 'first' : 'then'), pipeline: [command] });
    argv = [];
    streams = newStreams();
    joint = undefined;
  }
}

interface Streams {
  stdout: 'out' | 'null';
  stderr: 'err' | 'out' | 'null';
}

function newStreams(): Streams {
  return { stdout: 'out', stderr: 'err' };
}

/** White space, and line ends that a backslash takes away. */
function skipBlank(text: string, start: number): number {
  let at = start;
  for (;;) {
    if (text.charAt(at) === ' ' || text.charAt(at) === '\t') at++;
    else if (text.startsWith('\\\n', at)) at += 2;
    else return at;
  }
}

function operatorAt(text: string, at: number): Joint | undefined {
  if (text.startsWith('&&', at)) return 'and';
  if (text.startsWith('||', at)) return 'or';
  return text.charAt(at) === '|' && text.charAt(at + 1) !== '&' ? 'pipe' : undefined;
}

/** The source of one word, up to what ends it outside of quotes; undefined where there is none. */
function readSource(text: string, start: number): { readonly source: string; readonly end: number } | undefined {
  let at = start;
  while (at < text.length && !BREAKS_WORD.test(text.charAt(at))) {
    const character = text.charAt(at);
    if (character === '\\') at += 2;
    else if (character === "'" || character === '"') {
      const isAnsi = character === "'" && text.charAt(at - 1) === '$';
      const end = endOfQuote(text, { at: at + 1, quote: character, escapes: character === '"' || isAnsi });
      if (end === undefined) return undefined;
      at = end;
    } else at++;
  }
  return at === start || at > text.length ? undefined : { source: text.slice(start, at), end: at };
}

function endOfQuote(
  text: string,
  { at: start, quote, escapes }: { readonly at: number; readonly quote: string; readonly escapes: boolean },
): number | undefined {
  for (let at = start; at < text.length; at++) {
    if (text.charAt(at) === quote) return at + 1;
    if (escapes && text.charAt(at) === '\\') at++;
  }
  return undefined;
}

/** Notes what a redirection does and gives where it ends; undefined for all but `2>&1`, `>/dev/null` and `2>/dev/null`. */
function readRedirection(
  text: string,
  { at, isStderr, streams }: { readonly at: number; readonly isStderr: boolean; readonly streams: Streams },
): number | undefined {
  const isDuplicate = text.charAt(at + 1) === '&';
  const target = readSource(text, skipBlank(text, at + (isDuplicate ? 2 : 1)));
  if (target === undefined) return undefined;
  if (isDuplicate && isStderr && target.source === '1') streams.stderr = streams.stdout;
  else if (!isDuplicate && target.source === '/dev/null') streams[isStderr ? 'stderr' : 'stdout'] = 'null';
  else return undefined;
  return target.end;
}
