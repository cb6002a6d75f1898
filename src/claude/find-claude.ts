import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runChild } from '../lib/child-process.ts';
import { findProgram } from '../lib/find-program.ts';
import { describeClaudeVersions, isSupportedClaude, parseClaudeVersion } from './version-range.ts';

/** Where a binary was found. */
export type ClaudeSource = 'configuration' | 'path' | 'package';

export type FoundClaude =
  | { readonly kind: 'found'; readonly binary: string; readonly version: string; readonly source: ClaudeSource }
  | { readonly kind: 'missing'; readonly why: string; readonly hint: string };

export interface FindClaudeOptions {
  /** Absolute path from the configuration; nothing else is looked at when it is set. */
  readonly configured?: string;
  /** Value of `PATH`. */
  readonly path?: string | undefined;
  /** Absolute path of the binary of an installed npm package; looked up when absent. */
  readonly packaged?: string | undefined;
}

/**
 * The first `claude` of a supported version: configured path, then `PATH`, then the platform package of npm. The
 * wrapper script of the main npm package says no version when its install script was not run, and is passed over.
 */
export async function findClaude(options: FindClaudeOptions): Promise<FoundClaude> {
  const seen: string[] = [];
  for (const { binary, source } of await listCandidates(options)) {
    const version = await readClaudeVersion(binary);
    if (version !== undefined && isSupportedClaude(version)) return { kind: 'found', binary, version, source };
    seen.push(`${binary} ${version === undefined ? 'does not say its version' : `is ${version}`}`);
  }
  return {
    kind: 'missing',
    why: seen.length === 0 ? 'there is no claude in PATH and no npm package of it' : seen.join(', '),
    hint: `install Claude Code ${describeClaudeVersions()}`,
  };
}

/** What `claude --version` says, for example `2.1.329`; undefined when it cannot be run or says something else. */
export async function readClaudeVersion(binary: string): Promise<string | undefined> {
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', DISABLE_AUTOUPDATER: '1', DISABLE_UPDATES: '1' };
  const result = await runChild({ argv: [binary, '--version'], env, timeoutMs: 10_000, maxBytes: 4096 });
  if (result.end.kind !== 'exited' || result.end.exit !== 0) return undefined;
  return parseClaudeVersion(result.stdout.toString('utf8'));
}

interface Candidate {
  readonly binary: string;
  readonly source: ClaudeSource;
}

async function listCandidates(options: FindClaudeOptions): Promise<readonly Candidate[]> {
  if (options.configured !== undefined) return [{ binary: options.configured, source: 'configuration' }];
  const inPath = await findProgram('claude', options.path);
  const packaged = 'packaged' in options ? options.packaged : findPackagedClaude();
  return [
    ...(inPath === undefined ? [] : [{ binary: inPath, source: 'path' } as const]),
    ...(packaged === undefined ? [] : [{ binary: packaged, source: 'package' } as const]),
  ];
}

/** Binary of the platform package `@anthropic-ai/claude-code-<platform>-<arch>`, when npm has installed one. */
export function findPackagedClaude(): string | undefined {
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  for (const name of [platform, `${platform}-musl`]) {
    try {
      return join(dirname(require.resolve(`@anthropic-ai/claude-code-${name}/package.json`)), 'claude');
    } catch {
      // This package is not installed.
    }
  }
  return undefined;
}
