/**
 * The versions of Claude Code that passed test/integration/claude/contract*.test.ts. The only place that pins them;
 * a new version is let in by running that suite on it.
 */
export const CLAUDE_VERSIONS = { least: '2.1.329', below: '2.2.0' } as const;

/** `2.1.329` of what `claude --version` prints; undefined when that is something else. */
export function parseClaudeVersion(text: string): string | undefined {
  return /^(\d+\.\d+\.\d+) \(Claude Code\)\s*$/u.exec(text)?.[1];
}

export function isSupportedClaude(version: string): boolean {
  return compare(version, CLAUDE_VERSIONS.least) >= 0 && compare(version, CLAUDE_VERSIONS.below) < 0;
}

/** The range for people: `2.1.329 or newer, below 2.2.0`. */
export function describeClaudeVersions(): string {
  return `${CLAUDE_VERSIONS.least} or newer, below ${CLAUDE_VERSIONS.below}`;
}

function compare(left: string, right: string): number {
  const others = right.split('.').map(Number);
  const differences = left.split('.').map((part, index) => Number(part) - (others[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
