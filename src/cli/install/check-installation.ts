import { resolve } from 'node:path';
import { loadClientConfig } from '../../config/client-config.ts';
import { WarroomError } from '../../domain/errors.ts';
import { controlPlaneNamespace } from '../../install/render-network.ts';
import type { CliContext } from '../context.ts';
import type { Check } from '../doctor/check.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderChecks } from '../render/checks.ts';
import { checkAccess } from './check-access.ts';
import { checkArgoCd } from './check-argocd.ts';
import { checkNetwork, checkPod } from './check-objects.ts';
import { checkRoom } from './check-room.ts';
import { checkWebhooks } from './check-webhooks.ts';
import { createKubectl } from './kubectl.ts';

export interface CheckFlags {
  readonly type: string;
  readonly hosted: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly inside?: boolean;
  readonly c?: string;
}

/** Verifies an installation; changes nothing. */
export async function checkInstallation(context: CliContext, flags: CheckFlags): Promise<ExitCode> {
  const { io } = context;
  if (!['hub', 'hosted', 'hosted-processor'].includes(flags.type)) {
    throw new WarroomError('usage', `--type: ${JSON.stringify(flags.type)} cannot be used`, {
      why: 'it must be one of hub, hosted, hosted-processor',
    });
  }
  const checks = flags.inside === true ? await checksInside(context, flags.c) : await checksOutside(context, flags);
  const isGood = checks.every(({ state }) => state !== 'fail');
  if (context.flags.json) {
    const rows = checks.map(({ name, state, text, fix }) => ({ name, state, text, fix: fix ?? null }));
    io.out(JSON.stringify({ ok: isGood, checks: rows }, null, 2));
  } else {
    for (const line of renderChecks(checks, io)) io.out(line);
  }
  return isGood ? EXIT.done : EXIT.failed;
}

async function checksOutside(context: CliContext, flags: CheckFlags): Promise<readonly Check[]> {
  const { env, cwd, signal } = context;
  const { kubeconfig, context: named, type, hosted } = flags;
  const kubectl = await createKubectl({
    env,
    signal,
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(cwd, kubeconfig) }),
    ...(named === undefined ? {} : { context: named }),
  });
  try {
    const { repository } = await loadClientConfig({ env, cwd, flags: context.flags });
    return [
      ...(type === 'hosted'
        ? []
        : [
            ...(await checkPod(kubectl)),
            ...(await checkNetwork(kubectl)),
            ...(await checkRoom(kubectl)),
            ...(await checkWebhooks(kubectl)),
          ]),
      ...(await checkAccess(kubectl, {
        side: type === 'hub' ? 'hub' : 'hosted',
        controlPlanes: hosted.map(controlPlaneNamespace),
      })),
      ...(repository === undefined ? [] : await checkArgoCd(kubectl, repository.url)),
    ];
  } finally {
    await kubectl.close();
  }
}

async function checksInside(context: CliContext, file: string | undefined): Promise<readonly Check[]> {
  const { loadZone } = await import('../zone.ts');
  const { checkClusterAccess } = await import('../doctor/cluster-access.ts');
  const { checkProcessorFile } = await import('../doctor/processor-file.ts');
  const { checkGit, checkModel } = await import('./check-egress.ts');
  const settings = await loadZone(context, file);
  return [
    ...(await checkProcessorFile(context, settings.file)),
    ...(await checkClusterAccess(settings.file, context.env)),
    await checkGit(settings, context),
    await checkModel(settings, context),
  ];
}
