import type { Command } from 'commander';
import { WarroomError } from '../domain/errors.ts';
import { nearestName } from '../lib/nearest-name.ts';
import type { ViewPhase } from '../client/request-view.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { wholeNumber } from './flag-values.ts';

export interface ListFlags {
  readonly cluster?: string;
  readonly phase?: string;
  readonly mine?: boolean;
  readonly canaries?: boolean;
  readonly limit?: number;
  readonly days?: number;
}

const PHASES: readonly ViewPhase[] = [
  'pending',
  'claimed',
  'collecting',
  'investigating',
  'publishing',
  'succeeded',
  'failed',
  'timed-out',
  'cancelled',
  'rejected',
  'expired',
  'invalid',
];

export function addListFlags(command: Command): Command {
  return command
    .option('--cluster <name>', 'only requests to this cluster')
    .option('--phase <phases>', 'only these phases, separated by commas; "open" for all that have not ended')
    .option('--mine', 'only my own requests')
    .option('--canaries', 'also the requests by which processors measure themselves')
    .option('--limit <n>', 'rows at most; open requests are always shown (50)', wholeNumber)
    .option('--days <n>', 'days to look back (14)', wholeNumber);
}

/** Prints a table of open and recent requests. */
export async function showRequests(context: CliContext, flags: ListFlags): Promise<ExitCode> {
  const phases = flags.phase === undefined ? undefined : parsePhases(flags.phase);
  const { withWarRoom, requirePrincipal } = await import('./session.ts');
  const { listRequests } = await import('../client/list-requests.ts');
  return await withWarRoom(context, async (session) => {
    const { io, clock, signal } = context;
    const now = clock.now();
    const requester = flags.mine === true ? await requirePrincipal(session) : undefined;
    const filter = {
      ...(flags.cluster === undefined ? {} : { cluster: flags.cluster }),
      ...(phases === undefined ? {} : { phases }),
      ...(requester === undefined ? {} : { requester }),
      ...(flags.canaries === true ? { canaries: true } : {}),
      ...(flags.limit === undefined ? {} : { limit: flags.limit }),
      ...(flags.days === undefined ? {} : { days: flags.days }),
    };
    const views = await listRequests(session.warRoom, { now, filter, signal });
    if (context.flags.json) {
      const { requestJson } = await import('./render/request-json.ts');
      io.out(JSON.stringify({ requests: views.map(requestJson) }, null, 2));
      return EXIT.done;
    }
    if (views.length === 0) {
      io.err('no requests; ask something: claude-warroom investigate');
      return EXIT.done;
    }
    const { renderRequests } = await import('./render/request-table.ts');
    for (const line of renderRequests(views, { io, now })) io.out(line);
    return EXIT.done;
  });
}

function parsePhases(text: string): readonly ViewPhase[] {
  return text.split(',').flatMap((part) => {
    const name = part.trim();
    if (name === 'open') return PHASES.slice(0, 5);
    const phase = PHASES.find((candidate) => candidate === name);
    if (phase !== undefined) return [phase];
    const nearest = nearestName(name, PHASES);
    throw new WarroomError('usage', `there is no phase "${name}"`, {
      why: `phases are open, ${PHASES.join(', ')}`,
      ...(nearest === undefined ? {} : { hint: `did you mean  --phase ${nearest} ?` }),
    });
  });
}
