import { describe, expect, it } from 'vitest';
import { chooseEngine, processorEngine } from '../../../src/cli/demo/choose-engine.ts';

const BOTH = ['diagnostics', 'claude'];
const KEY = ['ANTHROPIC_API_KEY'];

type Facts = Parameters<typeof chooseEngine>[0];

const CASES: readonly (readonly [string, Facts, object])[] = [
  [
    'uses diagnostics when asked, whatever else there is',
    { wanted: 'diagnostics', available: BOTH, credentials: KEY, isInteractive: true },
    { kind: 'use', engine: 'diagnostics' },
  ],
  [
    'uses claude when asked and there',
    { wanted: 'claude', available: BOTH, credentials: KEY, isInteractive: false },
    { kind: 'use', engine: 'claude' },
  ],
  [
    'asks a person before money is spent',
    { wanted: 'auto', available: BOTH, credentials: KEY, isInteractive: true },
    { kind: 'ask' },
  ],
  [
    'spends nothing where nobody can be asked',
    { wanted: 'auto', available: ['diagnostics'], credentials: KEY, isInteractive: false },
    { kind: 'use', engine: 'diagnostics', why: expect.stringContaining('only runs with --engine claude') as unknown },
  ],
  [
    'says that auto means diagnostics without a credential',
    { wanted: 'auto', available: ['diagnostics'], credentials: [], isInteractive: true },
    { kind: 'use', engine: 'diagnostics', why: 'no model credential is set' },
  ],
  [
    'says that auto means diagnostics without Claude Code',
    { wanted: 'auto', available: ['diagnostics'], credentials: KEY, isInteractive: true },
    { kind: 'use', engine: 'diagnostics', why: expect.stringContaining('doctor --preflight') as unknown },
  ],
];

describe('engine of the demo', () => {
  it.each(CASES)('%s', (_, facts, choice) => {
    expect(chooseEngine(facts)).toMatchObject(choice);
  });
});

describe('engine in the configuration of the demo', () => {
  it.each([
    ['auto', true, 'auto'],
    ['auto', false, 'diagnostics'],
    ['claude', false, 'claude'],
    ['diagnostics', true, 'diagnostics'],
  ] as const)('is for %s, with a person %s: %s', (wanted, isInteractive, engine) => {
    expect(processorEngine(wanted, isInteractive)).toBe(engine);
  });
});
