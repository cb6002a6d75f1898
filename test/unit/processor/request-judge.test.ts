import { describe, expect, it } from 'vitest';
import { requestPath } from '../../../src/domain/repository-layout.ts';
import { createRequestId } from '../../../src/domain/request-id.ts';
import type { RequestFileContent } from '../../../src/domain/request.ts';
import type { SignatureVerdict } from '../../../src/domain/signature.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import type { ProcessorContext } from '../../../src/processor/context.ts';
import { RequestJudge } from '../../../src/processor/request-judge.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { exampleRequest } from '../../support/example-request.ts';
import { createQuickSigner } from '../../support/quick-signer.ts';

const SIGNER = { principal: 'alice@example.com', fingerprint: `SHA256:${'a'.repeat(43)}` };
const REFUSED: SignatureVerdict = { kind: 'refused', code: 'bad-signature', message: 'no' };

/** A judge whose signatures take 20 ms each, on a clock of its own. */
function aJudge(options: { readonly verdict: (file: { signature: string | undefined }) => SignatureVerdict }): {
  judge: RequestJudge;
  verified: number[];
  accepted: Map<string, unknown>;
  readonly changeKeys: () => void;
} {
  const verified: number[] = [];
  const accepted = new Map<string, unknown>();
  let ms = 0;
  let digest = 'a';
  const known = new Map<string, SignatureVerdict>();
  const verifier = {
    trust: () => Promise.resolve({ digest }),
    known: (file: RequestFileContent) => known.get(`${digest} ${file.sha256} ${file.signature ?? ''}`),
    verify: (file: RequestFileContent) => {
      ms += 20;
      verified.push(ms);
      const verdict = options.verdict(file);
      known.set(`${digest} ${file.sha256} ${file.signature ?? ''}`, verdict);
      return Promise.resolve(verdict);
    },
  };
  const context = {
    settings: { cluster: { name: 'this-host', type: 'host' } },
    random: systemRandom,
    clock: { monotonicMs: () => ms },
    ledger: { request: (id: string) => accepted.get(id) },
    verifier,
  } as unknown as ProcessorContext;
  return {
    judge: new RequestJudge(context),
    verified,
    accepted,
    changeKeys: () => {
      digest = 'b';
    },
  };
}

const TEMPLATE = formatYaml('TroubleshootingRequest', exampleRequest);

function aFile(signature: string | undefined, slug = 'x'): RequestFileContent {
  const id = createRequestId({ at: new Date('2026-11-20T14:30:12Z'), slug, random: systemRandom });
  const bytes = Buffer.from(TEMPLATE.replace(exampleRequest.metadata.name, id));
  return { id, path: requestPath(id), bytes, sha256: sha256(bytes), signature };
}

const { signal } = new AbortController();

describe('judging requests where signatures are required', () => {
  it(
    'spends two seconds on 10,000 hostile files, and goes on with the others at the next look',
    { timeout: 30_000 },
    async () => {
      const forged = createQuickSigner().forge('warroom-request@v1');
      const files = new Map(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, aFile(forged, `k${index}`)]));
      const { judge, verified } = aJudge({ verdict: () => REFUSED });
      const waiting = await judge.judge(files, signal);
      expect(verified.length).toBeLessThanOrEqual(102);
      expect(waiting).toBe(10_000 - verified.length);
      const before = verified.length;
      expect(await judge.judge(files, signal)).toBeLessThan(waiting);
      expect(verified.length - before).toBeLessThanOrEqual(102);
    },
  );

  it(
    'takes keys in turn: one honest file among thousands under another key is judged first of all',
    { timeout: 30_000 },
    async () => {
      const [forger, honest] = [createQuickSigner(), createQuickSigner()];
      const forged = forger.forge('warroom-request@v1');
      const files = new Map(Array.from({ length: 2000 }, (_, index) => [`k${index}`, aFile(forged, `k${index}`)]));
      const file = aFile(honest.forge('warroom-request@v1'));
      files.set('honest', file);
      const { judge, verified } = aJudge({
        verdict: ({ signature }) => (signature === file.signature ? { kind: 'valid', signer: SIGNER } : REFUSED),
      });
      await judge.judge(files, signal);
      expect(verified.length).toBeLessThan(200);
      expect(judge.get('honest')).toMatchObject({ kind: 'ours', signer: SIGNER });
    },
  );

  it('never parses what nobody vouches for', async () => {
    const bytes = Buffer.from('spec:\n  targetCluster:\n    name: this-host\n: [{{{ *nothing\n');
    const file = { ...aFile(undefined), bytes, sha256: sha256(bytes) };
    const { judge } = aJudge({ verdict: () => ({ ...REFUSED, code: 'unsigned' }) });
    await judge.judge(new Map([['k', file]]), signal);
    expect(judge.get('k')).toMatchObject({
      kind: 'ours',
      content: { kind: 'unverified', refusal: { code: 'unsigned' } },
    });
  });

  it('judges again when the keys change, and asks for nothing twice', async () => {
    const files = new Map([['k', aFile('one')]]);
    const { judge, verified, changeKeys } = aJudge({ verdict: () => REFUSED });
    await judge.judge(files, signal);
    await judge.judge(files, signal);
    expect(verified).toHaveLength(1);
    changeKeys();
    await judge.judge(files, signal);
    expect(verified).toHaveLength(2);
  });

  it('goes by the signature that was accepted, whatever lies beside the same bytes', async () => {
    const file = aFile('swapped');
    const { judge, accepted } = aJudge({
      verdict: ({ signature }) => (signature === 'accepted' ? { kind: 'valid', signer: SIGNER } : REFUSED),
    });
    accepted.set(file.id, { sha256: file.sha256, signer: { ...SIGNER, signature: 'accepted' } });
    await judge.judge(new Map([['k', file]]), signal);
    expect(judge.get('k')).toMatchObject({ kind: 'ours', signer: SIGNER, file: { signature: 'accepted' } });
    accepted.set(file.id, { sha256: 'of other bytes', signer: { ...SIGNER, signature: 'accepted' } });
    const other = aFile('swapped');
    await judge.judge(new Map([['o', other]]), signal);
    expect(judge.get('o')).toMatchObject({ content: { kind: 'unverified' } });
  });
});
