import { summaryLines } from '../../report/summary-lines.ts';
import { cleanLine, shortened } from '../../report/untrusted.ts';
import { commandText } from '../../report/words.ts';
import type { Report } from '../../schema/generated.ts';
import type { PromptSection } from './prompt-section.ts';

const KIB = 1024;
const MAX_LINE = 900;

/** What was answered before, for a follow-up question. */
export function earlierSections(report: Report): readonly PromptSection[] {
  return [
    {
      heading: 'The earlier report that this request follows',
      intro: `Written ${report.run.finishedAt}. The state may have changed since: look again before you repeat it.`,
      name: 'earlier-report',
      body: { kind: 'lines', lines: summaryLines(report).map(line), noun: 'lines' },
      maxBytes: 7 * KIB,
      priority: 2,
    },
    {
      heading: 'Evidence of the earlier report',
      intro:
        'earlier id | step | command | end | bytes. These ids belong to the earlier report and cannot be cited; run the command again to cite its output.',
      name: 'earlier-evidence',
      body: {
        kind: 'lines',
        lines: report.evidence.map(({ id, step, argv, status, bytes }) =>
          line(`earlier ${id} | ${step} | ${shortened(commandText(argv), 240)} | ${status} | ${bytes}`),
        ),
        noun: 'pieces of evidence',
      },
      maxBytes: 4 * KIB,
      priority: 6,
    },
  ];
}

function line(text: string): string {
  return shortened(cleanLine(text), MAX_LINE);
}
