export type EngineName = 'diagnostics' | 'claude';

export type EngineChoice =
  | { readonly kind: 'use'; readonly engine: EngineName; readonly why: string }
  /** A model costs money and sees data of this host: a person decides. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'refuse'; readonly why: string };

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
  if (available.includes('claude')) {
    if (wanted === 'claude') return { kind: 'use', engine: 'claude', why: 'as asked' };
    if (isInteractive) return { kind: 'ask' };
    const why = 'Claude costs money and sees data of this host, so it only runs with --engine claude';
    return { kind: 'use', engine: 'diagnostics', why };
  }
  const missing = credentials.length === 0 ? ' and no model credential is set' : '';
  const why = `the processor of this version has no Claude engine${missing}`;
  return wanted === 'claude' ? { kind: 'refuse', why } : { kind: 'use', engine: 'diagnostics', why };
}
