import fc from 'fast-check';
import { resultFolder } from '../../src/domain/repository-layout.ts';
import { createRequestId } from '../../src/domain/request-id.ts';
import { sha256 } from '../../src/lib/digest.ts';
import type { RequestInvestigation, RequestTarget, TroubleshootingRequest } from '../../src/schema/generated.ts';

const DAY_MS = 86_400_000;

/** Text as people write it, and text that YAML finds hard: quotes, markers, white space at the ends, line ends. */
function arbitraryText(maxLength: number): fc.Arbitrary<string> {
  const awkward = fc.constantFrom(
    'yes',
    'null',
    '~',
    '0x1F',
    '1e5',
    '12e4567',
    '.inf',
    '- a',
    'a: b',
    '# c',
    '&a',
    '*a',
    '!t',
    '%d',
    '---',
    '...',
    ' a ',
    '\ta',
    'a\n',
    '\n\na\n\n',
    'a\n b\n\tc\n',
    ' a\nb',
    '"\'`@',
    '\u2028\u00a0\u200b\ufeff',
    'ø 🙂',
    '{}',
    '[]',
    '|',
    '>',
    '?',
    ':',
  );
  const free = fc.string({ unit: 'grapheme', minLength: 1, maxLength });
  return fc
    .oneof(
      awkward,
      free,
      fc.array(fc.oneof(awkward, free), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('\n')),
    )
    .map((text) =>
      Array.from(text.replace(/(?![\t\n])[\p{Cc}\p{Cs}]/gu, ''))
        .slice(0, maxLength)
        .join(''),
    )
    .filter((text) => text !== '');
}

const arbitraryName = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/u);

const arbitraryTarget: fc.Arbitrary<RequestTarget> = fc.record({
  type: fc.constantFrom('hub', 'hosted', 'host'),
  name: arbitraryName,
});

const arbitraryInvestigation: fc.Arbitrary<RequestInvestigation> = fc.record(
  {
    strategy: arbitraryName,
    namespace: arbitraryName,
    prompt: arbitraryText(400),
    allowedTools: fc.uniqueArray(fc.constantFrom('read', 'grep', 'kubectl', 'host', 'network'), { maxLength: 5 }),
    timeout: fc.integer({ min: 10, max: 7200 }),
    mode: fc.constantFrom('read', 'propose', 'apply'),
    engine: fc.constantFrom('auto', 'diagnostics', 'claude'),
    budget: fc.record(
      {
        usd: fc.integer({ min: 0, max: 4000 }).map((quarters) => quarters / 4),
        turns: fc.integer({ min: 1, max: 500 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['strategy', 'timeout', 'mode', 'engine'] },
);

const arbitraryTargets = fc.oneof(
  fc.record({ targetCluster: arbitraryTarget }),
  fc.record({
    targetClusters: fc.uniqueArray(arbitraryTarget, {
      minLength: 2,
      maxLength: 4,
      selector: (target) => target.name,
    }),
    coordination: fc.record({ mode: fc.constantFrom<'sequential' | 'parallel'>('sequential', 'parallel') }),
  }),
);

const arbitraryAttachments = fc.uniqueArray(
  fc
    .record({ name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/u), content: arbitraryText(1000) })
    .map((file) => ({ ...file, sha256: sha256(file.content) })),
  { maxLength: 3, selector: (file) => file.name.toLowerCase() },
);

/** Requests that follow the schema and every rule beyond it. */
export const arbitraryRequest: fc.Arbitrary<TroubleshootingRequest> = fc
  .record({
    at: fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }),
    slug: arbitraryName,
    lifeMs: fc.integer({ min: 1, max: 7 * DAY_MS }),
    random: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    title: arbitraryText(120),
    labels: fc.option(
      fc.dictionary(fc.stringMatching(/^[a-z0-9]([a-z0-9./-]{0,20}[a-z0-9])?$/u), arbitraryText(63), { maxKeys: 4 }),
      { nil: undefined },
    ),
    targets: arbitraryTargets,
    description: arbitraryText(2000),
    resources: fc.option(fc.array(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9./:@_-]{0,30}$/u), { maxLength: 4 }), {
      nil: undefined,
    }),
    investigation: arbitraryInvestigation,
    attachments: fc.option(arbitraryAttachments, { nil: undefined }),
    hasDestination: fc.boolean(),
    format: fc.constantFrom<'markdown' | 'json'>('markdown', 'json'),
    origin: fc.constantFrom<'person' | 'alert' | 'follow-up'>('person', 'alert', 'follow-up'),
    repository: fc.constantFrom('https://github.com/acme/warroom.git', '/srv/war room.git', 'git@example.com:a/b.git'),
  })
  .map((parts) => {
    const id = createRequestId({ at: parts.at, slug: parts.slug, random: (size) => parts.random.slice(0, size) });
    return {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'TroubleshootingRequest',
      metadata: {
        name: id,
        title: parts.title,
        timestamp: parts.at.toISOString(),
        engineer: 'alice@example.com',
        ...(parts.labels === undefined ? {} : { labels: parts.labels }),
      },
      spec: {
        ...parts.targets,
        issue: {
          description: parts.description,
          ...(parts.resources === undefined ? {} : { affectedResources: parts.resources }),
        },
        investigation: parts.investigation,
        ...(parts.attachments === undefined ? {} : { attachments: parts.attachments }),
        output: { format: parts.format, ...(parts.hasDestination ? { destination: resultFolder(id) } : {}) },
        origin: { kind: parts.origin },
        expiresAt: new Date(parts.at.getTime() + parts.lifeMs).toISOString(),
        nonce: Buffer.from(parts.random).toString('hex'),
        repository: parts.repository,
      },
    };
  });
