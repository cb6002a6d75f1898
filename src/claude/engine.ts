import { isWarroomError, WarroomError } from '../domain/errors.ts';
import { parseRequestId } from '../domain/request-id.ts';
import type { Clock } from '../lib/clock.ts';
import { startModelBroker } from './broker/start-model-broker.ts';
import type { ModelUpstream } from './broker/upstream.ts';
import type { ModelAccess } from './model-access.ts';
import { openSessionDoor, type DoorListen, type SessionCallSpend, type SessionDoor } from './session-door.ts';
import { openRunPlaces, type RunPlace, type RunPlaces } from './run-places.ts';
import { describeUsedUp, openSpendBook, type DailyBudget, type DailyLimits } from './spend-book.ts';
import { NO_WORK, type ClaudeResult, type ClaudeTask } from './claude-task.ts';
import { runInvestigation, type InvestigationOptions, type InvestigationRun } from './investigation.ts';

/** The investigator of a processor that has a model. */
export interface ClaudeEngine {
  readonly version: string;
  readonly model: string;
  /** Most US dollars of one investigation. */
  readonly maxUsd: number;
  /** What is left of today for a requester. */
  budget(requester: string): DailyBudget;
  /** US dollars that a requester has spent today. */
  spentToday(requester: string): number;
  investigate(task: ClaudeTask): Promise<ClaudeResult>;
  /** Serves the model to sessions too, until the engine is closed; what they spend is in the same book. */
  openDoor(listen: DoorListen, onSpend: (spend: SessionCallSpend) => void): Promise<SessionDoor>;
  close(): Promise<void>;
}

export interface ClaudeEngineOptions extends InvestigationOptions {
  readonly version: string;
  readonly upstream: ModelUpstream;
  readonly dailyLimits: DailyLimits;
  /** File of what was spent today. */
  readonly spendFile: string;
  /** Folder for runs; each has one of its own, which stays for a while when its conversation is kept. */
  readonly folder: string;
  /** Hours that the conversation of a finished run is kept; 0 keeps none. */
  readonly keepConversationHours: number;
}

export async function createClaudeEngine(options: ClaudeEngineOptions): Promise<ClaudeEngine> {
  const { upstream, clock, maxUsd } = options;
  const book = await openSpendBook({ file: options.spendFile, limits: options.dailyLimits, clock });
  // A conversation in a pod goes with the pod.
  const keepHours = options.executor === undefined ? options.keepConversationHours : 0;
  const places = await openRunPlaces({ ...options, keepHours });
  const broker =
    upstream.kind === 'messages' ? await startModelBroker({ upstream, now: () => clock.now() }) : undefined;
  const doors: SessionDoor[] = [];
  return {
    version: options.version,
    model: options.model,
    maxUsd,
    budget: (requester) => book.budget(requester),
    spentToday: (requester) => book.spentToday(requester),
    investigate: async (task) => {
      const requester = task.request.metadata.engineer;
      // A budget that cannot be written down would begin anew with every start.
      try {
        await book.flush();
      } catch (error) {
        if (!isWarroomError(error)) throw error;
        return { kind: 'failed', code: 'budget', message: error.message, ...NO_WORK };
      }
      const daily = book.budget(requester);
      if (daily.kind === 'used-up') return usedUp(daily);
      const budgetUsd = Math.min(task.request.spec.investigation.budget?.usd ?? maxUsd, maxUsd, daily.usd);
      const run = broker?.openRun({ runId: task.id, requester, budgetUsd, onSpend: book.add });
      const access: ModelAccess = run ?? {
        kind: 'provider',
        environment: upstream.kind === 'messages' ? {} : upstream.environment,
      };
      try {
        const result = await inPlace(places, task, (place) =>
          runInvestigation(options, task, { place, keeps: places.keeps, access, run, budgetUsd }),
        );
        // Nobody but claude itself counts the calls to a provider.
        if (run === undefined) book.add({ requester, day: dayOf(clock), usd: result.usd });
        return result;
      } finally {
        run?.close();
      }
    },
    openDoor: async (listen, onSpend) => {
      if (upstream.kind !== 'messages') {
        throw new WarroomError('not-allowed', 'sessions cannot reach a model at Bedrock or Vertex', {
          why: 'claude itself signs such calls, so a credential would have to go into their pods',
          hint: 'use a Messages API (claude.apiKeyFile), or leave sessions.model out',
        });
      }
      const door = await openSessionDoor({ upstream, listen, book, onSpend, now: () => clock.now() });
      doors.push(door);
      return door;
    },
    close: async () => {
      await options.executor?.close();
      for (const door of doors) await door.close();
      await broker?.close();
      await book.flush();
    },
  };
}

function dayOf(clock: Clock): string {
  return clock.now().toISOString().slice(0, 10);
}

function usedUp(budget: Extract<DailyBudget, { kind: 'used-up' }>): ClaudeResult {
  return { kind: 'failed', code: 'budget', message: describeUsedUp(budget), ...NO_WORK };
}

/** Goes on with the conversation of the request that this one follows, when it is kept; else begins a new one. */
async function inPlace(
  places: RunPlaces,
  task: ClaudeTask,
  run: (place: RunPlace) => Promise<InvestigationRun>,
): Promise<ClaudeResult> {
  const earlier = parseRequestId(task.request.spec.followUp ?? '');
  const old = earlier === undefined ? undefined : await places.resume(earlier);
  if (old !== undefined) {
    const { result, isLost } = await inside(places, task, { place: old, run });
    if (!isLost) return result;
  }
  const { result } = await inside(places, task, { place: await places.create(task.id), run });
  return result;
}

async function inside(
  places: RunPlaces,
  task: ClaudeTask,
  { place, run }: { readonly place: RunPlace; readonly run: (place: RunPlace) => Promise<InvestigationRun> },
): Promise<InvestigationRun> {
  try {
    const ran = await run(place);
    if (ran.kept !== undefined) await places.keep(place, task.id, ran.kept);
    return ran;
  } finally {
    await places.leave(place);
  }
}
