import type { ClusterView } from '../../client/clusters.ts';
import { answeringHub } from '../../client/pair-with-hub.ts';
import type { PauseState } from '../../client/pause.ts';
import type { RepositoryProbe } from '../../composition.ts';
import { pauseText } from '../pause-text.ts';
import { formatAgo } from '../render/time.ts';
import type { Check } from './check.ts';

/** Requests from a clock that is further ahead than this are refused by processors. */
const MAX_SKEW_MS = 5 * 60_000;

export function checkPush({ push }: RepositoryProbe): Check {
  const name = 'push';
  switch (push.kind) {
    case 'allowed':
      return { name, state: 'ok', text: 'allowed (rehearsed, nothing was sent)' };
    case 'refused': {
      const fix = 'let git log in with an account that may write: asking is a push';
      return { name, state: 'fail', text: `refused: ${push.why}`, fix };
    }
    case 'unknown':
      return { name, state: 'warn', text: `not known: ${push.why}`, fix: 'ask something small and see' };
  }
}

/** What somebody else wrote cannot be from the future, unless a clock is wrong. */
export function checkClock(newest: Date | undefined, now: Date): Check {
  const name = 'clock';
  if (newest === undefined) return { name, state: 'ok', text: 'nothing to compare it with' };
  const aheadMs = newest.getTime() - now.getTime();
  if (aheadMs <= MAX_SKEW_MS) return { name, state: 'ok', text: 'not behind the newest entry of the war room' };
  const minutes = Math.round(aheadMs / 60_000);
  const text = `the newest entry of the war room is ${minutes} min in the future`;
  return {
    name,
    state: 'warn',
    text,
    fix: 'compare the clock of this machine and of the processors with a time server',
  };
}

export function checkProcessors(clusters: readonly ClusterView[], now: Date): readonly Check[] {
  const name = 'processors';
  if (clusters.length === 0) {
    const fix = 'register one: claude-warroom cluster add NAME --type hub';
    return [{ name, state: 'warn', text: 'no cluster is registered and no processor was seen', fix }];
  }
  return clusters.map((cluster): Check => {
    const hub = answeringHub(cluster);
    if (hub !== undefined) return { name, state: 'ok', text: `${cluster.name} is answered by its hub ${hub}` };
    const fix = `see why it is not running: claude-warroom processor run, next to ${cluster.name}`;
    const { lastSeenAt, isLive, processors } = cluster;
    if (lastSeenAt === undefined) return { name, state: 'warn', text: `${cluster.name} was never seen`, fix };
    const seen = `${cluster.name} was seen ${formatAgo(lastSeenAt, now)}`;
    if (!isLive) return { name, state: 'warn', text: `${seen} and is silent`, fix };
    const paused = processors.find((processor) => processor.isLive && processor.paused !== undefined)?.paused;
    if (paused !== undefined)
      return { name, state: 'warn', text: `${seen}: ${paused}`, fix: 'claude-warroom resume --help' };
    const warning = processors.flatMap(({ isLive, warnings = [] }) => (isLive ? warnings : [])).at(0);
    if (warning !== undefined)
      return { name, state: 'warn', text: `${seen}: ${warning}`, fix: 'tell its administrator: see the log there' };
    const poll = processors.at(0)?.pollSeconds;
    return { name, state: 'ok', text: poll === undefined ? seen : `${seen} and looks every ${poll} s` };
  });
}

export function checkPause(state: PauseState, now: Date): Check {
  const name = 'pause';
  if (state.kind === 'running') return { name, state: 'ok', text: 'not set' };
  const fix = 'claude-warroom resume --reason "…"';
  return { name, state: 'warn', text: `set${pauseText(state, now)}; nothing is answered`, fix };
}
