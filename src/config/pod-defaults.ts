/** Of agents that run as Jobs, and of sessions, where the configuration says nothing else; quotas are made from the same. */
export const AGENT_DEFAULTS = { maxJobs: 2, resources: { cpu: '1', memory: '1Gi', storage: '1Gi' } } as const;

export const SESSION_DEFAULTS = {
  ...{ namespace: 'claude-warroom-sessions', maxSessions: 2, idleSeconds: 1800 },
} as const;
