import { scanTargetNames } from '../admission/scan-target-names.ts';
import { partFolder, requestTargets, type RequestFileContent } from '../domain/request.ts';
import { resultFolder } from '../domain/repository-layout.ts';
import type { SignatureVerdict } from '../domain/signature.ts';
import { decodeUtf8 } from '../lib/utf8.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { formatProblem } from '../schema/problem.ts';
import { readTargetNames } from '../schema/read-target-names.ts';
import type { Candidate } from './candidate.ts';

/** A request file after a look at who vouches for it and what it says. */
export type JudgedRequest =
  | ({ readonly kind: 'ours' } & Pick<Candidate, 'file' | 'content' | 'signer' | 'folder'>)
  /** Needs no answer from here: for other clusters, or nobody's. It may change with the keys unless that is final. */
  | { readonly kind: 'not-ours'; readonly isFinal: boolean; readonly why?: string };

/**
 * Reads a request for this cluster. `verdict` is undefined where signatures are not required; where they are, bytes that
 * nobody vouches for reach no parser: all that is taken from them is the name of a cluster, so that it can say no.
 */
export function judgeRequest(
  file: RequestFileContent,
  verdict: SignatureVerdict | undefined,
  cluster: string,
): JudgedRequest {
  const text = decodeUtf8(file.bytes) ?? '';
  if (verdict?.kind === 'refused') {
    const names = scanTargetNames(text);
    const folder = folderOf(file, names, cluster);
    if (folder === undefined) return { kind: 'not-ours', isFinal: false, ...whyNot(names) };
    return { kind: 'ours', file, folder, content: { kind: 'unverified', refusal: verdict } };
  }
  const signed = verdict === undefined ? {} : { signer: verdict.signer };
  const parsed = parseDocument('TroubleshootingRequest', text, { file: file.path });
  if (parsed.ok) {
    const request = parsed.value;
    if (!requestTargets(request).some(({ name }) => name === cluster)) return { kind: 'not-ours', isFinal: true };
    const folder = partFolder(file.id, request, cluster);
    return { kind: 'ours', file, ...signed, folder, content: { kind: 'request', request } };
  }
  const names = readTargetNames(text);
  const folder = folderOf(file, names, cluster);
  if (folder === undefined) return { kind: 'not-ours', isFinal: true, ...whyNot(names) };
  const problem = parsed.problems.slice(0, 3).map(formatProblem).join('; ');
  return { kind: 'ours', file, ...signed, folder, content: { kind: 'invalid', problem } };
}

/** Folder of our part of a file that cannot be read as a request; undefined when it does not name this cluster. */
function folderOf({ id }: RequestFileContent, names: readonly string[], cluster: string): string | undefined {
  if (!names.includes(cluster)) return undefined;
  return names.length > 1 ? resultFolder(id, cluster) : resultFolder(id);
}

function whyNot(names: readonly string[]): { readonly why?: string } {
  return names.length === 0 ? { why: 'names no cluster that could answer it' } : {};
}
