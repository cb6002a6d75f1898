import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { manifestsDir } from '../../install/kustomization.ts';
import type { Installation } from '../../install/installation.ts';
import { renderInstallation } from '../../install/render.ts';
import { loadPolicy, POLICY_FILE } from '../../policy/policy-file.ts';
import { formatYamlObjects } from '../../schema/yaml-objects.ts';
import { readTrustFiles } from '../../signature/trust-folder.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { checkRenderFlags, type RenderFlags } from './check-render-flags.ts';

/** Prints the manifests of one installation. */
export async function printInstallation(context: CliContext, flags: RenderFlags): Promise<ExitCode> {
  const { io, cwd } = context;
  const { trustDir } = flags;
  const installation = {
    ...checkRenderFlags(flags),
    ...(trustDir === undefined ? {} : { trust: await readTrust(resolve(cwd, trustDir)) }),
  };
  const objects = await renderInstallation(installation, manifestsDir());
  if (context.flags.json) {
    io.out(JSON.stringify({ objects }, undefined, 2));
    return EXIT.done;
  }
  io.out(formatYamlObjects(objects).trimEnd());
  if (trustDir === undefined && installation.type !== 'hosted') {
    io.err(
      `${io.errorStyle.warn('warning:')} nobody is enrolled: the processor refuses everybody until claude-trust is filled in (--trust-dir)`,
    );
  }
  return EXIT.done;
}

/** The files of a folder of trust; a mistake in one of them is better seen here than when the pod does not start. */
async function readTrust(folder: string): Promise<NonNullable<Installation['trust']>> {
  const { allowed, revoked } = await readTrustFiles(folder);
  const file = join(folder, POLICY_FILE);
  await loadPolicy(file);
  return { allowed_signers: allowed, revoked_keys: revoked, 'policy.yaml': await readFile(file, 'utf8') };
}
