import { resolve } from 'node:path';
import type { CliContext, CommandModule } from '../context.ts';
import type { Check } from '../doctor/check.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom doctor
  $ claude-warroom doctor -c processor.yaml   also check whom a processor trusts, its key, and what it may do in its clusters, with Jobs too
  $ claude-warroom doctor --preflight         also try out Claude Code, without a model and without network
  $ claude-warroom doctor --argo-cd           also ask the cluster of kubectl whether Argo CD follows the war room
  $ claude-warroom doctor --json | jq -r '.checks[] | select(.state != "ok") | .fix'

Changes nothing. Of credentials it says whether they are set, never what they are.
On a pipe each line has, separated by tabs: state, name, text, fix.
Exit code 0 when requests can be asked from here, 1 when something stands in the way.`;

interface DoctorFlags {
  readonly c?: string;
  readonly preflight?: boolean;
  readonly argoCd?: boolean;
}

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('-c <file>', 'configuration of a processor to check as well')
      .option('--argo-cd', 'ask a cluster, by kubectl, whether its Argo CD follows the war room: it must not')
      .option('--preflight', 'start Claude Code against an API on loopback: does it ask before it acts?')
      .addHelpText('after', EXAMPLES);
    action(async (flags: DoctorFlags) => await doctor(getContext(), flags));
  },
};

async function doctor(context: CliContext, options: DoctorFlags): Promise<ExitCode> {
  const { preflight = false, c: processor, argoCd = false } = options;
  const { runChecks } = await import('../doctor/run-checks.ts');
  const { renderChecks } = await import('../render/checks.ts');
  const { io, flags } = context;
  const checks = [
    ...(await runChecks(context, {
      nodeVersion: process.versions.node,
      isPreflight: preflight,
      ...(processor === undefined ? {} : { processor }),
    })),
    ...(processor === undefined ? [] : await clusterChecks(context, processor)),
    ...(argoCd ? await argoCdChecks(context) : []),
  ];
  const isUsable = checks.every(({ state }) => state !== 'fail');
  if (flags.json) {
    const rows = checks.map(({ name, state, text, fix }) => ({ name, state, text, fix: fix ?? null }));
    io.out(JSON.stringify({ ok: isUsable, checks: rows }, null, 2));
  } else {
    for (const line of renderChecks(checks, io)) io.out(line);
  }
  return isUsable ? EXIT.done : EXIT.failed;
}

async function clusterChecks({ cwd, env }: CliContext, file: string): Promise<readonly Check[]> {
  const [{ checkClusterAccess }, { checkJobExecutor }] = await Promise.all([
    import('../doctor/cluster-access.ts'),
    import('../doctor/job-executor.ts'),
  ]);
  const path = resolve(cwd, file);
  return [...(await checkClusterAccess(path, env)), ...(await checkJobExecutor(path, env))];
}

async function argoCdChecks(context: CliContext): Promise<readonly Check[]> {
  const { loadClientConfig } = await import('../../config/client-config.ts');
  const { checkArgoCd } = await import('../install/check-argocd.ts');
  const { createKubectl } = await import('../install/kubectl.ts');
  const { repository } = await loadClientConfig(context);
  if (repository === undefined) return [];
  return await checkArgoCd(await createKubectl(context), repository.url);
}
