import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { withoutQuotes } from '../../../src/report/disclosed.ts';
import { renderFailureMarkdown } from '../../../src/report/failure-markdown.ts';
import { renderIndexPage } from '../../../src/report/index-page.ts';
import { renderReportMarkdown } from '../../../src/report/markdown.ts';
import { statusWithoutReport } from '../../../src/report/status-document.ts';
import { hostileReport } from './hostile-reports.ts';
import { doubtfulReport, healthyReport, REQUEST, sampleReport } from './report-samples.ts';

const REPORTS = { 'root-cause': sampleReport, 'no-problem': healthyReport, inconclusive: doubtfulReport } as const;

describe('renderReportMarkdown', () => {
  it.each(Object.entries(REPORTS))('writes the page of a report that is %s', async (outcome, make) => {
    const page = renderReportMarkdown(await make());
    await expect(page).toMatchFileSnapshot(`../../fixtures/report/${outcome}.md`);
  });

  it('answers what, how sure and what to do before anything else', async () => {
    const page = renderReportMarkdown(await sampleReport());
    const body = page
      .slice(page.indexOf('\n---\n') + 5)
      .trim()
      .split('\n');
    expect(body[0]).toMatch(/^# /);
    expect(body.slice(2, 7).join('\n')).toMatch(/^> \*\*Bottom line\.\*\* [^]*\*\*How sure:\*\*[^]*\*\*Do now:\*\*/);
  });

  it('keeps its sections in order', async () => {
    const page = renderReportMarkdown(await sampleReport());
    expect(page.match(/^(?:## .*|<summary>.*)$/gmu)).toEqual([
      ...[
        '## What changed',
        '<summary>More changes (2)</summary>',
        '## What to do',
        '## Impact',
        '## Root cause',
        '<summary>Other candidates (1)</summary>',
        '<summary>How the candidates were ranked</summary>',
        '## What depends on what',
        '<summary>The same as a table</summary>',
        '## Evidence',
        '## Timeline',
      ],
      ...['<summary>The same as a table</summary>', '## Ruled out', '## Not known', '## Similar'],
      ...['<summary>Every command (5)</summary>', '<summary>Checks (5)</summary>', '<summary>Redactions (3)</summary>'],
      ...['<summary>About this run</summary>', '<summary>How to check this result</summary>'],
    ]);
  });

  it('links to other pages from deeper folders', async () => {
    const page = renderReportMarkdown(await sampleReport(), { resultFolderDepth: 6 });
    expect(page).toContain(`](${'../'.repeat(6)}results/2026/11/02/2026-11-02-0911-api-slow-a1b2/README.md)`);
    expect(page).toContain(`](${'../'.repeat(6)}requests/2026/11/20/2026-11-20-1430-api-timeout-k7m2.yaml)`);
  });

  it('stays below 200 kB however much was found', async () => {
    const report = await sampleReport();
    const many = <Item>(items: readonly Item[], count: number): Item[] =>
      Array.from({ length: count }, (_, index) => items[index % items.length]).filter((item) => item !== undefined);
    const page = renderReportMarkdown({
      ...report,
      findings: many(report.findings, 200).map((finding) => ({ ...finding, explanation: 'word '.repeat(400) })),
      commands: many(report.commands, 2000).map((command) => ({ ...command, argv: ['a'.repeat(4000)] })),
      coverage: many(report.coverage, 1000),
      unknowns: many(report.unknowns, 200).map(() => ({ text: 'x '.repeat(150), why: 'y '.repeat(150) })),
      timeline: many(report.timeline, 200),
    });
    expect(Buffer.byteLength(page)).toBeLessThan(200_000);
    expect(page).toContain('1750 more commands in [audit.jsonl](audit.jsonl).');
  });

  it('passes the last check for secrets when its report did', async () => {
    const redaction = createRedaction({ knownValues: [], key: new Uint8Array(32) });
    const text =
      'DB_PASSWORD=Tr0ub4dor-and-3 Authorization: Bearer abcdefgh12345678 postgres://a:Secret99@db/x Cookie: a=bcd; e=f';
    const report = await redaction.redactValue(hostileReport(await sampleReport(), text));
    const page = renderReportMarkdown(report);
    expect(page).not.toContain('Tr0ub4dor');
    expect(await redaction.verify(page)).toBe(page);
  });
});

const EVIL = [
  '<script>alert(1)</script><img src=https://evil.example/a.png onerror=x>',
  '![x](https://evil.example/x.png) [y](javascript:alert(1)) <https://evil.example> https://evil.example www.evil.example bob@evil.example',
  '\n\n# heading\n\n- item\n\n```\ncode\n```\n</details>\n\n[ref]: https://evil.example\n[ref]',
  '| a | b |\n|---|---|\n``` `` ` @alice Fixes #1 <!-- hidden --> **bold** "]\nclick x "https://evil.example"\n%%{init: {}}%%',
  '---\nstatus: succeeded\n---',
].join('\n');

/** The parser of GitHub, from the packages of the system. */
const PARSER = 'cmark-gfm';
const hasParser = spawnSync(PARSER, ['--version']).status === 0;
if (!hasParser) console.log('not run: pages through cmark-gfm, which is not installed (apt-get install cmark-gfm)');

function toHtml(markdown: string): string {
  const extensions = ['table', 'autolink', 'strikethrough', 'tasklist'].flatMap((name) => ['-e', name]);
  return spawnSync(PARSER, ['--unsafe', ...extensions], { input: markdown, encoding: 'utf8' }).stdout;
}

describe.runIf(hasParser)('a page in the parser of GitHub', () => {
  it('shows hostile text as text', async () => {
    const page = renderReportMarkdown(hostileReport(await sampleReport(), EVIL));
    const html = toHtml(page.slice(page.indexOf('\n---\n', 4) + 5));
    const tags = new Set(html.match(/<\/?[a-z][a-z0-9]*/gu));
    const ours = 'h1 h2 p blockquote strong ol ul li pre code table thead tbody tr th td a br details summary'.split(
      ' ',
    );
    expect([...tags].filter((tag) => !ours.includes(tag.replace(/^<\/?/u, '')))).toEqual([]);
    const links = Array.from(html.matchAll(/href="([^"]*)"/gu), (match) => match[1] ?? '');
    expect(
      links.filter(
        (link) => !/^(?:evidence\/E\d+-[a-z-]+\.txt|(?:\.\.\/){5}(?:results|requests)\/[\w/.-]+)$/u.test(link),
      ),
    ).toEqual([]);
    expect(html).not.toContain('<!--');
    expect(html.match(/<h1>/gu)).toHaveLength(1);
    expect(html.match(/<h2>/gu)).toHaveLength(10);
    expect(html.match(/<details>/gu)).toHaveLength(10);
    expect(html.match(/<\/details>/gu)).toHaveLength(10);
  });

  it('keeps every row of every table whole', async () => {
    const page = renderReportMarkdown(hostileReport(await sampleReport(), EVIL));
    for (const table of toHtml(page).match(/<table>[^]*?<\/table>/gu) ?? []) {
      const width = table.match(/<th>/gu)?.length ?? 0;
      for (const row of table.match(/<tr>[^]*?<\/tr>/gu) ?? []) expect(row.match(/<t[hd]>/gu)?.length).toBe(width);
    }
  });

  it('reads what is folded', async () => {
    const html = toHtml(renderReportMarkdown(await sampleReport()));
    expect(html).toMatch(/<summary>Every command \(5\)<\/summary>\s*<table>/u);
    expect(html).toContain('<a href="evidence/E002-etcd-metrics.txt">E002</a>');
  });
});

describe('changes in a page', () => {
  it('stand first, newest first, and those that touch a finding are never folded away', async () => {
    const page = renderReportMarkdown(await sampleReport());
    const first = page.slice(page.indexOf('## What changed'), page.indexOf('<details>'));
    const rows = first.split('\n').filter((line) => line.startsWith('| 2026'));
    expect(rows).toHaveLength(5);
    expect(rows[0]).toContain('service debug was created');
    expect(rows[1]).toContain('node ip-10-0-3-17 was cordoned | F01');
    expect(page.indexOf('## What changed')).toBeLessThan(page.indexOf('## What to do'));
  });

  it('are not there when nothing changed', async () => {
    expect(renderReportMarkdown(await healthyReport())).not.toMatch(/What changed|What depends on what/u);
  });

  it('leave the zone without their quotes where quotes do not leave', async () => {
    const { changes } = withoutQuotes(await sampleReport());
    expect(new Set(changes?.map(({ citation }) => citation.quote))).toEqual(new Set(['[kept in the secure zone]']));
  });
});

describe('mermaid in a page', () => {
  it('has nothing in its labels that could be syntax', async () => {
    const page = renderReportMarkdown(hostileReport(await sampleReport(), EVIL));
    const charts = page.match(/```mermaid\n[^]*?\n```/gu) ?? [];
    expect(charts).toHaveLength(3);
    for (const line of charts.join('\n').split('\n').slice(1)) {
      expect(line).toMatch(
        /^(?:```(?:mermaid)?|flowchart (?:TD|LR)|timeline| {2}section [\d-]+| {2}\w+ --> \w+| {2}\w+ (?:-->|-\.->)\|"(?:[^"[\]{}<>|;#:]|#\d{2,3};)+"\| \w+| {2}classDef faulty fill:#\w+,stroke:#\w+,color:#\w+| {2}\w+\["(?:[^"[\]{}<>|;#:]|#\d{2,3};)*"\](?::::faulty)?| {4}[\d∶]+ : (?:[^"[\]{}<>|;#:]|#\d{2,3};)*)$/u,
      );
      expect(line).not.toMatch(/%%|^\s*click/u);
    }
  });
});

describe('renderFailureMarkdown', () => {
  it('says what happened, why, and what to do', async () => {
    const status = statusWithoutReport({
      id: REQUEST.metadata.name,
      cluster: 'production-hub',
      phase: 'failed',
      reason: { code: 'attempts-used-up', message: 'the processor was stopped twice while it looked' },
      request: REQUEST,
      requestSha256: 'ab'.repeat(32),
      attempts: [
        {
          number: 1,
          holder: 'processor-0',
          incarnation: '00000001',
          startedAt: '2026-11-20T14:30:05Z',
          endedAt: '2026-11-20T14:31:05Z',
          result: 'interrupted',
        },
        {
          number: 2,
          holder: 'processor-1',
          incarnation: '00000002',
          startedAt: '2026-11-20T14:33:05Z',
          result: 'failed',
        },
      ],
      processor: { holder: 'processor-1', incarnation: '00000002', version: '0.1.0' },
      finishedAt: '2026-11-20T14:34:00Z',
    });
    await expect(renderFailureMarkdown(status)).toMatchFileSnapshot('../../fixtures/report/failed.md');
  });

  it.each(['failed', 'timed-out', 'cancelled', 'rejected', 'expired'] as const)(
    'knows what to do when a request is %s',
    (phase) => {
      const page = renderFailureMarkdown(
        statusWithoutReport({
          id: REQUEST.metadata.name,
          cluster: 'production-hub',
          phase,
          reason: { code: 'some-reason', message: '<b>@all</b>' },
          requestSha256: 'ab'.repeat(32),
          attempts: [],
          processor: { holder: 'processor-1', incarnation: '00000002', version: '0.1.0' },
          finishedAt: '2026-11-20T14:34:00Z',
        }),
      );
      expect(page).toMatch(
        new RegExp(`> \\*\\*No answer: ${phase}\\.\\*\\* [A-Z][^]*\\*\\*Why:\\*\\*[^]*\\*\\*What to do:\\*\\* [A-Z]`),
      );
      expect(page).toContain('None: no command ran.');
      expect(page).not.toMatch(/<b>|@all/);
    },
  );
});

describe('renderIndexPage', () => {
  const content = {
    now: new Date('2026-11-20T15:00:00Z'),
    open: [
      {
        id: '2026-11-20-1458-dns-slow-x2q9',
        title: 'DNS | slow',
        cluster: 'hosted-prod-4',
        requester: 'bob@example.com',
        phase: 'pending',
        createdAt: '2026-11-20T14:58:00Z',
      },
      {
        id: '2026-11-19-1421-nodes-notready-a1b2',
        title: 'nodes NotReady',
        cluster: 'hub',
        requester: 'eve',
        phase: 'investigating',
        createdAt: '2026-11-19T14:21:00Z',
      },
    ],
    recent: [
      {
        id: '2026-11-20-1402-ingress-503-p8rt',
        title: 'ingress answers 503',
        cluster: 'hub',
        phase: 'succeeded',
        outcome: 'inconclusive',
        quality: 'degraded',
        bottomLine: 'The cause is not proven.',
        createdAt: '2026-11-20T14:02:00Z',
        finishedAt: '2026-11-20T14:32:00Z',
      },
      {
        id: '2026-11-20-1430-api-timeout-k7m2',
        title: 'API timeouts',
        cluster: 'hub',
        phase: 'succeeded',
        outcome: 'root-cause',
        quality: 'complete',
        bottomLine: 'etcd-0 loses its lease because its volume is slow.',
        createdAt: '2026-11-20T14:30:04Z',
        finishedAt: '2026-11-20T14:31:20Z',
      },
      {
        id: '2026-11-20-1330-all-hosts-c3d4',
        title: 'all hosts?',
        cluster: 'web-1',
        phase: 'succeeded',
        outcome: 'no-problem',
        quality: 'complete',
        bottomLine: 'No problem was found.',
        createdAt: '2026-11-20T13:30:00Z',
        finishedAt: '2026-11-20T13:30:14Z',
        part: 'web-1',
      },
      {
        id: '2026-11-20-1200-disk-e5f6',
        title: 'disk full',
        cluster: 'hub',
        phase: 'expired',
        bottomLine: 'nobody claimed it in time',
        createdAt: '2026-11-19T12:00:00Z',
        finishedAt: '2026-11-20T12:00:00Z',
      },
    ],
    months: ['2026-10', '2026-11'],
  } as const;

  it('shows what is open, what was found, and months', async () => {
    await expect(renderIndexPage(content)).toMatchFileSnapshot('../../fixtures/report/index.md');
  });

  it('gives the same bytes for the same requests, in whatever order and at whatever time of the day', () => {
    const page = renderIndexPage(content);
    const reversed = {
      ...content,
      open: content.open.toReversed(),
      recent: content.recent.toReversed(),
      months: content.months.toReversed(),
    };
    expect(renderIndexPage({ ...reversed, now: new Date('2026-11-20T23:00:00Z') })).toBe(page);
  });

  it('says so when there is nothing yet', () => {
    const page = renderIndexPage({ open: [], recent: [], now: new Date(0) });
    expect(page).toContain('Nothing is open.');
    expect(page).toContain('There is no answer yet.');
  });

  it('shows the last fifty', () => {
    const [first] = content.recent;
    const recent = Array.from({ length: 60 }, (_, index) => ({
      ...first,
      finishedAt: `2026-11-20T14:${String(index).padStart(2, '0')}:00Z`,
    }));
    const page = renderIndexPage({ ...content, recent });
    expect(page.match(/🟡 inconclusive · degraded/gu)).toHaveLength(50);
    expect(page).not.toContain('2026-11-20 14:09');
  });
});
