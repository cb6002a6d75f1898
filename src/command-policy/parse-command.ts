import { isDeepStrictEqual } from 'node:util';
import { parse, type Command, type ParsedScript, type PipelineNode, type Statement } from 'unbash';
import { readLiteralWord } from './literal-word.ts';
import { readRedirections } from './redirections.ts';
import { readCommandList } from './second-reader.ts';
import type { Connector, ShellCommand, ShellPipeline } from './shell-command.ts';

export type ParsedCommand =
  | { readonly kind: 'commands'; readonly list: readonly ShellPipeline[] }
  | { readonly kind: 'refused'; readonly reason: string };

const MAX_BYTES = 4096;
const MAX_COMMANDS = 20;
/** An audit line has room for 200 words, connectors included. */
const MAX_WORDS = 180;
const PLAIN_ONLY = 'only plain commands joined by |, &&, || and ; can run';

/** Controls but tab and line feed, invisible characters, half characters, and white space that only looks like a space. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cf}\p{Cs}\p{Co}\p{Cn}]|(?![ \t\n])[\p{Z}\p{White_Space}]/u;

class Refusal extends Error {}

/**
 * Reads shell text as a list of pipelines of literal words. Whatever else a shell can do is refused, and so is what
 * this parser and a second reader do not read alike.
 */
export function parseCommand(text: string): ParsedCommand {
  try {
    return { kind: 'commands', list: readText(text) };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    // A parser that fails on hostile text must not let it through.
    return { kind: 'refused', reason: `the command cannot be read; ${PLAIN_ONLY}` };
  }
}

function readText(text: string): readonly ShellPipeline[] {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Refusal(`a command may have at most ${MAX_BYTES} bytes`);
  if (UNSEEN.test(text)) {
    throw new Refusal('the command holds control, invisible or unusual white-space characters; use plain spaces');
  }
  const script: ParsedScript = parse(text);
  const [error] = script.errors ?? [];
  if (error !== undefined) throw new Refusal(`the command is not valid shell text: ${error.message}`);

  const list = script.commands.flatMap((statement, index) => readStatement(statement, index === 0 ? 'first' : 'then'));
  const commands = list.flatMap(({ pipeline }) => pipeline);
  if (commands.length === 0) throw new Refusal('there is no command');
  if (commands.length > MAX_COMMANDS) throw new Refusal(`at most ${MAX_COMMANDS} commands at once`);
  const words = commands.reduce((sum, { argv }) => sum + argv.length, 0);
  if (words > MAX_WORDS) throw new Refusal(`at most ${MAX_WORDS} words at once`);
  const second = readCommandList(text);
  if (second === undefined) throw new Refusal(`the command is not valid shell text; ${PLAIN_ONLY}`);
  if (!isDeepStrictEqual(second, list)) throw new Refusal('the command can be read in two ways; write it more simply');
  return list;
}

function readStatement({ type, background, command }: Statement, connector: Connector): readonly ShellPipeline[] {
  expect(type, 'Statement');
  if (background === true) throw new Refusal('nothing runs in the background; leave out &');
  if (command.type !== 'AndOr') return [readPipeline(command, connector)];
  return command.commands.map((part, index) =>
    readPipeline(part, index === 0 ? connector : connectorOf(command.operators[index - 1])),
  );
}

function connectorOf(operator: string | undefined): Connector {
  if (operator === '&&') return 'and';
  if (operator === '||') return 'or';
  throw new Refusal('commands may be joined by |, &&, || and ; only');
}

function readPipeline(node: PipelineNode, connector: Connector): ShellPipeline {
  if (node.type !== 'Pipeline') return { connector, pipeline: [readCommand(node)] };
  const [prefix] = node.prefixes;
  if (prefix !== undefined) throw new Refusal(`leave out ${prefix.type === 'Time' ? 'time' : '!'} before a command`);
  if (node.operators.some((operator) => operator !== '|')) throw new Refusal('write 2>&1 | in place of |&');
  return { connector, pipeline: node.commands.map((command) => readCommand(command)) };
}

function readCommand(node: Exclude<PipelineNode, { type: 'Pipeline' }>): ShellCommand {
  if (node.type !== 'Command') {
    throw new Refusal(`${PLAIN_ONLY}: no groups, loops, conditions, tests or functions`);
  }
  if (node.prefix.some(({ type }) => type === 'Assignment')) {
    throw new Refusal('variables cannot be set; write the value where it is used');
  }
  const streams = readRedirections(node.redirects);
  if (streams === undefined) {
    throw new Refusal('the only redirections are 2>&1, 2>/dev/null and >/dev/null; every output is recorded anyway');
  }
  return { argv: readArgv(node), ...streams };
}

function readArgv({ name, args }: Command): readonly string[] {
  if (name === undefined) throw new Refusal('a redirection needs a command');
  return [name, ...args].map((word) => {
    expect(word.type, 'Word');
    const literal = readLiteralWord(word.text);
    if (literal.kind === 'refused') throw new Refusal(literal.why);
    const value = 'value' in word && typeof word.value === 'string' ? word.value : undefined;
    if (value !== literal.value) throw new Refusal('a word can be read in two ways; quote it in single quotes');
    return literal.value;
  });
}

/** The parser's types promise this; a newer version of it must not slip past. */
function expect(type: string, expected: string): void {
  if (type !== expected) throw new Refusal(`the command uses a part of the shell that is not allowed; ${PLAIN_ONLY}`);
}
