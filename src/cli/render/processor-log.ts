import type { ProcessorEvent } from '../../domain/events.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { cleanText } from '../../report/untrusted.ts';
import type { Style } from '../context.ts';
import { formatSecond } from './time.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** An event as one line of JSON: `time`, `level` and `event` first, then the fields of the event by their own names. */
export function formatLogLine(event: ProcessorEvent, at: Date): string {
  const { type, ...fields } = event;
  return JSON.stringify({ time: at.toISOString(), level: levelOf(event), event: type, ...fields });
}

/** An event as a line for a person; undefined for what happens at every look and only matters to machines. */
export function renderLogLine(event: ProcessorEvent, at: Date, style: Style): string | undefined {
  const level = levelOf(event);
  if (level === 'debug') return undefined;
  const text = cleanText(textOf(event)).replaceAll(/\s+/gu, ' ').trim();
  return `${style.dim(formatSecond(at))}  ${colored(text, level, style)}`;
}

export function levelOf(event: ProcessorEvent): LogLevel {
  switch (event.type) {
    case 'synced':
    case 'phase-ended':
    case 'consulted':
    case 'reported':
    case 'pushed':
    case 'session-spent':
      return 'debug';
    case 'cluster-request':
      return event.decision === 'refused' ? 'warn' : 'debug';
    case 'canary':
      return event.result === 'failed' ? 'warn' : 'debug';
    case 'sync-failed':
    case 'paused':
    case 'history-accepted':
    case 'released':
    case 'withheld':
    case 'stopped-by-administrator':
    case 'ignored':
    case 'rejected':
    case 'fenced':
    case 'publisher-failed':
    case 'disk-full':
    case 'warning':
      return 'warn';
    case 'started':
    case 'metrics-served':
    case 'resumed':
    case 'policy-in-force':
    case 'admitted':
    case 'claimed':
    case 'claim-lost':
    case 'progress':
    case 'published':
    case 'aggregated':
    case 'held':
    case 'session':
    case 'handed-back':
    case 'publisher-recovered':
    case 'engine-found':
    case 'room-found':
    case 'stopping':
    case 'stopped':
      return 'info';
    default:
      return unreachable(event);
  }
}

function textOf(event: ProcessorEvent): string {
  switch (event.type) {
    case 'started': {
      const { cluster, holder, repository, engines, trust, key } = event;
      return `${cluster}/${holder} serves ${repository} · engines ${engines.join(', ')} · trust ${trust} · signs with ${key}`;
    }
    case 'metrics-served':
      return `metrics and health on ${event.host} port ${event.port}`;
    case 'synced':
      return `looked at ${event.tip.slice(0, 10)}: ${event.pending} to do`;
    case 'sync-failed':
      return `${event.message} (${event.code}); next look in ${seconds(event.retryMs)}`;
    case 'paused':
      return `paused by the ${event.by}: ${event.message}`;
    case 'resumed':
      return `no longer paused by the ${event.by}${event.who === undefined ? '' : `, lifted by ${event.who}`}`;
    case 'history-accepted':
      return `goes on from ${event.to.slice(0, 10)} as ${event.who} announced: ${event.reason}`;
    case 'policy-in-force':
      return `policy ${event.sha256.slice(0, 10)} is in force: ${event.rules} rule${event.rules === 1 ? '' : 's'}`;
    case 'ignored':
      return `ignored ${event.path}: ${event.reason}`;
    case 'admitted':
      return `${event.id}  admitted, asked by ${event.requester}, strategy ${event.strategy}`;
    case 'rejected':
      return `${event.id}  rejected: ${event.message} (${event.code})`;
    case 'claimed':
      return `${event.id}  claimed, attempt ${event.attempt}${event.isTakeOver ? ', taken over' : ''}`;
    case 'claim-lost':
      return `${event.id}  claimed by another processor`;
    case 'progress': {
      const { id, phase, message, done, total } = event;
      const count = done === undefined || total === undefined || total === 0 ? '' : ` ${done}/${total}`;
      return `${id}  ${phase}${count}  ${message}`;
    }
    case 'phase-ended':
      return `${event.id}  ${event.phase} took ${seconds(event.ms)}`;
    case 'consulted':
      return `${event.id}  Claude ${event.result}: $${event.usd.toFixed(2)}, turns ${event.turns}`;
    case 'reported':
      return `${event.id}  report by ${event.engine}: ${event.outcome.replace('-', ' ')}`;
    case 'canary':
      return event.result === 'failed'
        ? `the canary did not come back: ${event.message} (${event.code})`
        : `${event.id}  canary came back after ${seconds(event.ms)}`;
    case 'pushed':
      return `push: ${event.outcome}${event.isRetry ? ', tried again' : ''}`;
    case 'published': {
      const outcome = event.outcome === undefined ? '' : ` · ${event.outcome.replace('-', ' ')}`;
      return `${event.id}  published ${event.phase}${outcome} (${event.commit.slice(0, 10)})`;
    }
    case 'aggregated':
      return `${event.id}  page over all parts written${event.isComplete ? '' : ', still waiting for some'}`;
    case 'released':
    case 'withheld':
      return `${event.id}  ${event.type} by ${event.who}: ${event.reason}`;
    case 'stopped-by-administrator':
      return `${event.id}  stopped by ${event.who}: ${event.reason}`;
    case 'held':
      return `${event.id}  held: claude-warroom admin show-held ${event.id}`;
    case 'session-spent':
      return `${event.id}  the model of the session: $${event.usd.toFixed(4)}`;
    case 'session':
      return `${event.id}  session ${event.what}: ${event.message}`;
    case 'fenced':
      return `${event.id}  another processor took over; this result is dropped`;
    case 'handed-back':
      return `${event.id}  handed back: another processor, or the next start, takes it`;
    case 'cluster-request': {
      const { run, method, path, status, decision, reason } = event;
      return `${run}  ${decision} by the cluster broker: ${method} ${path} (${status})${reason === undefined ? '' : `: ${reason}`}`;
    }
    case 'publisher-failed':
      return `publisher ${event.publisher}: ${event.message} (${event.code}); ${event.waiting} results wait for it`;
    case 'publisher-recovered':
      return `publisher ${event.publisher} works again; ${event.waiting} results wait for it`;
    case 'disk-full':
      return event.message;
    case 'room-found':
      return `the state folder has ${event.megabytes} MiB left again`;
    case 'engine-found':
      return `the engine ${event.engine} ${event.version} can be used now`;
    case 'warning':
      return `${event.message} (${event.code})`;
    case 'stopping':
      return event.running === 0 ? 'stopping' : `stopping: ${event.running} still running; once more hands them back`;
    case 'stopped':
      return 'stopped';
    default:
      return unreachable(event);
  }
}

function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}

function colored(text: string, level: LogLevel, style: Style): string {
  if (level === 'error') return style.bad(text);
  return level === 'warn' ? style.warn(text) : text;
}
