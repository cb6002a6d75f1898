import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessorSettings } from './config/processor-settings.ts';
import type { ProcessorEvent } from './domain/events.ts';
import { systemClock } from './lib/clock.ts';
import type { ProcessorContext } from './processor/context.ts';
import type { PolicyGate } from './processor/policy-gate.ts';
import type { TrustFolder } from './signature/trust-folder.ts';

/** The part of composition that opens the key of a processor and the keys that it believes. */

/** The key that signs results, and whose signatures count. */
export async function openSigning(
  settings: ProcessorSettings,
  { path, emit }: { readonly path: string; readonly emit: (event: ProcessorEvent) => void },
): Promise<Pick<ProcessorContext, 'key' | 'verifier'> & { readonly trustFolder: TrustFolder | undefined }> {
  const [{ openProcessorKey }, { openTrustFolder, ALLOWED_SIGNERS_FILE }, { createSignatureVerifier }] =
    await Promise.all([
      import('./signature/processor-key.ts'),
      import('./signature/trust-folder.ts'),
      import('./signature/signature-verifier.ts'),
    ]);
  const { stateDir, trust, trustDir, signingKeyFile } = settings;
  const key = await openProcessorKey({ file: signingKeyFile, stateDir, path });
  if (trustDir === undefined && trust === 'required') throw new Error('trust is required without a trustDir');
  // An open war room may have a policy without keys.
  if (trustDir === undefined || (trust === 'open' && !existsSync(join(trustDir, ALLOWED_SIGNERS_FILE)))) {
    return { key, verifier: undefined, trustFolder: undefined };
  }
  const trustFolder = await openTrustFolder({
    dir: trustDir,
    privateDir: join(stateDir, 'trust'),
    onProblem: (message) => {
      emit({ type: 'warning', code: 'trust', message: `the last good keys stay in force: ${message}` });
    },
  });
  const verifier =
    trust === 'open' ? undefined : createSignatureVerifier({ folder: trustFolder, clock: systemClock, path });
  return { key, verifier, trustFolder };
}

/** Who may sign what only administrators may. Without a policy there are none: then no such document counts. */
export async function openAdministrators(
  trustFolder: TrustFolder | undefined,
  { gate, path }: { readonly gate: PolicyGate | undefined; readonly path: string },
): Promise<ProcessorContext['verifyAdministrator']> {
  if (trustFolder === undefined || gate === undefined) return undefined;
  const { createVerifyAdministrator } = await import('./zone/signed-file.ts');
  return createVerifyAdministrator({
    trust: trustFolder,
    isAdministrator: (principal) => gate.isAdministrator(principal),
    clock: systemClock,
    path,
  });
}
