import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findProgram } from '../../src/lib/find-program.ts';
import { isExecutable, MODULE_FOLDER, PACKAGE, storeProgram } from './store-program.ts';

// Builds the store that test/s3 runs against, from modules that go.sum pins. It takes some minutes of all cores;
// GOFLAGS=-p=1 takes longer and leaves them to others.

const { env } = process;
const program = await storeProgram(env);
if (await isExecutable(program)) process.exit(0);
const go = await findProgram('go', `${env['PATH'] ?? ''}:/usr/local/go/bin`);
if (go === undefined) {
  console.error('error: go is not installed, so the object store of the tests cannot be built');
  process.exit(2);
}
console.error(`building ${program}`);
await mkdir(dirname(program), { recursive: true });
// Under its name only when it is whole: somebody may be looking for it meanwhile.
const unfinished = `${program}-${process.pid}`;
const child = spawn(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, PACKAGE], {
  cwd: MODULE_FOLDER,
  env: { ...env, CGO_ENABLED: '0' },
  stdio: ['ignore', 'inherit', 'inherit'],
});
const [exit] = (await once(child, 'close')) as [number | null];
if (exit !== 0) {
  console.error(`error: the object store cannot be built (go ended with ${exit ?? 'a signal'})`);
  process.exit(1);
}
await rename(unfinished, program);
