import { describe, expect, it } from 'vitest';
import { completeRequest } from '../../../src/client/complete-request.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { aRequest } from '../../support/war-room-content.ts';

const NOW = new Date('2026-11-20T14:32:30Z');

/** vitest types its matchers as `any`. */
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** As people write it by hand. */
const HAND_WRITTEN = `apiVersion: warroom.intility.io/v1
kind: TroubleshootingRequest
metadata:
  name: api-timeout-prod
  engineer: alice@example.com
  labels:
    team: platform
spec:
  targetCluster:
    type: hub
    name: production-hub
  issue:
    category: control-plane
    description: |
      API server answers after 30 s
    affectedResources: [pod/etcd-0]
  investigation:
    strategy: api-timeout
    namespace: clusters-prod-1
    allowedTools: [read, grep, kubectl, write]
    timeout: 600
  output:
    format: markdown
    destination: results/somewhere
`;

function complete(text: string): ReturnType<typeof completeRequest> {
  let seed = 0;
  return completeRequest(text, {
    file: 'request.yaml',
    engineer: 'me@example.com',
    repository: 'https://github.com/acme/warroom.git',
    now: NOW,
    random: (size) => Uint8Array.from({ length: size }, () => seed++),
  });
}

describe('completeRequest', () => {
  it('completes a hand-written file: the name becomes title and slug, write and destination are dropped', () => {
    const { id, request, isVerbatim, warnings } = complete(HAND_WRITTEN);
    expect(isVerbatim).toBe(false);
    expect(id).toMatch(/^2026-11-20-1432-api-timeout-prod-[0-9a-z]{4}$/u);
    expect(request.metadata).toEqual({
      name: id,
      title: 'api-timeout-prod',
      timestamp: NOW.toISOString(),
      engineer: 'alice@example.com',
      labels: { team: 'platform' },
    });
    expect(request.spec).toMatchObject({
      investigation: {
        strategy: 'api-timeout',
        allowedTools: ['read', 'grep', 'kubectl'],
        timeout: 600,
        mode: 'read',
        engine: 'auto',
      },
      output: { format: 'markdown' },
      origin: { kind: 'person' },
      expiresAt: '2026-11-21T14:32:30.000Z',
      repository: 'https://github.com/acme/warroom.git',
    });
    expect(request.spec.nonce).toMatch(/^[0-9a-f]{32}$/u);
    expect(request.spec.output).not.toHaveProperty('destination');
    expect(warnings).toHaveLength(2);
    expect(warnings.join('\n')).toMatch(/"write" is left out/u);
    expect(warnings.join('\n')).toMatch(/output\.destination is left out/u);
  });

  it('leaves a complete request as it is, byte for byte', () => {
    const text = `${formatYaml('TroubleshootingRequest', aRequest())}# a comment of its author\n`;
    expect(complete(text)).toMatchObject({ text, isVerbatim: true, warnings: [] });
  });

  it('fills in the least that a person must say', () => {
    const { request } = complete(
      'spec:\n  targetCluster: {type: hub, name: hub-a}\n  issue: {description: it is slow}\n  investigation: {}\n',
    );
    expect(request.metadata).toMatchObject({ title: 'it is slow', engineer: 'me@example.com' });
    expect(request.spec.investigation).toEqual({ strategy: 'auto', timeout: 900, mode: 'read', engine: 'auto' });
  });

  it('replaces a timestamp that is not now, because the id tells the time', () => {
    const { request, warnings } = complete(
      HAND_WRITTEN.replace('  engineer:', '  timestamp: 2025-01-15T10:30:00Z\n  engineer:'),
    );
    expect(request.metadata.timestamp).toBe(NOW.toISOString());
    expect(warnings.join('\n')).toMatch(/2025-01-15T10:30:00Z is not now/u);
  });

  it('keeps the slug of an id that is too old to keep', () => {
    const { id, request } = complete(HAND_WRITTEN.replace('api-timeout-prod', '2026-11-01-0800-api-late-k7m2'));
    expect(id).toMatch(/^2026-11-20-1432-api-late-/u);
    expect(request.metadata.title).toBe('API server answers after 30 s');
  });

  it('asks one cluster when the list has one, and several in parallel', () => {
    const one = HAND_WRITTEN.replace(/targetCluster:\n.*\n.*\n/u, 'targetClusters: [{type: hub, name: hub-a}]\n');
    expect(complete(one).request.spec.targetCluster).toEqual({ type: 'hub', name: 'hub-a' });
    const two = HAND_WRITTEN.replace(
      /targetCluster:\n.*\n.*\n/u,
      'targetClusters: [{type: hub, name: hub-a}, {type: hub, name: hub-b}]\n',
    );
    expect(complete(two).request.spec.coordination).toEqual({ mode: 'parallel' });
  });

  it('tells line and column of what is wrong, and nothing of what it would fill in', () => {
    const broken = HAND_WRITTEN.replace('type: hub', 'type: hubb');
    expect(() => complete(broken)).toThrow(
      expect.objectContaining({
        code: 'invalid-file',
        message: 'request.yaml is not a valid request',
        why: like(/^request\.yaml:10:11: spec\.targetCluster\.type: "hubb" [^\n]*$/u),
      }),
    );
  });

  it.each(['', 'just text', '- a\n- list\n', 'a: [unclosed'])('refuses %j', (text) => {
    expect(() => complete(text)).toThrow(expect.objectContaining({ code: 'invalid-file' }));
  });
});
