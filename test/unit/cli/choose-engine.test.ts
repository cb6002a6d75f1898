import { describe, expect, it } from 'vitest';
import { chooseEngine } from '../../../src/cli/demo/choose-engine.ts';

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
    'refuses claude when it is not there',
    { wanted: 'claude', available: ['diagnostics'], credentials: [], isInteractive: true },
    { kind: 'refuse', why: 'the processor of this version has no Claude engine and no model credential is set' },
  ],
  [
    'asks a person before money is spent',
    { wanted: 'auto', available: BOTH, credentials: KEY, isInteractive: true },
    { kind: 'ask' },
  ],
  [
    'spends nothing where nobody can be asked',
    { wanted: 'auto', available: BOTH, credentials: KEY, isInteractive: false },
    { kind: 'use', engine: 'diagnostics' },
  ],
  [
    'says why auto means diagnostics',
    { wanted: 'auto', available: ['diagnostics'], credentials: KEY, isInteractive: true },
    { kind: 'use', engine: 'diagnostics', why: 'the processor of this version has no Claude engine' },
  ],
];

describe('engine of the demo', () => {
  it.each(CASES)('%s', (_, facts, choice) => {
    expect(chooseEngine(facts)).toMatchObject(choice);
  });
});
