import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EVAL_HEADING } from '../eval/page.ts';
import { replaceSection, sectionOf } from '../support/page-section.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { measureBurst } from './burst.ts';
import { measureColdSubmit } from './cold-submit.ts';
import { createRoom, type Room, type RoomSize } from './fixture.ts';
import { readMachineFacts } from './machine.ts';
import type { Bench, Part } from './measure.ts';
import { canReadCosts } from './process-cost.ts';
import { measureProcessorRefs } from './processor-refs.ts';
import { measureClaude } from './claude.ts';
import { measurePrograms } from './programs.ts';
import { renderMachine, renderPage, renderTables } from './report.ts';
import { startServer } from './server.ts';
import { measureTable } from './table.ts';
import { measureWarmSubmit } from './warm-submit.ts';

const PAGE = join(import.meta.dirname, '../../docs/benchmarks.md');

/** A war room in its first months, and two after three years. */
const SIZES: readonly RoomSize[] = [
  { records: 100, days: 90 },
  { records: 10_000, days: 3 * 365 },
  { records: 100_000, days: 3 * 365 },
];
const MIDDLE = 10_000;

const USAGE = `usage: npm run bench -- [--quick] [--write]
  --quick  two war rooms and few rounds
  --write  writes the result of a full run to docs/benchmarks.md
`;

/** Benchmarks inform and do not gate: the exit code is 0 whatever is measured. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true || (values.quick === true && values.write === true)) {
    process.stderr.write(USAGE);
    return values.help === true ? 0 : 2;
  }
  const isQuick = values.quick ?? false;
  const facts = await readMachineFacts(new Date());
  process.stdout.write(`${renderMachine(facts)}\n\n`);
  await withTempFolder(async (folder) => {
    const root = join(folder, 'served');
    await mkdir(root);
    const server = await startServer(root);
    try {
      const rooms: Room[] = [];
      for (const size of SIZES.filter(({ records }) => !isQuick || records <= MIDDLE)) {
        progress(`a war room with ${size.records} records`);
        rooms.push(await createRoom(size, { folder: root, url: server.url(''), now: new Date() }));
      }
      const part = await measureAll({ folder, server, rooms, isQuick });
      process.stdout.write(`${renderTables(rooms, part)}\n`);
      if (values.write === true) await writePage(renderPage(facts, rooms, part));
    } finally {
      await server.close();
    }
  }, 'warroom-bench');
  return 0;
}

/** Keeps what `npm run eval -- --write` has written there. */
async function writePage(page: string): Promise<void> {
  const section = sectionOf(await readFile(PAGE, 'utf8').catch(() => ''), EVAL_HEADING);
  await writeFile(PAGE, section === '' ? page : replaceSection(page, EVAL_HEADING, section));
}

async function measureAll(bench: Bench): Promise<Part> {
  const middle = bench.rooms.find(({ records }) => records === MIDDLE);
  if (middle === undefined) throw new Error(`there is no war room with ${MIDDLE} records`);
  const steps: Readonly<Record<string, () => Promise<Part>>> = {
    // First, as long as every request has its result.
    table: () => measureTable(bench),
    'warm submit': () => measureWarmSubmit(bench),
    'cold submit': () => measureColdSubmit(bench),
    'poll and claim': () => measureProcessorRefs(bench),
    burst: () => measureBurst(bench, middle),
    ...(canReadCosts()
      ? {
          'command line and processor': () => measurePrograms(bench, middle),
          'Claude Code': () => measureClaude(bench),
        }
      : {}),
  };
  const parts: Part[] = [];
  for (const [name, measure] of Object.entries(steps)) {
    progress(name);
    parts.push(await measure());
  }
  return {
    measures: parts.flatMap(({ measures }) => measures),
    timings: parts.flatMap(({ timings }) => timings),
  };
}

function progress(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}
