import { HOT_DAYS, type Room } from './fixture.ts';
import type { MachineFacts } from './machine.ts';
import type { Measure, Part, Timing, Unit } from './measure.ts';
import { renderMarkdownTable as table } from '../support/markdown-table.ts';
import { median, quantile } from './sampling.ts';

/** The tables, in the terminal and in docs/benchmarks.md alike. */
export function renderTables(rooms: readonly Room[], { measures, timings }: Part): string {
  const sizes = rooms.map(({ records }) => formatCount(records));
  const sized = measures.filter(({ values }) => values.length === rooms.length);
  const single = measures.filter(({ values }) => values.length === 1);
  return [
    '## War rooms of different sizes',
    '',
    table(
      ['', 'aim', ...sizes, 'n', ''],
      sized.map((row) => [
        row.what,
        aimOf(row),
        ...row.values.map((value) => formatValue(value, row.unit)),
        String(row.rounds),
        verdictOf(row),
      ]),
    ),
    '',
    '## The rest',
    '',
    table(
      ['', 'aim', 'measured', 'n', ''],
      single.map((row) => [
        row.what,
        aimOf(row),
        formatValue(row.values[0] ?? NaN, row.unit),
        String(row.rounds),
        verdictOf(row),
      ]),
    ),
    '',
    '## Times behind the ratios',
    '',
    'Milliseconds, median [smallest–95th percentile].',
    '',
    table(
      ['', ...sizes],
      timings.map((row: Timing) => [row.what, ...row.times.map(formatTimes)]),
    ),
  ].join('\n');
}

export function renderMachine(facts: MachineFacts): string {
  return table(
    ['date', 'processor', 'memory', 'kernel', 'git', 'node', 'load before'],
    [[facts.date, facts.processor, facts.memory, facts.kernel, facts.git, facts.node, facts.load]],
  );
}

/** docs/benchmarks.md */
export function renderPage(facts: MachineFacts, rooms: readonly Room[], part: Part): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Counters and ratios travel between machines; milliseconds do not.

${renderMachine(facts)}

How it is measured:

- Over HTTP on loopback: \`git http-backend\` behind a small Node server in a process of its own.
- The war rooms are generated: ${rooms.map(({ records, entries }) => `${formatCount(records)} records (${formatCount(entries)} entries in the tip)`).join(', ')}.
  A record is a request file, a report of 4 KB and a status. The newest ${HOT_DAYS} days are in the tip, older ones in earlier
  commits only. One commit holds a whole day, which makes them quick to generate; what an operation costs depends on the
  tip, not on the number of commits.
- The baseline is what a careful script would do with git alone. It runs in turn with ours in the same loop, and the
  ratio is that of the medians; \`n\` is the number of rounds. Both sides are timed without the start of Node.
- A warm submit opens the cache, sends and closes it, as the command line does. The aim is about the usual case, in which
  the cached tip is the newest: there a submit needs no fetch, while the script, which cannot know that, fetches first and
  finds one commit. When another writer was faster, the push is refused and everything is done once more; those rows say
  what that costs.
- git processes are counted by git's own trace (\`GIT_TRACE2_EVENT\`), requests and bytes by the server. Bytes are those of
  the bodies.
- The raw claim builds its orphan commit with \`fast-import\` as ours does, and pushes it.
- \`--help\` is compared by user and system time, in an environment that holds little more than \`PATH\` and \`HOME\`: with
  \`NODE_EXTRA_CA_CERTS\` or \`NODE_OPTIONS\`, bare Node takes longer too.
- The idle processor is watched from a few seconds after its first look, while it still looks often (every 10 s, then 1.5
  times longer each time up to 60 s). Time and memory are those of the processor and all its children.

${renderTables(rooms, part)}
`;
}

function verdictOf({ atMost, values }: Measure): string {
  if (atMost === undefined) return '';
  return values.every((value) => value <= atMost) ? 'ok' : 'miss';
}

function aimOf({ atMost, unit }: Measure): string {
  return atMost === undefined ? '' : `≤ ${formatValue(atMost, unit)}`;
}

function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'ratio':
      return value.toFixed(2);
    case 'count':
      return formatCount(value);
    case 'bytes':
      return `${formatCount(value)} B`;
    case 'percent':
      return `${value.toFixed(2)} %`;
    case 'megabytes':
      return `${value.toFixed(0)} MB`;
    case 'seconds':
      return `${value.toFixed(1)} s`;
  }
}

function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

function formatTimes(times: readonly number[]): string {
  const [middle, smallest, large] = [median(times), Math.min(...times), quantile(times, 0.95)].map((ms) =>
    ms.toFixed(ms < 100 ? 1 : 0),
  );
  return times.length === 1 ? (middle ?? '') : `${middle ?? ''} [${smallest ?? ''}–${large ?? ''}]`;
}
