import type { CommandExplanation, ExplainedCommand } from '../../command-policy/decide-command.ts';
import { cleanLine } from '../../report/untrusted.ts';
import type { Style } from '../context.ts';

const CONNECTORS: Readonly<Record<ExplainedCommand['connector'], string>> = {
  first: '',
  pipe: '|',
  and: '&&',
  or: '||',
  then: ';',
};
const INDENT = ' '.repeat(13);

/** One block for each command: the words that would run, or which one is in the way and what to do. */
export function renderExplanation(explanation: CommandExplanation, style: Style): readonly string[] {
  if (explanation.kind === 'unreadable') return [`${style.bad('denied')}  ${cleanLine(explanation.reason)}`];
  return explanation.commands.flatMap(({ connector, argv, verdict }) => {
    const isAllowed = verdict.kind === 'allowed';
    const word = isAllowed ? style.good('allowed') : style.bad('denied ');
    const head = `${CONNECTORS[connector].padEnd(3)}${word}  ${cleanLine(JSON.stringify(argv))}`;
    if (isAllowed) {
      const needs = verdict.needs.length === 0 ? 'works on its input only' : `tool ${verdict.needs.join(' or ')}`;
      return [head, `${INDENT}${style.dim(needs)}`];
    }
    const inTheWay = verdict.word === undefined ? [] : [`${INDENT}word: ${style.bold(cleanLine(verdict.word))}`];
    return [head, ...inTheWay, `${INDENT}why:  ${cleanLine(verdict.reason)}`];
  });
}
