import type { TroubleshootingRequest } from '../../src/schema/generated.ts';

/** A valid request with little in it; tests change what they are about. */
export const exampleRequest: TroubleshootingRequest = {
  apiVersion: 'warroom.intility.io/v1',
  kind: 'TroubleshootingRequest',
  metadata: {
    name: '2026-11-20-1430-api-timeout-k7m2',
    title: 'API server answers after 30 s',
    timestamp: '2026-11-20T14:30:12.000Z',
    engineer: 'alice@example.com',
  },
  spec: {
    targetCluster: { type: 'host', name: 'this-host' },
    issue: { description: 'the machine is slow' },
    investigation: { strategy: 'general', timeout: 900, mode: 'read', engine: 'auto' },
    output: { format: 'markdown' },
    origin: { kind: 'person' },
    expiresAt: '2026-11-21T14:30:12.000Z',
    nonce: '9f86d081884c7d659a2feaa0c55ad015',
    repository: '/srv/warroom.git',
  },
};
