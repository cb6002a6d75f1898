import type { Clock } from '../../lib/clock.ts';
import { runChild } from '../../lib/child-process.ts';
import { COMMAND_ENVIRONMENT } from '../closed-environment.ts';
import { commandEnd } from '../command-end.ts';
import { elevationOf, readSudoRefusal, sudoArgv, type UserFacts } from '../privilege.ts';
import type { Command, CommandResult, Target } from '../port.ts';
import { readHostFacts } from './host-facts.ts';
import { identifyHost } from './identify-host.ts';

/** Time between the polite and the hard end of a command that is stopped. */
const GRACE_MS = 500;

/** The machine that this process runs on. */
export function createLocalTarget(options: { readonly clock: Clock }): Target {
  const { clock } = options;
  let user: UserFacts | undefined;

  async function run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    const startedAt = clock.now();
    const argv = await elevate(command, signal);
    const result = await runChild({
      argv,
      cwd: '/',
      env: COMMAND_ENVIRONMENT,
      timeoutMs: command.timeoutMs,
      maxBytes: command.maxBytes,
      keep: command.keep ?? 'start',
      graceMs: GRACE_MS,
      signal,
    });
    const stderr =
      result.end.kind === 'not-started' ? notStartedText(argv, result.end.code) : result.stderr.toString('utf8');
    const refusal = argv === command.argv ? undefined : readSudoRefusal(command.argv, stderr);
    return {
      end: refusal?.end ?? commandEnd(result.end),
      stdout: result.stdout.toString('utf8'),
      stderr: refusal?.stderr ?? stderr,
      truncated: result.truncated,
      startedAt,
      ms: Math.round(result.ms),
    };
  }

  /** The argument list with `sudo` in front of it where the step and the user ask for that. */
  async function elevate({ argv, privilege }: Command, signal?: AbortSignal): Promise<readonly string[]> {
    if (privilege === undefined || privilege === 'user') return argv;
    user ??= await readUser();
    const elevation = elevationOf(privilege, user);
    if (elevation === 'direct') return argv;
    if (elevation === 'sudo') return sudoArgv(argv);
    const asked = await runChild({ ...SMALL, argv: ['sudo', '-n', '-l', '--', ...argv], signal });
    return asked.end.kind === 'exited' && asked.end.exit === 0 ? sudoArgv(argv) : argv;
  }

  return {
    kind: 'local',
    identify: async (signal) => await identifyHost(async (command) => await run(command, signal)),
    run,
    collect: async (_collector, signal) => {
      const startedAt = clock.now();
      const startedMs = clock.monotonicMs();
      if (signal?.aborted === true) return { ...NOTHING, end: { kind: 'aborted' }, startedAt };
      const stdout = await readHostFacts();
      const ms = Math.round(clock.monotonicMs() - startedMs);
      return { ...NOTHING, end: { kind: 'exited', exit: 0 }, stdout, startedAt, ms };
    },
    close: async () => {
      await Promise.resolve();
    },
  };
}

const SMALL = { cwd: '/', env: COMMAND_ENVIRONMENT, timeoutMs: 3000, maxBytes: 4096, graceMs: GRACE_MS };

async function readUser(): Promise<UserFacts> {
  const { stdout } = await runChild({ ...SMALL, argv: ['id', '-Gn'] });
  return { isRoot: process.getuid?.() === 0, groups: stdout.toString('utf8').trim().split(/\s+/u) };
}

function notStartedText(argv: readonly string[], code: string): string {
  if (code === 'ENOENT' && argv[0] === 'sudo') return 'sh: sudo: not found';
  return code === 'EACCES' || code === 'EPERM' ? `${argv[0] ?? 'it'} may not be executed` : `not started: ${code}`;
}

const NOTHING = { stdout: '', stderr: '', truncated: false, ms: 0 };
