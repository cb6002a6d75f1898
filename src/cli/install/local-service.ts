import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { WarroomError } from '../../domain/errors.ts';
import { findProgram } from '../../lib/find-program.ts';
import { runChild } from '../../lib/child-process.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UNIT_FILE, UNIT_NAME } from '../../install/systemd-unit.ts';

export interface ServiceFlags {
  /** A compose file; without it the one of this folder is used where no unit is installed. */
  readonly f?: string;
}

/** How a processor was installed on this machine. */
type LocalService =
  | { readonly kind: 'systemd' }
  | { readonly kind: 'compose'; readonly file: string; readonly program: readonly string[] };

const COMPOSE_FILE = 'compose.yaml';
/** Docker waits for the health check, which looks every minute; a stop lets what runs finish for 300 s. */
const TIMEOUT_MS = 400_000;

/** Starts what was installed here, now and at each start of the machine. */
export async function startService(context: CliContext, flags: ServiceFlags): Promise<ExitCode> {
  const service = await findService(context, flags);
  await run(context, service, {
    systemd: ['systemctl', 'enable', '--now', UNIT_NAME],
    compose: ['up', '--detach', '--wait'],
  });
  context.io.out(
    service.kind === 'systemd'
      ? `${UNIT_NAME} is started; see  claude-warroom status --local  and  journalctl -u ${UNIT_NAME}`
      : `the processor of ${service.file} is up and healthy`,
  );
  return EXIT.done;
}

/** Stops it, and keeps it stopped; what it remembers stays. */
export async function stopService(context: CliContext, flags: ServiceFlags): Promise<ExitCode> {
  const service = await findService(context, flags);
  await run(context, service, { systemd: ['systemctl', 'disable', '--now', UNIT_NAME], compose: ['down'] });
  context.io.out(
    service.kind === 'systemd'
      ? `${UNIT_NAME} is stopped, and stays so; its ledger is kept`
      : `the processor of ${service.file} is stopped; its volume is kept`,
  );
  return EXIT.done;
}

async function findService({ env, cwd }: CliContext, { f }: ServiceFlags): Promise<LocalService> {
  if (f === undefined && existsSync(UNIT_FILE)) return { kind: 'systemd' };
  const file = resolve(cwd, f ?? COMPOSE_FILE);
  if (!existsSync(file)) {
    throw new WarroomError('not-found', f === undefined ? 'no processor is installed here' : `there is no ${file}`, {
      why: f === undefined ? `neither ${UNIT_FILE} nor ${file} is there` : 'it is named by -f',
      hint: 'claude-warroom install systemd   or   claude-warroom install compose',
    });
  }
  return { kind: 'compose', file, program: await findCompose(env['PATH']) };
}

async function findCompose(path: string | undefined): Promise<readonly string[]> {
  for (const name of ['docker', 'podman']) {
    const program = await findProgram(name, path);
    if (program !== undefined) return [program, 'compose'];
  }
  throw new WarroomError('not-found', 'there is neither docker nor podman in PATH', {
    hint: 'install one of them with its compose plug-in',
  });
}

async function run(
  { env, signal }: CliContext,
  service: LocalService,
  words: { readonly systemd: readonly string[]; readonly compose: readonly string[] },
): Promise<void> {
  const argv =
    service.kind === 'systemd' ? words.systemd : [...service.program, '--file', service.file, ...words.compose];
  const kept = Object.entries(env).filter(([name]) => /^(?:PATH|HOME|XDG_.+|DOCKER_.+|CONTAINER_.+)$/u.test(name));
  const result = await runChild({
    argv,
    env: {
      ...Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
      LC_ALL: 'C',
    },
    timeoutMs: TIMEOUT_MS,
    maxBytes: 64 * 1024,
    signal,
  });
  if (result.end.kind === 'exited' && result.end.exit === 0) return;
  const said = result.stderrTail.toString('utf8').trim().split('\n').at(-1) ?? '';
  throw new WarroomError('not-allowed', `${argv.slice(0, 2).join(' ')} failed`, {
    why: said === '' ? 'it said nothing' : said,
    hint:
      service.kind === 'systemd'
        ? `run it with sudo, and see  journalctl -u ${UNIT_NAME}`
        : 'see  docker compose logs processor',
  });
}
