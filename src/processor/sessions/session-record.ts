import { isWarroomError } from '../../domain/errors.ts';
import type { RedactedText } from '../../domain/redacted-text.ts';
import { signaturePath } from '../../domain/repository-layout.ts';
import type { RequestId } from '../../domain/request-id.ts';
import { sessionPath } from '../../domain/session-layout.ts';
import { SIGNATURE_NAMESPACES } from '../../domain/signature.ts';
import { sha256 } from '../../lib/digest.ts';
import type { Manifest, SessionState } from '../../schema/generated.ts';
import { formatJson, formatYaml } from '../../schema/format-document.ts';
import { renderSessionPage, type ShownTranscript } from '../../session/record-page.ts';
import type { SessionContext } from './session-context.ts';

export interface SessionRecord {
  readonly files: ReadonlyMap<string, RedactedText>;
  /** The conversation could not be redacted: the record says so, and does not hold it. */
  readonly isWithheld: boolean;
}

type RecordContext = Pick<SessionContext, 'createRedaction' | 'clock' | 'key' | 'versions'>;

/** The files of a session that is over. A conversation that redaction cannot vouch for is left out, whatever it says. */
export async function sessionRecord(
  context: RecordContext,
  state: SessionState & { readonly id: RequestId },
  shown: ShownTranscript,
): Promise<SessionRecord> {
  try {
    return { files: await recordFiles(context, state, shown), isWithheld: false };
  } catch (error) {
    if (!isWarroomError(error, 'redaction') || shown.kind === 'absent') throw error;
    const why = 'The conversation is not published: it could not be redacted.';
    return { files: await recordFiles(context, state, { kind: 'absent', why }), isWithheld: true };
  }
}

async function recordFiles(
  context: RecordContext,
  state: SessionState & { readonly id: RequestId },
  shown: ShownTranscript,
): Promise<ReadonlyMap<string, RedactedText>> {
  const redaction = await context.createRedaction('result');
  const texts = new Map([
    ['README.md', renderSessionPage(state, shown)],
    ['session.yaml', formatYaml('SessionState', state)],
  ]);
  // A secret that the last lines give away may stand in the first ones too.
  for (let round = 0; round < 2; round++) {
    for (const [path, text] of texts) texts.set(path, await redaction.redact(text));
  }
  texts.set('redactions.json', `${JSON.stringify(redaction.counts(), undefined, 2)}\n`);
  const files = new Map<string, RedactedText>();
  for (const [path, text] of texts) files.set(path, await redaction.verify(text));
  const manifest: Manifest = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Manifest',
    id: state.id,
    cluster: state.cluster,
    attempt: state.phase === 'refused' ? 0 : 1,
    phase: state.phase === 'refused' ? 'rejected' : 'succeeded',
    request: { path: sessionPath(state.id), sha256: state.requestSha256 },
    files: [...files].map(([path, text]) => ({ path, sha256: sha256(text), bytes: Buffer.byteLength(text) })),
    versions: { ...context.versions },
    finishedAt: state.times.endedAt ?? state.times.createdAt,
  };
  const sealing = await redaction.verify(formatJson('Manifest', manifest));
  files.set('manifest.json', sealing);
  const signature = await context.key.sign(sealing, SIGNATURE_NAMESPACES.result);
  return files.set(signaturePath('manifest.json'), await redaction.verify(signature));
}
