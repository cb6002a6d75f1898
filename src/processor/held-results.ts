import type { RedactedText } from '../domain/redacted-text.ts';
import { signaturePath } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import { formatJson } from '../schema/format-document.ts';
import type { Manifest, Status } from '../schema/generated.ts';
import type { Kinds } from '../schema/kinds.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { keepFiles, keptPath } from '../zone/kept-files.ts';
import type { ProcessorContext } from './context.ts';
import type { OutboxEntry } from './outbox.ts';
import { failureFiles } from './result-files.ts';
import type { StoppedBy } from './cancellation.ts';

/** Why an order about a held result was not followed; undefined when it was. */
type Refusal = string | undefined;

/** Lets a held result leave with the next look; its manifest says who let it. */
export async function releaseHeld(context: ProcessorContext, id: RequestId, by: StoppedBy): Promise<Refusal> {
  const entry = await readHeld(context, id);
  if (entry === undefined) return `${id} is not held here`;
  const redaction = await context.createRedaction();
  const manifest: Manifest = {
    ...documentOf('Manifest', entry, 'manifest.json'),
    released: { by: by.who, at: context.clock.now().toISOString(), reason: by.reason },
  };
  const text = await redaction.redact(formatJson('Manifest', manifest));
  await context.ledger.append({ event: 'released', id, who: by.who, reason: by.reason });
  // Another manifest needs another signature.
  const signature = await redaction.verify(await context.key.sign(text, SIGNATURE_NAMESPACES.result));
  const files = new Map(entry.files).set('manifest.json', text).set(signaturePath('manifest.json'), signature);
  await context.outbox.store({ ...entry, files, isHeld: false });
  return undefined;
}

/** Replaces a held result by the record that it was withheld; what it said stays in the zone. */
export async function discardHeld(context: ProcessorContext, id: RequestId, by: StoppedBy): Promise<Refusal> {
  const entry = await readHeld(context, id);
  if (entry === undefined) return `${id} is not held here`;
  const manifest = documentOf('Manifest', entry, 'manifest.json');
  const before = documentOf('Status', entry, 'status.yaml');
  await keepFiles(keptPath(context.settings.stateDir, 'kept', id), entry.files);
  await context.ledger.append({ event: 'withheld', id, who: by.who, reason: by.reason });
  const redaction = await context.createRedaction();
  const files = await failureFiles({
    status: await redaction.redactValue(withheldStatus(before, by)),
    redaction,
    requestPath: manifest.request.path,
    folder: entry.folder,
    versions: manifest.versions,
    signer: manifest.request.signer,
    key: context.key,
    ...(manifest.policy === undefined ? {} : { policy: manifest.policy }),
  });
  const { outcome: _outcome, ...rest } = entry;
  await context.outbox.store({ ...rest, phase: 'failed', files, isHeld: false });
  await context.ledger.append({ event: 'finished', id, attempt: entry.attempt, phase: 'failed' });
  return undefined;
}

async function readHeld({ outbox }: ProcessorContext, id: RequestId): Promise<OutboxEntry | undefined> {
  if (!(await outbox.ids()).includes(id) || !(await outbox.isHeld(id))) return undefined;
  return await outbox.read(id);
}

function documentOf<Name extends 'Manifest' | 'Status'>(kind: Name, entry: OutboxEntry, file: string): Kinds[Name] {
  const text: RedactedText | string = entry.files.get(file) ?? '';
  const parsed = parseDocument(kind, text, { file });
  if (!parsed.ok) throw new Error(`the held result ${entry.id} has no ${file} that can be read`);
  return parsed.value;
}

function withheldStatus(before: Status, by: StoppedBy): Status {
  const { apiVersion, kind, id, cluster, title, requester, attempt, attempts, processor, times, requestSha256 } =
    before;
  return {
    apiVersion,
    kind,
    id,
    cluster,
    ...(title === undefined ? {} : { title }),
    ...(requester === undefined ? {} : { requester }),
    phase: 'failed',
    reason: {
      code: 'withheld',
      message: `the administrator of ${cluster} keeps the result in the zone: ${by.reason} (${by.who})`.slice(0, 1000),
      hint: 'ask the administrator of the cluster',
    },
    attempt,
    attempts: attempts.map((one) => (one.number === attempt ? { ...one, result: 'failed' } : one)),
    processor,
    times,
    requestSha256,
  };
}
