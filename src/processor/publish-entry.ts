import { isWarroomError } from '../domain/errors.ts';
import { isTerminal } from '../domain/phase.ts';
import { claimRef, resultFolder } from '../domain/repository-layout.ts';
import { backoffDelayMs } from '../lib/backoff.ts';
import { fileText } from '../repository/file-content.ts';
import type { Change, LandOutcome, RefValue, Snapshot } from '../repository/port.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { aggregateParts, readSharedRequest, type Aggregation } from './aggregate.ts';
import type { ProcessorContext } from './context.ts';
import { offloadEvidence } from './offload-evidence.ts';
import type { OutboxEntry } from './outbox.ts';
import { readStatus } from './read-status.ts';

/** Pushes with the page over all parts; then the part goes alone, and the page is made by whoever notices. */
const SHARED_ATTEMPTS = 8;
const SHARED_BACKOFF = { firstMs: 100, maxMs: 2000 };

/**
 * Pushes a stored result and the end of its claim, all or nothing: who lost the claim cannot publish. One of several parts
 * brings the page over all parts along, made for exactly the tip that it is pushed onto. Afterwards the ledger says so and
 * the outbox entry is gone.
 */
export async function publishEntry(context: ProcessorContext, entry: OutboxEntry, claim: RefValue): Promise<void> {
  context.failpoint('before-publish');
  context.pushBudget.take();
  const outcome = await landed(context, entry, claim);
  context.failpoint('after-publish');
  if (outcome === undefined) return;
  if (outcome.kind === 'landed') {
    await finish(context, entry, outcome.commit);
    return;
  }
  // The answer to an earlier push may have been lost: then the result that is there is this one.
  const snapshot = await context.warRoom.refresh({ refPrefixes: [] });
  if (await isPublished(snapshot, entry)) {
    await finish(context, entry, snapshot.tip);
    return;
  }
  await context.outbox.remove(entry.id);
  context.emit({ type: 'fenced', id: entry.id });
}

/** Undefined when the commit would touch what it must not; then the entry is dropped, and the attempt is over. */
async function landed(
  context: ProcessorContext,
  entry: OutboxEntry,
  claim: RefValue,
): Promise<LandOutcome | undefined> {
  try {
    return (
      (await landWithPage(context, entry, claim)) ??
      (await context.warRoom.land(changeOf(entry, claim), { attempts: 20 }))
    );
  } catch (error) {
    if (!isWarroomError(error, 'not-allowed')) throw error;
    await context.outbox.remove(entry.id);
    context.emit({ type: 'warning', code: error.code, message: `${error.message}: ${error.why ?? ''}` });
    return undefined;
  }
}

/** Undefined when there is no page to bring along, or when others were faster each time. */
async function landWithPage(
  context: ProcessorContext,
  entry: OutboxEntry,
  claim: RefValue,
): Promise<LandOutcome | undefined> {
  if (entry.folder === resultFolder(entry.id)) return undefined;
  for (let attempt = 0; attempt < SHARED_ATTEMPTS; attempt++) {
    if (attempt > 0) await context.clock.sleep(backoffDelayMs(SHARED_BACKOFF, attempt - 1, Math.random));
    const snapshot = await context.warRoom.refresh({ refPrefixes: [] });
    const page = await pageUnlessBroken(context, entry, snapshot);
    if (page?.kind !== 'write') return undefined;
    const change = changeOf(entry, claim);
    const outcome = await context.warRoom.land(
      {
        ...change,
        files: [...change.files, ...page.files],
        within: [...(change.within ?? []), ...page.files.map(({ path }) => path)],
        onto: snapshot.tip,
      },
      { attempts: 1 },
    );
    if (outcome.kind !== 'moved') return outcome;
  }
  return undefined;
}

