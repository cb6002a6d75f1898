/** How sessions end. */
const SENTENCES = {
  expired: 'its time was over',
  idle: 'nobody used it any more',
  stopped: 'it was stopped',
  paused: 'execution was paused in this zone or this war room',
  'not-started': 'its pod did not start in time',
  deadline: 'Kubernetes ended it at the longest life that the policy allows',
  evicted: 'its node evicted it',
  'out-of-memory': 'it used more memory than a session has',
  'node-lost': 'its node went away',
  failed: 'its program failed',
  closed: 'its program was told to end',
  lost: 'its pod went away without a word from this processor',
} as const;

export type SessionEnd = keyof typeof SENTENCES;

export function isSessionEnd(text: string | undefined): text is SessionEnd {
  return text !== undefined && Object.hasOwn(SENTENCES, text);
}

/** What a reader is told. */
export function describeEnd(end: SessionEnd): string {
  return SENTENCES[end];
}
