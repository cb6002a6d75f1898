export type EngineName = 'diagnostics' | 'claude';

export type EngineChoice =
  | { readonly kind: 'use'; readonly engine: EngineName; readonly why: string }
  /** A model costs money and sees data of this host: a person decides. */
  | { readonly kind: 'ask' };

/** Engine in the configuration of the demo's processor; with `claude` it does not start when it has none. */
export function processorEngine(wanted: 'auto' | EngineName, isInteractive: boolean): 'auto' | EngineName {
  // Nobody can be asked on a pipe, so that trying out Claude Code would be for nothing.
  return wanted === 'auto' && !isInteractive ? 'diagnostics' : wanted;
}

/** Which engine the demo asks for. `available` is what its processor says that it has. */
export function chooseEngine(facts: {
  readonly wanted: 'auto' | EngineName;
  readonly available: readonly string[];
  /** Names of variables that give access to a model. */
  readonly credentials: readonly string[];
  readonly isInteractive: boolean;
}): EngineChoice {
  const { wanted, available, credentials, isInteractive } = facts;
  if (wanted === 'diagnostics') return { kind: 'use', engine: 'diagnostics', why: 'as asked; it needs no model' };
  if (wanted === 'claude') return { kind: 'use', engine: 'claude', why: 'as asked' };
  if (credentials.length === 0) return { kind: 'use', engine: 'diagnostics', why: 'no model credential is set' };
  if (!isInteractive) {
    const why = 'Claude costs money and sees data of this host, so it only runs with --engine claude';
    return { kind: 'use', engine: 'diagnostics', why };
  }
  if (available.includes('claude')) return { kind: 'ask' };
  const why = 'Claude Code cannot run here; see  claude-warroom doctor --preflight';
  return { kind: 'use', engine: 'diagnostics', why };
}
