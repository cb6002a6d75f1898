import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/lib/clock.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../src/playbook/load-playbooks.ts';
import { createRedaction } from '../../src/redaction/create-redaction.ts';
import { createRedactionThread } from '../../src/redaction/thread.ts';
import { checkAims } from './aims.ts';
import { findCases, OWN_CASES } from './find-cases.ts';
import { judgeCase, type CaseScore, type JudgingTools } from './judge-case.ts';
import { measureManyPods } from './many-pods.ts';
import { writeEvaluation } from './page.ts';
import { renderEvaluation, renderMisses, type Material } from './report.ts';
import { judgeSharedMaterial } from './shared-material.ts';

const USAGE = `usage: npm run eval -- [DIR…] [--json] [--write]
  DIR      folders with cases; those of the project when none is named
  --json   everything about every case
  --write  writes the tables to docs/benchmarks.md

WARROOM_DATA names a folder with material that does not belong to the project; without DIR it is judged too.
Exit code: 0 when the aims hold, 1 when one does not, 2 for wrong usage.
`;

export async function main(args: readonly string[]): Promise<number> {
  const parsed = parse(args);
  if (parsed === undefined || parsed.values.help === true) {
    process.stderr.write(USAGE);
    return parsed === undefined ? 2 : 0;
  }
  const { values, positionals } = parsed;
  const tools = await createTools();
  try {
    return await evaluate(positionals, { tools, values });
  } finally {
    await tools.close();
  }
}

interface Wish {
  readonly tools: JudgingTools;
  readonly values: { readonly json?: boolean; readonly write?: boolean };
}

async function evaluate(positionals: readonly string[], { tools, values }: Wish): Promise<number> {
  const materials = await judgeAll(positionals, tools);
  // Cases of somebody else say nothing about a thousand pods.
  const manyPods = positionals.length === 0 ? await measureManyPods(tools) : undefined;
  const aims = checkAims(
    materials.flatMap(({ scores }) => scores),
    manyPods?.slowestMs,
  );
  const tables = renderEvaluation(materials, aims);
  const misses = renderMisses(materials);
  if (values.json === true) process.stdout.write(`${JSON.stringify({ materials, manyPods, aims }, null, 2)}\n`);
  else process.stdout.write(`${[tables, ...misses.map((line) => `\n${line}`)].join('\n')}\n`);
  const date = new Date().toISOString().slice(0, 10);
  if (values.write === true) await writeEvaluation({ date, tables, misses });
  return aims.every(({ holds }) => holds) ? 0 : 1;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch {
    return undefined;
  }
}

/** The whole set of playbooks, loaded once for all cases, and one thread for long texts; close it at the end. */
export async function createTools(): Promise<JudgingTools & { close(): Promise<void> }> {
  const thread = createRedactionThread();
  return {
    close: () => thread.close(),
    playbooks: await loadPlaybooks({ builtinDir: builtinPlaybookDir() }),
    clock: systemClock,
    createRedaction: () => createRedaction({ knownValues: [], key: randomBytes(32), thread }),
  };
}

async function judgeAll(dirs: readonly string[], tools: JudgingTools): Promise<readonly Material[]> {
  if (dirs.length > 0) {
    const materials: Material[] = [];
    // Side by side they would share the seconds that a rule has.
    for (const dir of dirs) materials.push({ name: dir, scores: await judgeFolder(dir, tools) });
    return materials;
  }
  const own = { name: 'own cases', scores: await judgeFolder(OWN_CASES, tools) };
  const data = process.env['WARROOM_DATA'];
  if (data !== undefined && data !== '') return [own, ...(await judgeSharedMaterial(data, tools))];
  process.stderr.write('WARROOM_DATA is not set: only the cases of the project are judged\n');
  return [own];
}

/** Judges every case in a folder, one after the other: times are those of one playbook by itself. */
export async function judgeFolder(dir: string, tools: JudgingTools): Promise<readonly CaseScore[]> {
  const scores: CaseScore[] = [];
  for (const found of await findCases(dir)) scores.push(await judgeCase(found, tools));
  return scores;
}
