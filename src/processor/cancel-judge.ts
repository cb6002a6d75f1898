import { checkCancel, type CancelVerdict } from '../admission/check-cancel.ts';
import { cancelPath, inboxRef, MAX_REQUEST_BYTES, signaturePath } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import { inParallel } from '../lib/in-parallel.ts';
import type { FileContent, Snapshot, TreeFile } from '../repository/port.ts';
import type { SignatureVerifier, SignedFile } from '../signature/signature-verifier.ts';
import type { Trust } from '../signature/trust-folder.ts';
import type { ProcessorContext } from './context.ts';
import { signatureText } from './signature-text.ts';

/** Time for the signatures of cancels in one look, and processes of ssh-keygen at once. */
const BUDGET_MS = 1000;
const LIMIT = 2;

/** A request that somebody may have withdrawn. */
export interface Withdrawable {
  readonly id: RequestId;
  /** Who signed it; undefined when nobody vouches for it. */
  readonly requester: string | undefined;
}

export interface CancelPlaces {
  readonly snapshot: Snapshot;
  readonly byPath: ReadonlyMap<string, TreeFile>;
  readonly signal: AbortSignal;
}

/** Says which requests were withdrawn. Without required signatures the file alone decides, as everything there does. */
export class CancelJudge {
  readonly #context: ProcessorContext;
  /** Cancels by the object ids of their bytes, so that a poll that finds nothing new reads nothing. */
  readonly #read = new Map<string, SignedFile | undefined>();

  constructor(context: ProcessorContext) {
    this.#context = context;
  }

  async withdrawn(
    requests: readonly Withdrawable[],
    places: CancelPlaces,
    onIgnored: (path: string, why: string) => void,
  ): Promise<ReadonlySet<RequestId>> {
    const found = requests.flatMap((request) => this.#places(request, places));
    const { verifier, policy } = this.#context;
    const isAdministrator = (principal: string): boolean => policy?.isAdministrator(principal) === true;
    if (verifier === undefined) return new Set(found.map(({ id }) => id));
    await this.#readAll(found, places);
    const trust = await verifier.trust();
    const withdrawn = new Set<RequestId>();
    const { clock } = this.#context;
    const startedMs = clock.monotonicMs();
    await inParallel(
      found,
      async ({ id, requester, key, path }) => {
        const file = this.#read.get(key);
        if (file === undefined) return;
        const verdict = await verdictOf({ id, requester }, file, {
          verifier,
          trust,
          isAdministrator,
          signal: places.signal,
        });
        if (verdict.kind === 'counts') withdrawn.add(id);
        else onIgnored(path, verdict.why);
      },
      { limit: LIMIT, isOver: () => clock.monotonicMs() - startedMs > BUDGET_MS },
    );
    return withdrawn;
  }

  #places({ id, requester }: Withdrawable, { snapshot, byPath }: CancelPlaces): Found[] {
    const path = cancelPath(id);
    const file = byPath.get(path);
    const ref = inboxRef(this.#context.warRoom.refNamespace, id, 'cancel');
    const commit = snapshot.refs.get(ref);
    const signature = byPath.get(signaturePath(path));
    return [
      ...(file === undefined
        ? []
        : [{ id, requester, path, key: `${id} ${file.oid} ${signature?.oid ?? ''}`, file, signature }]),
      ...(commit === undefined ? [] : [{ id, requester, path: ref, key: `${ref} ${commit}`, ref }]),
    ];
  }

  async #readAll(found: readonly Found[], { snapshot, signal }: CancelPlaces): Promise<void> {
    const keys = new Set(found.map(({ key }) => key));
    for (const key of this.#read.keys()) if (!keys.has(key)) this.#read.delete(key);
    const unread = found.filter(({ key }) => !this.#read.has(key));
    const files = unread.flatMap(({ file, signature }) => [file, signature].filter((each) => each !== undefined));
    const contents = await snapshot.read(files.filter(isPlain), { maxBytes: MAX_REQUEST_BYTES, signal });
    const refs = unread.flatMap(({ ref }) => ref ?? []);
    const inRefs = await snapshot.readRefs(refs, { maxBytes: MAX_REQUEST_BYTES, signal });
    for (const { id, key, file, signature, ref } of unread) {
      const inside = ref === undefined ? undefined : inRefs.get(ref)?.files;
      const path = cancelPath(id);
      const bytes = inside === undefined ? contents.get(file?.oid ?? '') : inside.get(path);
      const signed = inside === undefined ? contents.get(signature?.oid ?? '') : inside.get(signaturePath(path));
      this.#read.set(key, signedFile(bytes, signed));
    }
  }
}

async function verdictOf(
  { id, requester }: Withdrawable,
  file: SignedFile,
  options: {
    readonly verifier: SignatureVerifier;
    readonly trust: Trust;
    /** Only a policy names administrators. */
    readonly isAdministrator: (principal: string) => boolean;
    readonly signal: AbortSignal;
  },
): Promise<CancelVerdict> {
  const { verifier, trust, isAdministrator } = options;
  const namespace = SIGNATURE_NAMESPACES.cancel;
  const verdict = verifier.known(file, namespace, trust) ?? (await verifier.verify(file, namespace, options));
  return checkCancel({ id, bytes: file.bytes, verdict, requester, isAdministrator });
}

interface Found extends Withdrawable {
  readonly path: string;
  readonly key: string;
  readonly file?: TreeFile;
  readonly signature?: TreeFile | undefined;
  readonly ref?: string;
}

function isPlain({ mode }: TreeFile): boolean {
  return mode === '100644';
}

function signedFile(content: FileContent | undefined, signature: FileContent | undefined): SignedFile | undefined {
  if (content?.kind !== 'bytes') return undefined;
  return { bytes: content.bytes, sha256: sha256(content.bytes), signature: signatureText(signature) };
}
