import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatJson, formatJsonLine, formatYaml } from '../../../src/schema/format-document.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { arbitraryRequest } from '../../support/arbitrary-request.ts';

it('reads back every request that it wrote as YAML', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      const text = formatYaml('TroubleshootingRequest', request);
      const parsed = parseDocument('TroubleshootingRequest', text, { file: 'request.yaml' });
      expect(parsed).toMatchObject({ ok: true });
      expect(parsed.ok ? parsed.value : undefined).toEqual(request);
    }),
    { numRuns: 200 },
  );
});

it('reads back every request that it wrote as JSON', () => {
  fc.assert(
    fc.property(arbitraryRequest, fc.constantFrom(formatJson, formatJsonLine), (request, format) => {
      const parsed = parseDocument('TroubleshootingRequest', format('TroubleshootingRequest', request), {
        file: 'request.json',
      });
      expect(parsed.ok ? parsed.value : parsed).toEqual(request);
    }),
  );
});

it('writes the same bytes whatever the order of the fields', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      const { kind, ...rest } = request;
      const reversed = { ...rest, spec: reverseFields(request.spec), kind };
      expect(formatYaml('TroubleshootingRequest', reversed)).toBe(formatYaml('TroubleshootingRequest', request));
    }),
  );
});

it('writes the address of the schema first, blocks for lines of text, and never folds', () => {
  const text = formatYaml('Cancel', {
    kind: 'Cancel',
    apiVersion: 'warroom.intility.io/v1',
    spec: {
      reason: `first line\n${'long '.repeat(60)}end`,
      nonce: '12e45678901234567890123456789012',
    },
    metadata: {
      name: '2026-11-20-1430-api-timeout-k7m2',
      timestamp: '2026-11-20T14:30:12.000Z',
      engineer: 'alice@example.com',
    },
  });
  expect(text.split('\n')).toStrictEqual([
    '# yaml-language-server: $schema=https://warroom.intility.io/schemas/v1/cancel.schema.json',
    'apiVersion: warroom.intility.io/v1',
    'kind: Cancel',
    'metadata:',
    '  name: 2026-11-20-1430-api-timeout-k7m2',
    '  timestamp: 2026-11-20T14:30:12.000Z',
    '  engineer: alice@example.com',
    'spec:',
    '  reason: |-',
    '    first line',
    `    ${'long '.repeat(60)}end`,
    '  nonce: "12e45678901234567890123456789012"',
    '',
  ]);
});

it('writes a shared object twice instead of an anchor', () => {
  const step = { id: 'general', title: 'Quick triage', steps: 3, seconds: 5, checks: ['disk'] };
  const text = formatYaml('Presence', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Presence',
    cluster: 'hub',
    type: 'hub',
    holder: 'h',
    incarnation: '0123456789abcdef',
    version: '0.1.0',
    startedAt: '2026-11-20T14:30:12Z',
    seenAt: '2026-11-20T14:30:12Z',
    pollSeconds: 60,
    announceSeconds: 600,
    engines: ['diagnostics'],
    trust: 'open',
    strategies: [step, step],
    running: 0,
  });
  expect(text).not.toContain('&');
  expect(parseDocument('Presence', text, { file: 'presence.yaml' })).toMatchObject({ ok: true });
});

function reverseFields<Group extends object>(group: Group): Group {
  const reversed = { ...group };
  for (const [name, value] of Object.entries(group).reverse()) {
    Reflect.deleteProperty(reversed, name);
    Reflect.set(reversed, name, value);
  }
  return reversed;
}
