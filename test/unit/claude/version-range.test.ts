import { expect, it } from 'vitest';
import { isSupportedClaude, parseClaudeVersion } from '../../../src/claude/version-range.ts';

it.each([
  ['2.1.329 (Claude Code)\n', '2.1.329'],
  ['10.20.3000 (Claude Code)', '10.20.3000'],
  ['2.1.329', undefined],
  ['v2.1.329 (Claude Code)', undefined],
  ['2.1 (Claude Code)', undefined],
  ['warning\n2.1.329 (Claude Code)', undefined],
  ['', undefined],
])('reads the version in %j', (text, version) => {
  expect(parseClaudeVersion(text)).toBe(version);
});

it.each([
  ['2.1.328', false],
  ['2.1.329', true],
  ['2.1.1000', true],
  ['2.2.0', false],
  ['2.0.999', false],
  ['3.1.329', false],
  ['1.9.400', false],
])('knows whether %s is supported', (version, isSupported) => {
  expect(isSupportedClaude(version)).toBe(isSupported);
});
