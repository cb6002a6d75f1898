import type { ClusterView } from '../client/clusters.ts';
import { isWarroomError, WarroomError } from '../domain/errors.ts';
import type { SignaturePurpose } from '../domain/signature.ts';
import type { Session } from './session.ts';

export interface Unsigned {
  readonly text: string;
  readonly purpose: SignaturePurpose;
  /** Names of the clusters that shall act on it. */
  readonly targets: readonly string[];
  readonly clusters: readonly ClusterView[];
}

/**
 * Signs a document with the person's key. Where nobody demands it, a document without a usable key goes out unsigned;
 * where a processor runs signed documents only, or a key was named, that is an error before anything is sent.
 */
export async function signDocument(session: Session, document: Unsigned): Promise<string | undefined> {
  const signer = await session.signer();
  const demanding = document.targets.find((name) => isRequired(document.clusters.find((each) => each.name === name)));
  if (signer.kind === 'none') {
    if (demanding === undefined) return undefined;
    throw new WarroomError('not-allowed', `${demanding} acts on signed documents only`, {
      why: `there is no key to sign with: ${signer.why}`,
      hint: signer.hint,
    });
  }
  try {
    return await signer.sign(document.text, document.purpose);
  } catch (error) {
    if (!isWarroomError(error) || signer.isExplicit || demanding !== undefined) throw error;
    const { io } = session.context;
    io.err(`${io.errorStyle.warn('warning:')} not signed: ${error.message}: ${error.why ?? ''} (${signer.source})`);
    return undefined;
  }
}

function isRequired(cluster: ClusterView | undefined): boolean {
  return cluster?.processors.some(({ isLive, trust }) => isLive && trust === 'required') === true;
}
