import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadProcessorConfig } from '../../config/processor-config.ts';
import { WarroomError } from '../../domain/errors.ts';
import {
  LOGS_FOLDER,
  STATE_DIRECTORY,
  sysusersFile,
  systemdUnit,
  UNIT_FILE,
  UNIT_NAME,
} from '../../install/systemd-unit.ts';
import { runChild } from '../../lib/child-process.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { sudoersLines } from '../playbook/print-access.ts';
import { createPrompts } from '../prompts.ts';

export interface SystemdFlags {
  readonly c: string;
  readonly user: string;
  readonly sudo?: boolean;
  readonly uninstall?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly root: string;
}

const SYSUSERS = '/etc/sysusers.d/claude-warroom.conf';
const SUDOERS = '/etc/sudoers.d/claude-warroom';
const STATE_FOLDER = `/var/lib/${STATE_DIRECTORY}`;

interface PlannedFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** Everything that is done to the machine, in order; shown before it happens. */
interface Plan {
  readonly write: readonly PlannedFile[];
  readonly remove: readonly string[];
  readonly before: readonly (readonly string[])[];
  readonly after: readonly (readonly string[])[];
}

/** Makes a processor a service of this machine, or takes it away. */
export async function installSystemd(context: CliContext, flags: SystemdFlags): Promise<ExitCode> {
  if (!/^[a-z_][a-z0-9_-]{0,31}$/u.test(flags.user) || flags.user === 'root') {
    throw new WarroomError('usage', `--user: ${JSON.stringify(flags.user)} cannot be used`, {
      why: 'the processor gets a system user of its own, such as warroom',
    });
  }
  const plan = flags.uninstall === true ? removal(flags) : await installation(context, flags);
  show(context, plan, flags);
  if (flags.dryRun === true) return EXIT.done;
  await confirm(context, flags);
  await carryOut(context, plan, flags.root);
  return EXIT.done;
}

async function installation(context: CliContext, flags: SystemdFlags): Promise<Plan> {
  const { cwd, env } = context;
  const configFile = resolve(cwd, flags.c);
  const { stateDir, target } = await loadProcessorConfig(configFile, { env });
  if (stateDir !== STATE_FOLDER) {
    throw new WarroomError('usage', 'the state folder of the processor is not the one of the unit', {
      why: `${configFile} says stateDir: ${stateDir}`,
      hint: `set stateDir: ${STATE_FOLDER} ; nothing else may be written to`,
    });
  }
  const looksAtMachine = target.kind === 'local' || target.kind === 'containers';
  const usesSudo = flags.sudo === true;
  const service = {
    user: flags.user,
    program: [process.execPath, fileURLToPath(new URL('../../../bin/claude-warroom.js', import.meta.url))],
    configFile,
    stateDir,
    looksAtMachine,
    usesSudo,
  };
  const sudoers = usesSudo ? await sudoersLines(context, { user: flags.user }) : [];
  return {
    remove: [],
    before: [],
    write: [
      { path: SYSUSERS, mode: 0o644, text: sysusersFile(flags.user) },
      { path: UNIT_FILE, mode: 0o644, text: systemdUnit(service) },
      ...(usesSudo ? [{ path: SUDOERS, mode: 0o440, text: `${sudoers.join('\n')}\n` }] : []),
    ],
    after: [
      ['systemd-sysusers', SYSUSERS],
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', '--now', UNIT_NAME],
    ],
  };
}

/** Also what the processor has remembered: whoever wants to keep the ledger copies it before. */
function removal({ user }: SystemdFlags): Plan {
  return {
    write: [],
    before: [['systemctl', 'disable', '--now', UNIT_NAME]],
    remove: [UNIT_FILE, SYSUSERS, SUDOERS, STATE_FOLDER, LOGS_FOLDER],
    after: [
      ['systemctl', 'daemon-reload'],
      ['userdel', user],
    ],
  };
}

function show({ io }: CliContext, plan: Plan, { root, dryRun }: SystemdFlags): void {
  // What is only looked at is what a script wants; before it is done it is talk.
  const say = (line: string): void => {
    if (dryRun === true) io.out(line);
    else io.err(line);
  };
  for (const command of root === '/' ? plan.before : []) say(`# run: ${command.join(' ')}`);
  for (const path of plan.remove) say(`# remove: ${join(root, path)}`);
  for (const { path, mode, text } of plan.write) {
    say(`# write: ${join(root, path)} (mode ${mode.toString(8).padStart(4, '0')})`);
    say(text.trimEnd());
    say('');
  }
  for (const command of root === '/' ? plan.after : []) say(`# run: ${command.join(' ')}`);
}

async function confirm(context: CliContext, { yes, root }: SystemdFlags): Promise<void> {
  if (root === '/' && process.getuid?.() !== 0) {
    throw new WarroomError('not-allowed', 'only root can change the services of this machine', {
      hint: 'run it with sudo, or look first with --dry-run',
    });
  }
  if (yes === true) return;
  if (!context.io.isInteractive) {
    throw new WarroomError('usage', 'nobody is there to confirm it', { hint: 'look with --dry-run, then add --yes' });
  }
  const prompts = await createPrompts(context.io, context.signal);
  if (await prompts.confirm({ message: 'Do all of this?', default: false })) return;
  throw new WarroomError('interrupted', 'nothing was changed');
}

async function carryOut(context: CliContext, plan: Plan, root: string): Promise<void> {
  // Below another root there is no service manager to speak with.
  const isHere = root === '/';
  for (const command of isHere ? plan.before : []) await run(context, command, 'may fail');
  for (const path of plan.remove) await rm(join(root, path), { recursive: true, force: true });
  for (const file of plan.write) await put(context, file, root);
  for (const command of isHere ? plan.after : []) {
    await run(context, command, plan.write.length === 0 ? 'may fail' : 'must work');
  }
}

async function put(context: CliContext, { path, mode, text }: PlannedFile, root: string): Promise<void> {
  const target = join(root, path);
  // Neither sudo nor systemd reads a name with a dot or an ending that it does not know.
  const temporary = `${target}.new`;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(temporary, text, { mode });
  await chmod(temporary, mode);
  // One bad line in sudoers.d makes sudo refuse everybody.
  if (path === SUDOERS && existsSync('/usr/sbin/visudo')) {
    try {
      await run(context, ['/usr/sbin/visudo', '-cf', temporary], 'must work');
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
  await rename(temporary, target);
}

async function run(
  { env, io, signal }: CliContext,
  argv: readonly string[],
  mode: 'must work' | 'may fail',
): Promise<void> {
  const result = await runChild({
    argv,
    env: { PATH: env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    timeoutMs: 360_000,
    maxBytes: 64 * 1024,
    signal,
  });
  if (result.end.kind === 'exited' && result.end.exit === 0) return;
  const failed = `${argv.slice(0, 2).join(' ')} failed`;
  const why = result.stderrTail.toString('utf8').trim().split('\n').at(-1) ?? '';
  if (mode === 'may fail') {
    io.err(`warning: ${failed}${why === '' ? '' : `: ${why}`}`);
    return;
  }
  throw new WarroomError('not-allowed', failed, {
    why,
    hint: 'mend it and run the command again; it may be repeated',
  });
}
