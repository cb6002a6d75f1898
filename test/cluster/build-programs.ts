import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../src/lib/find-program.ts';
import { missingPrograms, MODULE_FOLDER, PACKAGES, programsFolder, type ProgramName } from './programs.ts';

// Builds what is missing of the control plane that the tests run against, from modules that go.sum pins. It takes some
// minutes of all cores; GOFLAGS=-p=1 takes longer and leaves them to others.

const { env } = process;
const folder = await programsFolder(env);
const names = await missingPrograms(folder);
// Somebody who brings a cluster needs no other one.
if (names.length === 0 || env['WARROOM_TEST_KUBECONFIG'] !== undefined) process.exit(0);
const go = await findProgram('go', `${env['PATH'] ?? ''}:/usr/local/go/bin`);
if (go === undefined) {
  console.error('error: go is not installed, so the control plane of the tests cannot be built');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
for (const name of names) await build(go, name);

async function build(program: string, name: ProgramName): Promise<void> {
  console.error(`building ${name} into ${folder}`);
  // Under its name only when it is whole: somebody may be looking for it meanwhile.
  const unfinished = join(folder, `.${name}-${process.pid}`);
  const child = spawn(program, ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, PACKAGES[name]], {
    cwd: MODULE_FOLDER,
    env: { ...env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [exit] = (await once(child, 'close')) as [number | null];
  if (exit !== 0) {
    console.error(`error: ${name} cannot be built (go ended with ${exit ?? 'a signal'})`);
    process.exit(1);
  }
  await rename(unfinished, join(folder, name));
}
