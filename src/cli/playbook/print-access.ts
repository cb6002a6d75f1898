import { findProgram } from '../../lib/find-program.ts';
import { neededRoles, neededSudo, type NeededRole, type SudoOutcome } from '../../playbook/needed-access.ts';
import type { Playbook } from '../../schema/generated.ts';
import type { CliContext } from '../context.ts';
import { WarroomError } from '../../domain/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { choosePlaybooks, loadAll } from './find-playbook.ts';

/** Prints the roles that the steps need, and nothing more, as manifests. */
export async function printRbac(
  context: CliContext,
  names: readonly string[],
  flags: { readonly dir?: string; readonly name: string; readonly execRead?: boolean },
): Promise<ExitCode> {
  const { io } = context;
  const chosen = choosePlaybooks(names, await loadAll(context, flags.dir));
  const playbooks = chosen.map(({ playbook }) => playbook);
  const allowsExec = flags.execRead === true;
  const roles = neededRoles(playbooks, { allowsExec });
  const metrics = playbooks.some(({ spec }) => spec.steps.some(({ promql }) => promql !== undefined));
  if (context.flags.json) {
    io.out(JSON.stringify({ roles, metrics }, null, 2));
    return EXIT.done;
  }
  if (metrics) {
    io.err('these playbooks ask for metrics: on OpenShift the owner of the token of broker.prometheus needs');
    io.err('the ClusterRole cluster-monitoring-view; without metrics these steps are unknown');
  }
  const leftOut = allowsExec ? [] : execReadSteps(playbooks);
  if (leftOut.length > 0) {
    io.err(
      `${io.errorStyle.warn('left out:')} ${leftOut.join(', ')}; they run a reader inside a container (--exec-read)`,
    );
  }
  if (roles.length === 0) io.err(`${idsText(playbooks)} nothing of Kubernetes`);
  for (const role of roles) io.out(renderRole(role, flags.name));
  return EXIT.done;
}

/** `general needs`, `general and firewall need`. */
function idsText(playbooks: readonly Playbook[]): string {
  const ids = playbooks.map(({ metadata }) => metadata.id);
  const last = ids.at(-1) ?? '';
  return ids.length < 2 ? `${last} needs` : `${ids.slice(0, -1).join(', ')} and ${last} need`;
}

/** Steps that the roles leave out, each as `playbook step`. */
function execReadSteps(playbooks: readonly Playbook[]): readonly string[] {
  return playbooks.flatMap(({ metadata, spec }) =>
    spec.steps
      .filter(({ access, rbac }) => access === 'exec-read' && rbac !== undefined)
      .map(({ id }) => `${metadata.id} ${id}`),
  );
}

/** A name of Kubernetes that says which side and place the role is for. */
function roleName({ side, scope }: NeededRole, name: string): string {
  return [name, side, scope === 'cluster' ? '' : scope.replace(/[<>]/gu, '').toLowerCase()].filter(Boolean).join('-');
}

function renderRole(role: NeededRole, name: string): string {
  const isCluster = role.scope === 'cluster';
  const input = /^<(.+)>$/u.exec(role.scope)?.[1];
  // A namespace that an input names is known when a request comes: the role is bound where it may be.
  const isTemplate = input !== undefined;
  const lines = [
    '---',
    `# ${role.side}: ${isCluster ? 'the whole cluster' : isTemplate ? `bind it in every namespace that ${input} may be` : `namespace ${role.scope}`}`,
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${isCluster || isTemplate ? 'ClusterRole' : 'Role'}`,
    'metadata:',
    `  name: ${roleName(role, name)}`,
    ...(isCluster || isTemplate ? [] : [`  namespace: ${role.scope}`]),
    'rules:',
    ...role.rules.flatMap((rule) => {
      const fields = Object.entries(rule).filter(([, values]) => values !== undefined);
      return fields.map(([key, values], index) => `${index === 0 ? '  - ' : '    '}${key}: ${JSON.stringify(values)}`);
    }),
  ];
  return lines.join('\n');
}

/** Folders of programs that a person's PATH may lack. */
const ADMIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Prints the exact command lines that the steps run as root, for a file below /etc/sudoers.d. */
export async function printSudoers(
  context: CliContext,
  names: readonly string[],
  flags: { readonly dir?: string; readonly user: string },
): Promise<ExitCode> {
  const { io } = context;
  if (!/^[a-z_][a-z0-9_.-]{0,31}$/u.test(flags.user)) {
    throw new WarroomError('usage', `${JSON.stringify(flags.user)} is no user name`, {
      hint: 'give the user that the steps run as',
    });
  }
  const outcomes = await findSudo(context, names, flags.dir);
  if (context.flags.json) {
    io.out(JSON.stringify({ user: flags.user, commands: outcomes }, null, 2));
    return EXIT.done;
  }
  if (outcomes.length === 0) io.err('these playbooks run nothing as root');
  for (const line of linesOf(outcomes, context, flags.user)) io.out(line);
  return EXIT.done;
}

/** The lines of every built-in playbook. */
export async function sudoersLines(
  context: CliContext,
  { user }: { readonly user: string },
): Promise<readonly string[]> {
  return linesOf(await findSudo(context, [], undefined), context, user);
}

async function findSudo(
  context: CliContext,
  names: readonly string[],
  dir: string | undefined,
): Promise<readonly SudoOutcome[]> {
  const chosen = choosePlaybooks(names, await loadAll(context, dir));
  const playbooks = chosen.map(({ playbook }) => playbook);
  const programs = new Set(
    playbooks.flatMap(({ spec }) =>
      spec.steps.flatMap(({ argv, fallback = [] }) => [argv?.[0], ...fallback.map((each) => each.argv[0])]),
    ),
  );
  const paths = new Map<string, string>();
  for (const program of programs) {
    if (program === undefined) continue;
    paths.set(
      program,
      program.startsWith('/') ? program : ((await findProgram(program, ADMIN_PATH)) ?? `/usr/bin/${program}`),
    );
  }
  return neededSudo(playbooks, (program) => paths.get(program) ?? program);
}

/** What is left out is said. */
function linesOf(outcomes: readonly SudoOutcome[], { io }: CliContext, user: string): readonly string[] {
  return outcomes.flatMap((outcome) => {
    if (outcome.kind === 'refused') {
      io.err(`${io.errorStyle.warn('warning:')} ${outcome.playbook} step ${outcome.step} is left out: ${outcome.why}`);
      return [];
    }
    const { playbook, step, command, isPattern } = outcome.line;
    return [
      `# ${playbook}: ${step}${isPattern ? ' (sudo 1.9.10 or newer)' : ''}`,
      `${user} ALL=(root) NOPASSWD: ${command}`,
    ];
  });
}
