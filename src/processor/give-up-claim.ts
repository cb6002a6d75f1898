import type { Work } from './work.ts';

/** Ends the claim of unfinished work, so that others need not wait for the lease. */
export async function giveUpClaim(work: Work): Promise<void> {
  const { keeper, context } = work;
  if (keeper === undefined) return;
  await keeper.stop();
  await context.warRoom.deleteRefs([{ ref: keeper.ref, expected: keeper.commit }]);
}
