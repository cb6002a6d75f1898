import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { readFolder, type Row } from './corpus.ts';
import { measureClean, measureHostile, measureLag } from './cost.ts';
import { hostileTexts } from './hostile.ts';
import { KNOWN_VALUES, knownRows } from './known-matrix.ts';
import { kubernetesRows } from './kubernetes-documents.ts';
import { benchSession, measureRecall, survives, type Recall } from './recall.ts';

const USAGE = `usage: npm run bench:redaction -- [DIR] [--misses] [--no-hostile]

Measures what redaction finds, what it removes by mistake, and what it costs.
  DIR           a folder: *.jsonl files hold one {"sample": "…", "secrets": ["…"]} a line,
                every other file is text without secrets
  --misses      prints what was not removed, as JSON lines on stdout: never use it with real secrets
  --no-hostile  leaves out the 10 MB texts

Without DIR only generated texts are measured: known values in all encodings and containers, Kubernetes
documents in six forms, and hostile texts. The exit code is 0 whatever is measured.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' }, misses: { type: 'boolean' }, 'no-hostile': { type: 'boolean' } },
});
if (values.help === true || positionals.length > 1) {
  process.stderr.write(USAGE);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  await measureAll(positionals[0]);
}

async function measureAll(folder: string | undefined): Promise<void> {
  print(`node ${process.version}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2) ?? '?'}`);
  await measureKnown();
  await measureKubernetes();
  if (folder !== undefined) await measureFolder(folder);
  if (values['no-hostile'] !== true) await measureHostileTexts();
}

async function measureKnown(): Promise<void> {
  let rows = 0;
  let removed = 0;
  for (const value of KNOWN_VALUES) {
    for (const row of knownRows(value)) {
      rows += 1;
      const redacted = await benchSession([{ name: 'known', value }]).redact(row.sample);
      if (!row.secrets.some((secret) => survives(secret, redacted))) removed += 1;
    }
  }
  print(`known values: ${removed} of ${rows} removed (${percent(removed, rows)})`);
}

async function measureKubernetes(): Promise<void> {
  const rows = kubernetesRows(10);
  for (const form of new Set(rows.map((row) => row.form))) {
    const recall = await measureRecall(rows.filter((row) => row.form === form));
    print(`Kubernetes documents, ${form}: ${recallText(recall)}`);
    printMisses(recall);
  }
}

async function measureFolder(folder: string): Promise<void> {
  const { corpora, clean } = await readFolder(folder);
  const all: Row[] = [];
  for (const { name, rows } of corpora) {
    const recall = await measureRecall(rows);
    all.push(...rows);
    print(`${name}: ${recallText(recall)}`);
    printMisses(recall);
  }
  if (clean.length === 0) return;
  const cost = await measureClean(clean);
  const spans = (cost.spans / cost.megabytes).toFixed(1);
  print(
    `clean files: ${clean.length}, ${cost.megabytes.toFixed(2)} MB: ${spans} spans/MB, ` +
      `${percent(cost.masked, cost.characters, 4)} of characters, ${cost.megabytesPerSecond.toFixed(2)} MB/s`,
  );
  print(`  by rule: ${JSON.stringify(cost.byRule)}`);
}

async function measureHostileTexts(): Promise<void> {
  const texts = hostileTexts(10_000_000);
  for (const { what, text } of texts) {
    const { cpuSeconds, worstStepMs } = await measureHostile(what, text);
    print(`10 MB of ${what}: ${cpuSeconds.toFixed(1)} s, longest step ${worstStepMs.toFixed(0)} ms`);
  }
  for (const { what, text } of texts.slice(0, 3)) {
    const { idle, long, short } = await measureLag(text);
    const pauses = `${long.toFixed(0)} ms; short text ${short.toFixed(0)} ms; idle ${idle.toFixed(0)} ms`;
    print(`event loop, 10 MB of ${what}: ${pauses}`);
  }
}

function recallText({ rows, detected, secrets, removed }: Recall): string {
  return `${percent(detected, rows)} of ${rows} detected, ${percent(removed, secrets)} of ${secrets} values removed`;
}

function printMisses(recall: Recall): void {
  if (values.misses !== true) return;
  for (const miss of recall.misses) process.stdout.write(`${JSON.stringify(miss)}\n`);
}

function percent(part: number, whole: number, digits = 1): string {
  return `${((part / whole) * 100).toFixed(digits)} %`;
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
