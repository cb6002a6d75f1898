import type { FoundRequest } from '../client/find-request.ts';
import { loadProcessorKeys, type ProcessorKeys } from '../client/processor-keys.ts';
import { verifyResult, type ResultVerification } from '../client/verify-result.ts';
import { environmentValue } from '../config/environment.ts';
import { WarroomError } from '../domain/errors.ts';
import { isTerminal } from '../domain/phase.ts';
import { manifestPath, requestPath, resultFolder } from '../domain/repository-layout.ts';
import { sha256 } from '../lib/digest.ts';
import { cleanLine } from '../report/untrusted.ts';
import { fileDocument } from '../repository/file-content.ts';
import type { FileContent } from '../repository/port.ts';
import type { Io } from './context.ts';
import type { Session } from './session.ts';

/** Checks the signature of each part that has ended. A key that is believed from now on is shown on stderr. */
export async function verifyAnswer(
  session: Session,
  { view, snapshot }: FoundRequest,
): Promise<readonly ResultVerification[]> {
  const ended = view.parts.filter(({ phase, finishedAt }) => isTerminal(phase) && finishedAt !== undefined);
  if (ended.length === 0) return [];
  const { context, verification } = session;
  const { clock, env, signal } = context;
  const keys = await loadProcessorKeys(verification);
  const path = requestPath(view.id);
  const request = (await snapshot.readPaths([path], { maxBytes: 64 * 1024, signal })).get(path);
  const checked: ResultVerification[] = [];
  for (const { cluster } of ended) {
    const result = await verifyResult(snapshot, {
      id: view.id,
      cluster,
      folder: view.clusters.length > 1 ? resultFolder(view.id, cluster) : resultFolder(view.id),
      keys,
      mode: verification.pinFile === undefined ? 'strict' : verification.mode,
      now: clock.now(),
      path: environmentValue(env, 'PATH'),
      ...(request?.kind === 'bytes' ? { requestSha256: sha256(request.bytes) } : {}),
      signal,
    });
    checked.push(result);
    if (result.kind === 'verified' && result.by === 'first-use') tellFirstUse(context.io, result);
  }
  if (view.clusters.length < 2) return checked;
  const page = await verifyPage(session, { view, snapshot }, { keys, checked, request });
  return page === undefined ? checked : [...checked, page];
}

/** The page over all parts, signed by one of the clusters that were asked; undefined while there is none. */
async function verifyPage(
  { context, verification }: Session,
  { view, snapshot }: FoundRequest,
  {
    keys,
    checked,
    request,
  }: {
    readonly keys: ProcessorKeys;
    /** The parts. */
    readonly checked: readonly ResultVerification[];
    readonly request: FileContent | undefined;
  },
): Promise<ResultVerification | undefined> {
  const { clock, env, signal } = context;
  const folder = resultFolder(view.id);
  const path = manifestPath(folder);
  const content = (await snapshot.readPaths([path], { maxBytes: 4 * 1024 * 1024, signal })).get(path);
  if (content === undefined) return undefined;
  const writer = fileDocument('Manifest', content, path)?.cluster;
  if (writer === undefined || !view.clusters.includes(writer)) {
    const why = writer === undefined ? 'its manifest cannot be read' : 'who wrote it was not asked';
    return { kind: 'unverified', cluster: cleanLine(writer ?? view.clusters.join(', ')), why, isAggregate: true };
  }
  // Its key is believed for its part, never for the page alone: that would let anybody bring in a key.
  if (!checked.some(({ cluster, kind }) => cluster === writer && kind === 'verified')) {
    return { kind: 'unverified', cluster: writer, why: 'who wrote it has no verified part', isAggregate: true };
  }
  const result = await verifyResult(snapshot, {
    id: view.id,
    cluster: writer,
    folder,
    ...(request?.kind === 'bytes' ? { requestSha256: sha256(request.bytes) } : {}),
    parts: view.clusters,
    keys,
    mode: verification.pinFile === undefined ? 'strict' : verification.mode,
    now: clock.now(),
    path: environmentValue(env, 'PATH'),
    signal,
  });
  return { ...result, isAggregate: true };
}

/** A key that is believed from now on. */
export function tellFirstUse(
  io: Io,
  { cluster, fingerprint }: Extract<ResultVerification, { kind: 'verified' }>,
): void {
  io.err(`${io.errorStyle.warn('new key:')} results of ${cluster} are signed by ${fingerprint}`);
  io.err('  it is remembered; compare it with its administrator: claude-warroom key list');
}

/** Says on stderr what is not verified, and why; nothing when all is well. */
export function tellUnverified(io: Io, checked: readonly ResultVerification[]): void {
  for (const result of checked) {
    if (result.kind === 'verified') continue;
    io.err(`${io.errorStyle.bad('UNVERIFIED')} ${nameOf(result)}: ${cleanLine(result.why)}`);
    if (result.hint !== undefined) io.err(`  ${result.hint}`);
  }
}

/** For `--require-verified`: nothing of an unverified result is shown. */
export function requireVerified(id: string, checked: readonly ResultVerification[]): void {
  const failed = checked.find((result) => result.kind === 'unverified');
  if (failed?.kind !== 'unverified') return;
  throw new WarroomError('not-allowed', `the result of ${id} is not verified`, {
    why: `${failed.isAggregate === true ? nameOf(failed) : failed.cluster}: ${cleanLine(failed.why)}`,
    ...(failed.hint === undefined ? {} : { hint: failed.hint }),
  });
}

/** `VERIFIED` when every one of them is; undefined when nothing was checked. */
export function verificationMark(checked: readonly ResultVerification[]): 'VERIFIED' | 'UNVERIFIED' | undefined {
  if (checked.length === 0) return undefined;
  return checked.every(({ kind }) => kind === 'verified') ? 'VERIFIED' : 'UNVERIFIED';
}

/** One line for people. */
export function verificationText(result: ResultVerification): string {
  if (result.kind === 'unverified') {
    const which = result.isAggregate === true ? ` ${nameOf(result)}` : '';
    return `UNVERIFIED${which}: ${cleanLine(result.why)}`;
  }
  const how = { bundle: 'given out by an administrator', pinned: 'known', 'first-use': 'new, remembered now' }[
    result.by
  ];
  const page = result.isAggregate === true ? ' page over all parts' : '';
  return `VERIFIED${page}, signed by ${result.cluster} with ${result.fingerprint} (${how})`;
}

/** For `--json`; the names are a promise. */
export function verificationJson(checked: readonly ResultVerification[]): readonly object[] {
  return checked.map((result) =>
    result.kind === 'verified'
      ? { ...whichJson(result), verified: true, key: result.fingerprint, by: result.by, why: null }
      : { ...whichJson(result), verified: false, key: null, by: null, why: result.why },
  );
}

function whichJson({ cluster, isAggregate }: ResultVerification): object {
  return { cluster, aggregate: isAggregate === true };
}

function nameOf({ cluster, isAggregate }: ResultVerification): string {
  return isAggregate === true ? `the page over all parts, by ${cluster}` : `the result of ${cluster}`;
}
