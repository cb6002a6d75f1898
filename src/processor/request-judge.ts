import { setImmediate } from 'node:timers/promises';
import type { RequestFileContent } from '../domain/request.ts';
import { SIGNATURE_NAMESPACES, type SignatureVerdict } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import { inParallel } from '../lib/in-parallel.ts';
import { randomHex } from '../lib/random-text.ts';
import { parseSignature } from '../signature/armor.ts';
import type { SignatureVerifier } from '../signature/signature-verifier.ts';
import type { Trust } from '../signature/trust-folder.ts';
import type { ProcessorContext } from './context.ts';
import { judgeRequest, type JudgedRequest } from './judge-request.ts';
import { fairOrder } from './next-move.ts';

/** Time for signatures in one look. What is left waits for the next: claims must be renewed and results published. */
const BUDGET_MS = 2000;
/** Processes of ssh-keygen at once. */
const LIMIT = 2;

/** Key that a signature claims, and the place among the files of that key. */
interface Turn {
  readonly requester: string;
  readonly id: string;
}

/**
 * Remembers what each request file is, for as long as the keys of the zone do not change.
 *
 * unjudged  read, but there was no time left for its signature
 * judged    its signature was verified, and it was parsed if somebody vouches for it
 */
export class RequestJudge {
  readonly #context: ProcessorContext;
  readonly #judged = new Map<string, { readonly digest: string; readonly judged: JudgedRequest }>();
  readonly #turns = new Map<string, Turn>();
  /** Nobody outside knows the order in which files get their turn, so nobody can push in. */
  readonly #lot: string;

  constructor(context: ProcessorContext) {
    this.#context = context;
    this.#lot = randomHex(16, context.random);
  }

  /** Judges the files that are new, by their keys; resolves with the number that must wait. */
  async judge(files: ReadonlyMap<string, RequestFileContent>, signal: AbortSignal): Promise<number> {
    const { verifier } = this.#context;
    const trust = await verifier?.trust();
    const digest = trust?.digest ?? '';
    this.#forgetAllBut(files);
    const unjudged = [...files].filter(([key]) => this.#judged.get(key)?.digest !== digest);
    if (verifier === undefined || trust === undefined) {
      for (const [key, file] of unjudged) await this.#settle(key, file, { verdict: undefined, digest });
      return 0;
    }
    return await this.#verifyAll(unjudged, { verifier, trust, signal });
  }

  #forgetAllBut(files: ReadonlyMap<string, unknown>): void {
    for (const remembered of [this.#judged, this.#turns]) {
      for (const key of remembered.keys()) if (!files.has(key)) remembered.delete(key);
    }
  }

  /** Undefined for a file that waits. */
  get(key: string): JudgedRequest | undefined {
    return this.#judged.get(key)?.judged;
  }

  async #verifyAll(
    unjudged: readonly (readonly [string, RequestFileContent])[],
    options: { readonly verifier: SignatureVerifier; readonly trust: Trust; readonly signal: AbortSignal },
  ): Promise<number> {
    const { verifier, trust, signal } = options;
    const { clock } = this.#context;
    const startedMs = clock.monotonicMs();
    return await inParallel(
      this.#drawn(unjudged),
      async ([key, read]) => {
        const file = this.#asAccepted(read);
        const namespace = SIGNATURE_NAMESPACES.request;
        const verdict =
          verifier.known(file, namespace, trust) ?? (await verifier.verify(file, namespace, { trust, signal }));
        await this.#settle(key, file, { verdict, digest: trust.digest });
      },
      { limit: LIMIT, isOver: () => signal.aborted || clock.monotonicMs() - startedMs > BUDGET_MS },
    );
  }

  /** Keys in turn, so that a flood under one of them keeps nobody else waiting; by lot among the files of one key. */
  #drawn<Item extends readonly [string, RequestFileContent]>(items: readonly Item[]): readonly Item[] {
    return fairOrder(
      items.map((item) => ({ item, ...this.#turnOf(item[0], item[1]) })),
      new Map(),
    ).map(({ item }) => item);
  }

  #turnOf(key: string, { signature }: RequestFileContent): Turn {
    const known = this.#turns.get(key);
    if (known !== undefined) return known;
    const claimed = signature === undefined ? undefined : parseSignature(signature);
    const turn = { requester: claimed?.key.fingerprint ?? '', id: sha256(this.#lot + key) };
    this.#turns.set(key, turn);
    return turn;
  }

  /** The signature that was accepted counts, whatever lies beside the same bytes today. */
  #asAccepted(file: RequestFileContent): RequestFileContent {
    const known = this.#context.ledger.request(file.id);
    if (known?.signer === undefined || known.sha256 !== file.sha256) return file;
    return { ...file, signature: known.signer.signature };
  }

  async #settle(
    key: string,
    file: RequestFileContent,
    { verdict, digest }: { readonly verdict: SignatureVerdict | undefined; readonly digest: string },
  ): Promise<void> {
    const judged = judgeRequest(file, verdict, this.#context.settings.cluster.name);
    this.#judged.set(key, { digest, judged });
    // Bent files take half a second each; leases are renewed in between.
    await setImmediate();
  }
}
