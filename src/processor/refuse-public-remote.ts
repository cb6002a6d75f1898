import { WarroomError } from '../domain/errors.ts';
import type { ProcessorContext } from './context.ts';

/** What a look at the war room without credentials gave; the adapter of the repository makes it. */
export type StrangerLook =
  { readonly kind: 'readable' | 'refused' } | { readonly kind: 'unknown'; readonly why: string };

/** Throws `not-allowed` for a war room that everybody can read, unless the configuration allows it. */
export async function refusePublicRemote(
  { settings, warRoom, emit }: Pick<ProcessorContext, 'settings' | 'warRoom' | 'emit'>,
  look: () => Promise<StrangerLook>,
): Promise<void> {
  if (warRoom.isLocal || settings.disclosure.allowPublicRemote) return;
  const access = await look();
  if (access.kind === 'readable') {
    throw new WarroomError('not-allowed', 'everybody can read this war room', {
      why: `${warRoom.address} answered without any credential, and results would be public`,
      hint: 'make the repository private, or set  disclosure: {allowPublicRemote: true}',
    });
  }
  if (access.kind === 'unknown') {
    const message = `it is not known whether strangers can read ${warRoom.address}: ${access.why}`;
    emit({ type: 'warning', code: 'public-remote', message });
  }
}
