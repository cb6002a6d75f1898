import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkRequest } from '../../../src/domain/request-checks.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import type { RequestMetadata, RequestSpec, TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { arbitraryRequest } from '../../support/arbitrary-request.ts';

const ID = '2026-11-20-1430-api-timeout-k7m2';

function request(metadata: Partial<RequestMetadata>, spec: Partial<RequestSpec>): TroubleshootingRequest {
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'TroubleshootingRequest',
    metadata: { name: ID, title: 't', timestamp: '2026-11-20T14:30:12Z', engineer: 'alice@example.com', ...metadata },
    spec: {
      ...('targetClusters' in spec ? {} : { targetCluster: { type: 'hub', name: 'production-hub' } }),
      issue: { description: 'd' },
      investigation: { strategy: 'auto', timeout: 900, mode: 'read', engine: 'auto' },
      output: { format: 'markdown' },
      origin: { kind: 'person' },
      expiresAt: '2026-11-21T14:30:12Z',
      nonce: '9f86d081884c7d659a2feaa0c55ad015',
      repository: 'https://github.com/acme/warroom.git',
      ...spec,
    },
  };
}

function attachment(name: string, content: string): { name: string; content: string; sha256: string } {
  return { name, content, sha256: sha256(content) };
}

it('finds nothing wrong with generated requests', () => {
  fc.assert(
    fc.property(arbitraryRequest, (valid) => {
      expect(checkRequest(valid)).toStrictEqual([]);
    }),
  );
});

it.each<[string, Partial<RequestMetadata>, Partial<RequestSpec>]>([
  ['a time in another zone of the same minute', { timestamp: '2026-11-20T15:30:59+01:00' }, {}],
  ['the longest life', {}, { expiresAt: '2026-11-27T14:30:12Z' }],
  ['its own result folder', {}, { output: { format: 'json', destination: `results/2026/11/20/${ID}` } }],
  [
    '48 KiB of attachments',
    {},
    { attachments: [attachment('a', 'x'.repeat(24_576)), attachment('b', 'ø'.repeat(12_288))] },
  ],
])('accepts %s', (_, metadata, spec) => {
  expect(checkRequest(request(metadata, spec))).toStrictEqual([]);
});

it.each<[string, Partial<RequestMetadata>, Partial<RequestSpec>, string, string]>([
  [
    'a name of another minute',
    { timestamp: '2026-11-20T14:31:00Z' },
    {},
    'metadata.name',
    'begins with the minute 2026-11-20T14:30Z, metadata.timestamp is in the minute 2026-11-20T14:31Z',
  ],
  [
    'a name that is no day',
    { name: '2026-02-30-1430-api-timeout-k7m2' },
    {},
    'metadata.name',
    'does not begin with a day and a minute of the calendar',
  ],
  [
    'a time that is none',
    { timestamp: 'soon' },
    { expiresAt: 'later' },
    'metadata.name',
    'begins with the minute 2026-11-20T14:30Z, metadata.timestamp is in the minute unknown',
  ],
  [
    'an expiry at the beginning',
    {},
    { expiresAt: '2026-11-20T14:30:12Z' },
    'spec.expiresAt',
    'must be later than metadata.timestamp',
  ],
  [
    'a life of more than seven days',
    {},
    { expiresAt: '2026-11-27T14:30:13Z' },
    'spec.expiresAt',
    'is more than 7 days after metadata.timestamp',
  ],
  [
    'a foreign result folder',
    {},
    { output: { format: 'markdown', destination: 'results/../.github' } },
    'spec.output.destination',
    `must be results/2026/11/20/${ID} or left out`,
  ],
  ['itself as earlier request', {}, { followUp: ID }, 'spec.followUp', 'is the id of this request itself'],
  [
    'a wrong digest',
    {},
    { attachments: [{ name: 'a', content: 'x', sha256: sha256('y') }] },
    'spec.attachments.0.sha256',
    `is not the digest of the content, which is ${sha256('x')}`,
  ],
  [
    'more than 48 KiB of attachments',
    {},
    { attachments: [attachment('a', 'x'.repeat(24_577)), attachment('b', 'ø'.repeat(12_288))] },
    'spec.attachments',
    'have 49153 bytes together, at most 49152 are allowed',
  ],
  [
    'two attachments of one name',
    {},
    { attachments: [attachment('a.log', 'x'), attachment('A.LOG', 'y')] },
    'spec.attachments.1.name',
    'is the name of an earlier attachment',
  ],
  [
    'two targets of one name',
    {},
    {
      targetClusters: [
        { type: 'hub', name: 'a' },
        { type: 'hosted', name: 'A' },
      ],
    },
    'spec.targetClusters.1.name',
    'is the name of an earlier target',
  ],
])('refuses %s', (_, metadata, spec, path, message) => {
  const [first] = checkRequest(request(metadata, spec));
  expect([first?.path.join('.'), first?.message]).toStrictEqual([path, message]);
});
