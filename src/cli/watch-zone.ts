import type { ReadStream } from 'node:tty';
import type { ProcessorSettings } from '../config/processor-settings.ts';
import { isWarroomError } from '../domain/errors.ts';
import { readBoard, type BoardState } from '../zone/board.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { orderIn, requireIdOrAll } from './give-order.ts';
import { createPrompts } from './prompts.ts';
import { renderBoard } from './render/board.ts';
import { readSpendToday, type SpendToday } from './spend-today.ts';
import { loadZone } from './zone.ts';

const EVERY_MS = 500;
/** Cursor home, and clear what follows. */
const HOME = '\u001b[H';
const CLEAR = '\u001b[J';
/** A screen of its own, so that what stood in the terminal is there again afterwards. */
const OWN_SCREEN = '\u001b[?1049h';
const FORMER_SCREEN = '\u001b[?1049l';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/** Shows what runs in this zone: once for pipes, else again and again with keys. */
export async function watchZone(
  context: CliContext,
  flags: { readonly once?: boolean; readonly c?: string },
): Promise<ExitCode> {
  const { io } = context;
  const settings = await loadZone(context, flags.c);
  const isOnce = flags.once === true || context.flags.json || !io.isTerminal || !io.isInteractive;
  if (!isOnce) return await watchLive(context, settings);
  const state = await readBoard(settings.stateDir);
  const spend = await readSpendToday(settings, context.clock.now());
  if (context.flags.json) io.out(JSON.stringify(jsonOf(state, spend), null, 2));
  else for (const line of linesOf(context, state, spend)) io.out(line);
  return state.kind === 'running' ? EXIT.done : EXIT.failed;
}

function jsonOf(state: BoardState, spend: SpendToday | undefined): unknown {
  const model =
    spend === undefined
      ? {}
      : { model: { usdToday: spend.usd, sessionUsdToday: spend.sessionUsd, usdPerDay: spend.limitUsd } };
  return state.kind === 'running'
    ? { running: true, ...state.board, ...model }
    : { running: false, lastSeenAt: state.lastSeenAt ?? null, rows: [], ...model };
}

function linesOf({ io, clock }: CliContext, state: BoardState, spend: SpendToday | undefined): readonly string[] {
  return renderBoard(state, { now: clock.now(), width: io.width, style: io.style, spend });
}

async function watchLive(context: CliContext, settings: ProcessorSettings): Promise<ExitCode> {
  const { io, clock, signal } = context;
  const { stateDir } = settings;
  const input = io.stdin as unknown as ReadStream;
  const keys: string[] = [];
  let chosen = 1;
  let said = '';
  const onKey = (data: Buffer): void => {
    keys.push(...Array.from(data.toString('utf8')));
  };
  const listen = (): void => {
    input.setRawMode(true);
    input.on('data', onKey);
    input.resume();
    io.stdout.write(HIDE_CURSOR);
  };
  const hush = (): void => {
    input.off('data', onKey);
    input.setRawMode(false);
    input.pause();
    io.stdout.write(SHOW_CURSOR);
  };
  io.stdout.write(OWN_SCREEN);
  listen();
  try {
    for (;;) {
      const state = await readBoard(stateDir);
      const rows = state.kind === 'running' ? state.board.rows : [];
      chosen = Math.min(Math.max(1, chosen), Math.max(1, rows.length));
      const help = `number: choose (now ${chosen}) · k: stop it · K: stop all · q: leave`;
      const spend = await readSpendToday(settings, clock.now());
      const lines = [...linesOf(context, state, spend), '', io.style.dim(help), ...(said === '' ? [] : [said])];
      io.stdout.write(`${HOME}${lines.map((line) => `${line}\u001b[K\n`).join('')}${CLEAR}`);
      const key = keys.shift();
      if (key === 'q' || key === '\u0003' || signal.aborted) return EXIT.done;
      if (key !== undefined && /[1-9]/u.test(key)) chosen = Number(key);
      const target = key === 'K' ? 'all' : key === 'k' ? rows[chosen - 1]?.id : undefined;
      if (target !== undefined) {
        hush();
        said = await kill(context, stateDir, target);
        listen();
        continue;
      }
      await clock.sleep(EVERY_MS, signal).catch(() => undefined);
    }
  } finally {
    hush();
    io.stdout.write(FORMER_SCREEN);
  }
}

/** Asks why, and stops; what came of it is one line. */
async function kill(context: CliContext, stateDir: string, target: string): Promise<string> {
  const { io, signal } = context;
  try {
    const prompts = await createPrompts(io, signal);
    const reason = await prompts.text({
      message: `Why is ${target === 'all' ? 'everything' : target} stopped?`,
      isRequired: true,
    });
    const id = target === 'all' ? requireIdOrAll(undefined, true) : requireIdOrAll(target, false);
    const ids = await orderIn(context, stateDir, { action: 'kill', id, reason });
    return io.style.good(ids.length === 0 ? 'nothing ran any more' : `stopped ${ids.join(', ')}`);
  } catch (error) {
    if (isWarroomError(error)) return io.style.bad(error.message);
    // Ctrl-C in the question: nothing is stopped.
    if (error instanceof Error && error.name === 'ExitPromptError') return '';
    throw error;
  }
}
