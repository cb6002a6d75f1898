import { describe, expect, it } from 'vitest';
import { ALL_FORMATS } from '../../../src/redaction/formats/all-formats.ts';
import type { TokenRow } from '../../../src/redaction/formats/token-format.ts';
import { createTokenRule } from '../../../src/redaction/rules/issued-tokens.ts';
import { testRedaction } from './redaction-samples.ts';
import { createSampler } from './sample-text.ts';

/** Name of the test, place in relation to the keyword, the row, and where it is documented. */
const ROWS = ALL_FORMATS.flatMap((issuer) =>
  (['prefixed', 'inside', 'named'] as const).flatMap((place) =>
    (issuer[place] ?? []).map((row, index) => ({
      title: `${row[0]} (${place} ${index}, ${issuer.source})`,
      place,
      row,
    })),
  ),
);

/** Only this format, so that another one cannot find the sample for it. */
function only(place: (typeof ROWS)[number]['place'], row: TokenRow): ReturnType<typeof testRedaction> {
  return testRedaction({ rules: [createTokenRule([{ source: '', [place]: [row] }])] });
}

describe('token formats', () => {
  it('are at least two hundred, each documented by its issuer', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(200);
    for (const { source } of ALL_FORMATS) expect(source).toMatch(/^https:\/\/[a-z0-9.-]+\/?/);
  });

  it.each(ROWS)('removes $title', async ({ place, row }) => {
    const [id, keywords, , sample] = row;
    const text = createSampler(sample).fill(sample);
    const redacted = await only(place, row).redact(`${text}\n`);
    expect(redacted).toContain(`[REDACTED:${id}:`);
    if (place !== 'named') expect(redacted).toMatch(/^(?:[^\s]{0,20}=)?\[REDACTED:[a-z0-9-]+:[0-9a-f]{4}\]\n$/);
    else
      expect(redacted.toLowerCase()).toContain(
        keywords
          .split(' ')
          .find((keyword) => text.toLowerCase().includes(keyword.toLowerCase()))
          ?.toLowerCase(),
      );
  });

  it.each(ROWS)('removes $title in a log line and with escaped line ends', async ({ place, row }) => {
    const [id, , , sample] = row;
    const text = createSampler(`${sample} again`).fill(sample);
    const redaction = only(place, row);
    expect(await redaction.redact(`level=info msg="got ${text}" retry=3`)).toContain(`[REDACTED:${id}:`);
    expect(await redaction.redact(`{"log":"line\\n${text}\\nnext"}`)).toContain(`[REDACTED:${id}:`);
  });

  it.each(ROWS)('leaves what only looks like $title', async ({ row }) => {
    const text = createSampler(row[4]).fill(row[4]);
    expect(await testRedaction().redact(`x ${text} y`)).toBe(`x ${text} y`);
  });

  it('finds a token that begins right before the end of a window', async () => {
    const token = createSampler('window').fill('ghp_<an:36>');
    for (const offset of [64 * 1024 - 40, 64 * 1024 - 20, 64 * 1024 - 2, 64 * 1024]) {
      const rules = [createTokenRule(ALL_FORMATS)];
      expect(await testRedaction({ rules }).redact(`${' '.repeat(offset)}${token} x`)).not.toContain(
        token.slice(0, 12),
      );
    }
  });

  it('takes away what goes on after a token without a break', async () => {
    const token = createSampler('long').fill('ghp_<an:90>');
    expect(await testRedaction().redact(`${token} x`)).toMatch(/^\[REDACTED:github-token:[0-9a-f]{4}\] x$/);
  });

  it('refuses a keyword that is too short to select by', () => {
    expect(() => createTokenRule([{ source: '', prefixed: [['x', 'ab', 'ab[0-9]{9}', '', '']] }])).toThrow(
      'keyword ab is too short',
    );
  });
});
