import { environmentValue, type Environment } from '../../config/environment.ts';
import type { Check } from './check.ts';

const SOURCES = { configuration: 'configuration', path: 'PATH', package: 'npm package' } as const;

export interface ClaudeChecks {
  readonly env: Environment;
  /** Names of the variables that give access to a model. */
  readonly credentials: readonly string[];
  /** Starts Claude Code against an API of our own on loopback and looks whether it asks before it acts. */
  readonly isPreflight: boolean;
  /** Binary of an installed npm package; looked up when absent. */
  readonly packaged?: { readonly binary: string | undefined };
}

/** What a processor on this machine could use; only one with the engine claude needs any of it. */
export async function checkClaude(options: ClaudeChecks): Promise<readonly Check[]> {
  const { env, credentials, packaged, isPreflight } = options;
  // Nothing else of the command line needs them.
  const [{ findClaude }, { DEFAULT_MODEL }] = await Promise.all([
    import('../../claude/find-claude.ts'),
    import('../../claude/model-defaults.ts'),
  ]);
  const path = environmentValue(env, 'PATH');
  const found = await findClaude({ path, ...(packaged === undefined ? {} : { packaged: packaged.binary }) });
  const configured = environmentValue(env, 'ANTHROPIC_MODEL');
  const checks = [checkCredentials(credentials), checkModel(configured, DEFAULT_MODEL)];
  if (found.kind === 'missing') {
    const text = `${found.why}; only a processor that uses the engine claude needs it`;
    // With a credential somebody means to use it.
    const isWanted = isPreflight || credentials.length > 0;
    const state = isPreflight ? 'fail' : 'warn';
    return [
      isWanted ? { name: 'claude', state, text, fix: found.hint } : { name: 'claude', state: 'ok', text },
      ...checks,
    ];
  }
  const text = `Claude Code ${found.version} · ${found.binary} (${SOURCES[found.source]})`;
  const preflight = isPreflight ? [await checkPreflight(found.binary)] : [];
  return [{ name: 'claude', state: 'ok', text }, ...preflight, ...checks];
}

async function checkPreflight(binary: string): Promise<Check> {
  const name = 'preflight';
  const { preflightClaude } = await import('../../claude/preflight.ts');
  const result = await preflightClaude(binary);
  if (!result.ok) return { name, state: 'fail', text: result.why, fix: result.hint };
  return { name, state: 'ok', text: 'asks before every command and runs only what was decided' };
}

function checkCredentials(credentials: readonly string[]): Check {
  const name = 'model credentials';
  if (credentials.length > 0) return { name, state: 'ok', text: `${credentials.join(', ')} set` };
  return { name, state: 'ok', text: 'none here; only a processor that uses the engine claude needs one' };
}

function checkModel(configured: string | undefined, fallback: string): Check {
  const text = configured === undefined ? `${fallback} (default)` : `${configured} (ANTHROPIC_MODEL)`;
  return { name: 'model', state: 'ok', text };
}
