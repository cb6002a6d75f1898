import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../src/schema/record.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { CASE_FILE, formatEvalCase } from './eval-case.ts';
import { parseFault, type Fault, type FaultQuestion } from './fault.ts';
import { inlineRecording, type Scrub } from './inline-recording.ts';
import { startMachine, type ThrowawayMachine } from './machine/throwaway-machine.ts';

const HERE = import.meta.dirname;
const FAULTS = join(HERE, 'faults');
const CASES = join(HERE, 'cases');
const PROJECT = join(HERE, '../..');
const CLI = '/opt/claude-warroom/bin/claude-warroom.js';
const SAVED = '/tmp/.saved';

/**
 * Injects faults into throwaway machines and records what playbooks see: `npm run eval:record -- [FAULT…]`. Root on a
 * Debian with systemd, PostgreSQL, MariaDB, Redis, nginx, OpenSSH, nftables, ufw and Podman installed.
 */
async function main(names: readonly string[]): Promise<number> {
  const all = (await readdir(FAULTS)).map((name) => name.replace(/\.sh$/u, '')).sort();
  const words = await readFile(join(HERE, 'machine/words.sh'), 'utf8');
  let failed = 0;
  for (const id of names.length === 0 ? all : names) {
    const script = await readFile(join(FAULTS, `${id}.sh`), 'utf8');
    await recordFault(id, { script, words }).catch((error: unknown) => {
      failed++;
      process.stderr.write(`${id}: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  }
  return failed === 0 ? 0 : 1;
}

async function recordFault(id: string, text: { readonly script: string; readonly words: string }): Promise<void> {
  const fault = parseFault(id, text.script);
  await withTempFolder(async (folder) => {
    const machine = await startMachine({
      ...{ name: `warroom-eval-${process.pid}`, folder, project: PROJECT, hasOwnLoad: fault.hasOwnLoad },
    });
    try {
      const script = `set -e\n${text.words}\n${text.script}`;
      const { end, stderr } = await machine.run(['setsid', '--wait', 'bash', '-c', script]);
      if (end.kind !== 'exited' || end.exit !== 0) {
        throw new Error(`the script did not end well: ${JSON.stringify(end)} ${stderr.toString()}`);
      }
      await recordAll(id, fault, { machine, folder });
    } finally {
      await machine.stop();
    }
  }, 'warroom-eval');
}

interface Place {
  readonly machine: ThrowawayMachine;
  readonly folder: string;
}

async function recordAll(id: string, fault: Fault, { machine, folder }: Place): Promise<void> {
  const taken = new Set<string>();
  for (const question of fault.questions) {
    const name = caseName(id, question, taken);
    const liveMs = await runInside(machine, question);
    const target = join(CASES, name);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    // Links below /proc cannot be resolved, so the saved run is copied first.
    const saved = join(folder, name);
    await cp(machine.path(SAVED), saved, { recursive: true });
    const files = await inlineRecording(saved, question.playbook, scrubOf(folder));
    for (const [file, text] of files) await writeFile(join(target, file), text);
    const { playbook, causes, inputs } = question;
    const provenance = `recorded on Debian 12 ${fault.questions.some(({ causes: some }) => some.length > 0) ? 'with the fault injected' : 'without a fault'}: ${fault.what}`;
    await writeFile(join(target, CASE_FILE), formatEvalCase({ playbook, provenance, causes, inputs, liveMs }));
    process.stderr.write(`${name}  ${liveMs} ms\n`);
  }
}

/** The name of the fault, with the playbook, and with a number when it was asked before. */
function caseName(id: string, { playbook }: FaultQuestion, taken: Set<string>): string {
  const plain = `${id}-${playbook}`;
  let name = plain;
  for (let number = 2; taken.has(name); number++) name = `${plain}-${number}`;
  taken.add(name);
  return name;
}

async function runInside(machine: ThrowawayMachine, { playbook, inputs }: FaultQuestion): Promise<number> {
  await machine.run(['rm', '-rf', SAVED]);
  const given = Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`]);
  const { end, stdout, stderr } = await machine.run(
    ['node', CLI, 'playbook', 'run', playbook, '--save', SAVED, '--json', ...given],
    180_000,
  );
  // 0 and 1 are reports; everything else is none.
  if (end.kind !== 'exited' || end.exit > 1)
    throw new Error(`${playbook}: ${JSON.stringify(end)} ${stderr.toString()}`);
  const report: unknown = JSON.parse(stdout.toString());
  const run = isRecord(report) && isRecord(report['run']) ? report['run'] : {};
  return Date.parse(String(run['finishedAt'])) - Date.parse(String(run['startedAt']));
}

/** Takes out what belongs to the computer that the throwaway machine ran on. */
function scrubOf(folder: string): Scrub {
  return (text) => text.replaceAll(folder, '/machine').replace(/(\d+\.\d+\.\d+)-[\w-]*fc[\w-]*/gu, '$1');
}

process.exitCode = await main(process.argv.slice(2));
