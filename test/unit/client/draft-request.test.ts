import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftRequest, titleOf, type RequestDraft } from '../../../src/client/draft-request.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';

const SURROUNDINGS = {
  engineer: 'alice@example.com',
  repository: 'https://github.com/acme/warroom.git',
  now: new Date('2026-11-20T14:30:12Z'),
  random: (size: number) => new Uint8Array(size),
};
const DRAFT: RequestDraft = {
  description: 'API server answers after 30 s',
  targets: [{ type: 'hub', name: 'production-hub' }],
};

/** vitest types its matchers as `any`. */
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('draftRequest', () => {
  it('fills in id, times, nonce and defaults', () => {
    const { id, request } = draftRequest(DRAFT, SURROUNDINGS);
    expect(id).toBe('2026-11-20-1430-api-server-answers-after-30-s-0000');
    expect(request.metadata).toEqual({
      name: id,
      title: 'API server answers after 30 s',
      timestamp: '2026-11-20T14:30:12.000Z',
      engineer: 'alice@example.com',
    });
    expect(request.spec).toEqual({
      targetCluster: { type: 'hub', name: 'production-hub' },
      issue: { description: 'API server answers after 30 s' },
      investigation: { strategy: 'auto', timeout: 900, mode: 'read', engine: 'auto' },
      output: { format: 'markdown' },
      origin: { kind: 'person' },
      expiresAt: '2026-11-21T14:30:12.000Z',
      nonce: '0'.repeat(32),
      repository: 'https://github.com/acme/warroom.git',
    });
  });

  it('takes title and slug from the name', () => {
    const { id, request } = draftRequest({ ...DRAFT, name: 'API late' }, SURROUNDINGS);
    expect(id).toBe('2026-11-20-1430-api-late-0000');
    expect(request.metadata.title).toBe('API late');
  });

  it('asks several clusters in parallel', () => {
    const targets = [...DRAFT.targets, { type: 'hosted' as const, name: 'prod-1' }];
    const { spec } = draftRequest({ ...DRAFT, targets }, SURROUNDINGS).request;
    expect(spec).toMatchObject({ targetClusters: targets, coordination: { mode: 'parallel' } });
    expect(spec).not.toHaveProperty('targetCluster');
  });

  it.each([
    [{ allowedTools: ['kubctl'] }, /spec\.investigation\.allowedTools\[0\].*kubectl/u],
    [{ timeoutSeconds: 5 }, /spec\.investigation\.timeout/u],
    [{ category: 'Control Plane' }, /spec\.issue\.category/u],
    [{ labels: { 'No Spaces': 'x' } }, /labels/u],
    [{ description: '' }, /spec\.issue\.description/u],
  ])('refuses %j and names the field', (change, why) => {
    expect(() => draftRequest({ ...DRAFT, ...change }, SURROUNDINGS)).toThrow(
      expect.objectContaining({ code: 'usage', why: like(why) }),
    );
  });

  it('writes text that reads back as the same request', () => {
    const text = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' }).filter((it) => it.trim() !== '');
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), (description, prompt) => {
        const ready = draftRequest({ ...DRAFT, description, prompt }, SURROUNDINGS);
        const parsed = parseDocument('TroubleshootingRequest', ready.text, { file: 'request.yaml' });
        expect(parsed).toMatchObject({ ok: true, value: ready.request });
      }),
    );
  });
});

describe('titleOf', () => {
  it.each([
    ['one line', 'one line'],
    ['  first\nsecond', 'first'],
    ['word '.repeat(40), `${'word '.repeat(22)}word…`],
  ])('of %j is one line of at most 120 characters', (text, expected) => {
    expect(titleOf(text)).toBe(expected);
    expect(titleOf(text).length).toBeLessThanOrEqual(120);
  });
});
