import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Lays out what claude reads when somebody starts it in the pod of a session, so that the first thing they see is its prompt:
 * without it claude asks for a colour scheme, shows notes, and offers to leave because it does not know the folder, which
 * is the session's own. And a person decides what runs there: newer versions of claude would begin in a mode in which it
 * decides by itself, or offer it with the first key (2.1.329). What is there already, by somebody who was faster, stays as
 * it is.
 */
export async function prepareClaude(stateDir: string, workFolder: string): Promise<void> {
  await mkdir(stateDir, { recursive: true });
  await writeOnce(join(stateDir, '.claude.json'), {
    hasCompletedOnboarding: true,
    projects: { [workFolder]: { hasTrustDialogAccepted: true } },
  });
  await writeOnce(join(stateDir, 'settings.json'), {
    permissions: {
      defaultMode: 'default',
      disableAutoMode: 'disable',
      disableBypassPermissionsMode: 'disable',
    },
  });
}

async function writeOnce(file: string, value: unknown): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(value)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
