import { cleanLine } from '../../report/untrusted.ts';
import type { PublisherState } from '../../publisher/port.ts';
import type { BoardCommand, BoardRow, BoardState } from '../../zone/board.ts';
import { formatSpendToday, type SpendToday } from '../spend-today.ts';
import type { Style } from '../context.ts';
import { formatAgo } from './time.ts';

interface BoardOptions {
  readonly now: Date;
  readonly width: number;
  readonly style: Style;
  /** Undefined where no model is used. */
  readonly spend?: SpendToday | undefined;
}

/** What runs in a zone now, as one screen: one block per investigation, the newest command last. */
export function renderBoard(state: BoardState, options: BoardOptions): readonly string[] {
  const { style, now, width, spend } = options;
  if (state.kind === 'dead') {
    const seen =
      state.lastSeenAt === undefined ? '' : `; the last one was seen ${formatAgo(new Date(state.lastSeenAt), now)}`;
    return [style.warn(`no processor runs here${seen}`)];
  }
  const { board } = state;
  const { cluster, holder, version, pid, paused, publishers = [], rows } = board;
  const head = `${cluster}/${holder}  claude-warroom ${version}  pid ${pid}`;
  const cut = (line: string): string => (line.length > width ? `${line.slice(0, Math.max(1, width - 1))}…` : line);
  return [
    style.bold(cut(cleanLine(head))),
    ...(paused === undefined ? [] : [style.bad(cut(cleanLine(paused)))]),
    ...publishers.map((each) => {
      const line = cut(cleanLine(publisherLine(each, now)));
      return each.failure === undefined ? style.dim(line) : style.warn(line);
    }),
    ...(spend === undefined ? [] : [spendLine(spend, style)]),
    ...(rows.length === 0 ? ['', style.dim('nothing runs')] : []),
    ...rows.flatMap((row, index) => ['', ...rowLines(row, index + 1, { style, now, cut })]),
  ];
}

/** From here on the alert of the metrics fires too. */
const MUCH = 0.8;

function spendLine(spend: SpendToday, style: Style): string {
  const line = formatSpendToday(spend);
  return spend.usd > MUCH * spend.limitUsd ? style.warn(line) : style.dim(line);
}

function publisherLine({ name, waiting, failure }: PublisherState, now: Date): string {
  const queue = waiting === 0 ? '' : ` · ${waiting} result${waiting === 1 ? ' waits' : 's wait'}`;
  if (failure === undefined) return `publisher ${name}: works${queue}`;
  return `publisher ${name}: ${failure.message} (${failure.code}), since ${elapsed(failure.since, now)}${queue}`;
}

function rowLines(
  row: BoardRow,
  number: number,
  { style, now, cut }: { readonly style: Style; readonly now: Date; readonly cut: (line: string) => string },
): readonly string[] {
  const spent = row.turns === 0 ? '' : ` · ${row.turns} turns · $${row.usd.toFixed(2)}`;
  const age = elapsed(row.startedAt, now);
  const facts = `${row.requester} · attempt ${row.attempt} · ${row.phase} ${row.message} · ${age} · ${row.commands} commands`;
  const { current } = row;
  return [
    style.accent(cut(`${number}  ${row.id}`)),
    cut(`   ${cleanLine(facts)}${spent}`),
    ...row.last.slice(-5).map((command) => style.dim(cut(`   ${commandLine(command)}`))),
    ...(current === undefined
      ? []
      : [cut(`   ▸ ${cleanLine(current.argv.join(' '))}  ${elapsed(current.startedAt, now)}`)]),
  ];
}

function commandLine({ argv, decision, status, exit, ms }: BoardCommand): string {
  const end = decision === 'denied' ? 'denied' : exit === undefined ? status : `exit ${exit}`;
  return `${end.padEnd(8)} ${String(Math.round(ms)).padStart(6)} ms  ${cleanLine(argv.join(' '))}`;
}

function elapsed(since: string, now: Date): string {
  return `${Math.max(0, Math.round((now.getTime() - Date.parse(since)) / 1000))} s`;
}
