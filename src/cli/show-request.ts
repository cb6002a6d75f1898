import { readClusters } from '../client/clusters.ts';
import { findRequest } from '../client/find-request.ts';
import { readFollowUps } from '../client/read-thread.ts';
import { isTerminal } from '../domain/phase.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { requestJson } from './render/request-json.ts';
import { renderRequest } from './render/request-detail.ts';
import { withWarRoom } from './session.ts';
import { requireVerified, verificationJson, verificationText, verifyAnswer } from './verification.ts';

/** Prints everything about one request. */
export async function showRequest(
  context: CliContext,
  selector: string,
  options: { readonly mustBeVerified: boolean },
): Promise<ExitCode> {
  const { io, clock, signal, flags } = context;
  return await withWarRoom(context, async (session) => {
    const { warRoom, principal } = session;
    const now = clock.now();
    const found = await findRequest(warRoom, { selector, now, principal, signal });
    const { view, snapshot } = found;
    const checked = await verifyAnswer(session, found);
    if (options.mustBeVerified) requireVerified(view.id, checked);
    if (flags.json) {
      io.out(JSON.stringify({ ...requestJson(view), verification: verificationJson(checked) }, null, 2));
      return EXIT.done;
    }
    const isOpen = view.phase !== 'invalid' && !isTerminal(view.phase);
    const namespace = warRoom.refNamespace;
    const known = isOpen ? await readClusters(snapshot, { namespace, now, signal }) : undefined;
    const { style, width } = io;
    const followUps = await readFollowUps(snapshot, view.id, { namespace, now, signal });
    const detail = {
      now,
      width,
      style,
      followUps,
      verification: checked.map(verificationText),
      ...(known === undefined ? {} : { clusters: known.clusters }),
    };
    for (const line of renderRequest(view, detail)) io.out(line);
    return EXIT.done;
  });
}
