import { readEnrolments, type Enrolment } from '../../client/enrolment.ts';
import { environmentValue } from '../../config/environment.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import { WarroomError } from '../../domain/errors.ts';
import { enrolmentRefPrefix } from '../../domain/repository-layout.ts';
import type { CliContext } from '../context.ts';

/** The folder of trust; throws `usage` for a processor that has none. */
export function trustDirOf(settings: ProcessorSettings): string {
  if (settings.trustDir !== undefined) return settings.trustDir;
  throw new WarroomError('usage', `${settings.file} has no trustDir`, {
    why: 'keys of people are kept in that folder of the zone',
    hint: 'add  trustDir: /etc/claude-warroom/trust  and  trust: required',
  });
}

/** Enrolments in the war room, read with the credentials of the processor. */
export async function readZoneEnrolments(
  context: CliContext,
  settings: ProcessorSettings,
): Promise<readonly Enrolment[]> {
  const { openZoneWarRoom } = await import('../../composition-war-room.ts');
  const { env, clock, signal } = context;
  const warRoom = await openZoneWarRoom({ settings, env });
  try {
    const snapshot = await warRoom.refresh({ refPrefixes: [enrolmentRefPrefix(warRoom.refNamespace)], signal });
    const path = environmentValue(env, 'PATH');
    return await readEnrolments(snapshot, { namespace: warRoom.refNamespace, now: clock.now(), path, signal });
  } finally {
    await warRoom.close();
  }
}
