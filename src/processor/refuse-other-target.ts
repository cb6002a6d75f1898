import { WarroomError } from '../domain/errors.ts';
import { requestTargets } from '../domain/request.ts';
import type { ReportTarget, TroubleshootingRequest } from '../schema/generated.ts';
import type { Target } from '../target/port.ts';

/**
 * Refuses a target that is not the one that the request demands: a credential may have come to lead somewhere else since
 * the processor started, and an answer about another cluster is worse than none. Who cannot say who it is is refused too.
 */
export async function refuseOtherTarget(
  target: Pick<Target, 'identify'>,
  { request, cluster }: { readonly request: TroubleshootingRequest; readonly cluster: ReportTarget },
): Promise<void> {
  const demanded = requestTargets(request).find(({ name }) => name === cluster.name)?.identity;
  if (demanded === undefined) return;
  const { identity } = await target.identify();
  if (identity === demanded) return;
  throw new WarroomError('not-allowed', `${cluster.name} is not the target that the request demands`, {
    why:
      identity === 'unknown' ? 'it cannot be asked who it is' : `it is ${identity}, and the request says ${demanded}`,
    hint: 'compare  claude-warroom cluster list  with the request, and send it again',
  });
}