/** Whatever the parts of others hold, it does not hold back this one. */
async function pageUnlessBroken(
  context: ProcessorContext,
  entry: OutboxEntry,
  snapshot: Snapshot,
): Promise<Aggregation | undefined> {
  try {
    return await pageOf(context, entry, snapshot);
  } catch (error) {
    if (!isWarroomError(error, 'redaction')) throw error;
    const message = `${entry.id}: published without the page over all parts: ${error.message}`;
    context.emit({ type: 'warning', code: error.code, message });
    return undefined;
  }
}

async function pageOf(
  context: ProcessorContext,
  entry: OutboxEntry,
  snapshot: Snapshot,
): Promise<Aggregation | undefined> {
  const parsed = parseDocument('Manifest', entry.files.get('manifest.json') ?? '', { file: 'manifest.json' });
  if (!parsed.ok) return undefined;
  const { request } = parsed.value;
  // Bytes that nobody vouches for reach no parser.
  if (context.settings.trust === 'required' && request.signer === undefined) return undefined;
  const shared = await readSharedRequest(snapshot, entry.id, request);
  if (shared === undefined) return undefined;
  return await aggregateParts(context, shared, { snapshot, own: entry.files, expired: new Map() });
}

function changeOf(entry: OutboxEntry, claim: RefValue): Change {
  const { id, attempt, phase, folder } = entry;
  return {
    files: [...entry.files].map(([path, content]) => ({ path: `${folder}/${path}`, content })),
    message: `result ${id}\n\nWarroom-Id: ${id}\nWarroom-Attempt: ${attempt}\nWarroom-Phase: ${phase}\n`,
    within: [`${folder}/`],
    deleteRefs: [claim],
  };
}

/**
 * Publishes what an earlier start, or a cycle without connection, left behind. The claim of an entry is ours when it
 * names this processor, whatever start of it; without one somebody else may be at work, and the result is dropped.
 */
export async function flushOutbox(
  context: ProcessorContext,
  snapshot: Snapshot,
  options: { readonly busy: ReadonlySet<string>; readonly claimHolders: ReadonlyMap<string, string> },
): Promise<void> {
  for (const id of await context.outbox.ids()) {
    if (options.busy.has(id)) continue;
    const entry = await context.outbox.read(id);
    if (await isPublished(snapshot, entry)) {
      await finish(context, entry, snapshot.tip);
      continue;
    }
    if (await isSettled(snapshot, entry)) {
      await context.outbox.remove(entry.id);
      context.emit({ type: 'fenced', id: entry.id });
      continue;
    }
    const ref = claimRef(context.warRoom.refNamespace, context.settings.cluster.name, entry.id);
    const commit = snapshot.refs.get(ref);
    if (commit === undefined || options.claimHolders.get(ref) !== context.settings.holder) {
      await context.outbox.remove(entry.id);
      context.emit({ type: 'fenced', id: entry.id });
      continue;
    }
    await publishEntry(context, await offloadEvidence(context, entry), { ref, expected: commit });
  }
}

async function finish(context: ProcessorContext, entry: OutboxEntry, commit: string): Promise<void> {
  await context.ledger.append({ event: 'published', id: entry.id, phase: entry.phase, commit });
  context.failpoint('after-published');
  // A crash before the entry is gone leads here again, so no publisher misses it.
  await context.publishers?.accept(entry);
  await context.outbox.remove(entry.id);
  context.emit({
    type: 'published',
    id: entry.id,
    phase: entry.phase,
    commit,
    ...(entry.outcome === undefined ? {} : { outcome: entry.outcome }),
  });
}

/** Whether exactly this result is in the war room: its manifest names every file by digest. */
async function isPublished(snapshot: Snapshot, entry: OutboxEntry): Promise<boolean> {
  const path = `${entry.folder}/manifest.json`;
  const content = (await snapshot.readPaths([path], { maxBytes: 1024 * 1024 })).get(path);
  return content !== undefined && fileText(content) === entry.files.get('manifest.json');
}

/** Whether another terminal record is there. */
async function isSettled(snapshot: Snapshot, entry: OutboxEntry): Promise<boolean> {
  const status = await readStatus(snapshot, entry.folder);
  return status !== undefined && isTerminal(status.phase);
}
