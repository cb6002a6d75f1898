import { readClusters } from '../client/clusters.ts';
import { findRequest } from '../client/find-request.ts';
import { readFollowUps } from '../client/read-thread.ts';
import { isTerminal } from '../domain/phase.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { requestJson } from './render/request-json.ts';
import { renderRequest } from './render/request-detail.ts';
import { withWarRoom } from './session.ts';

/** Prints everything about one request. */
export async function showRequest(context: CliContext, selector: string): Promise<ExitCode> {
  const { io, clock, signal, flags } = context;
  return await withWarRoom(context, async ({ warRoom, principal }) => {
    const now = clock.now();
    const { view, snapshot } = await findRequest(warRoom, { selector, now, principal, signal });
    if (flags.json) {
      io.out(JSON.stringify(requestJson(view), null, 2));
      return EXIT.done;
    }
    const isOpen = view.phase !== 'invalid' && !isTerminal(view.phase);
    const namespace = warRoom.refNamespace;
    const known = isOpen ? await readClusters(snapshot, { namespace, now, signal }) : undefined;
    const { style, width } = io;
    const followUps = await readFollowUps(snapshot, view.id, { namespace, now, signal });
    const options = { now, width, style, followUps, ...(known === undefined ? {} : { clusters: known.clusters }) };
    for (const line of renderRequest(view, options)) io.out(line);
    return EXIT.done;
  });
}
