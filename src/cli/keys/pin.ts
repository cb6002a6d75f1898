import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readClusters } from '../../client/clusters.ts';
import { loadProcessorKeys, parseProcessorKeys } from '../../client/processor-keys.ts';
import { WarroomError } from '../../domain/errors.ts';
import { presenceRefPrefix } from '../../domain/repository-layout.ts';
import { parsePublicKey, type PublicKey } from '../../signature/public-key.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { withWarRoom, type Session } from '../session.ts';

export interface PinFlags {
  readonly cluster?: string;
  readonly fingerprint?: string;
  readonly bundle?: string;
}

interface Pinned {
  readonly cluster: string;
  readonly key: PublicKey;
  readonly comment: string;
}

/** Remembers keys of processors: one that its processor announces and a person compared, or all of a bundle. */
export async function pin(context: CliContext, flags: PinFlags): Promise<ExitCode> {
  return await withWarRoom(context, async (session) => {
    const pinned =
      flags.bundle === undefined ? [await announced(session, flags)] : await bundled(context, flags.bundle);
    const keys = await loadProcessorKeys(session.verification);
    const { io, clock } = context;
    const day = clock.now().toISOString().slice(0, 10);
    const replaced = new Set<string>();
    for (const { cluster, key, comment } of pinned) {
      // The first key of a cluster replaces what was known; further ones of the same bundle stay beside it.
      if (replaced.has(cluster)) await keys.pin(cluster, key, comment);
      else await keys.replace(cluster, key, comment === '' ? `pinned ${day}` : comment);
      replaced.add(cluster);
    }
    if (context.flags.json) {
      io.out(JSON.stringify({ pinned: pinned.map(({ cluster, key }) => ({ cluster, key: key.fingerprint })) }));
      return EXIT.done;
    }
    for (const { cluster, key } of pinned) {
      io.err(`${io.errorStyle.good('✔')} results of ${cluster} are believed with ${key.fingerprint}`);
    }
    return EXIT.done;
  });
}

async function announced({ warRoom, context }: Session, flags: PinFlags): Promise<Pinned> {
  const { cluster, fingerprint } = flags;
  if (cluster === undefined || fingerprint === undefined) {
    throw new WarroomError('usage', '--cluster and --fingerprint, or --bundle, are missing', {
      why: 'a key is believed because somebody compared it',
      hint: 'claude-warroom key pin --cluster NAME --fingerprint SHA256:…   the administrator of the processor knows it',
    });
  }
  const { clock, signal } = context;
  const snapshot = await warRoom.refresh({ refPrefixes: [presenceRefPrefix(warRoom.refNamespace)], signal });
  const { clusters } = await readClusters(snapshot, { namespace: warRoom.refNamespace, now: clock.now(), signal });
  const texts = clusters.find(({ name }) => name === cluster)?.processors.flatMap(({ publicKey }) => publicKey ?? []);
  const keys = (texts ?? []).flatMap((text) => parsePublicKey(text) ?? []);
  const key = keys.find((each) => each.fingerprint === fingerprint);
  if (key !== undefined) return { cluster, key, comment: '' };
  throw new WarroomError('not-found', `no processor of ${cluster} announces the key ${fingerprint}`, {
    why:
      keys.length === 0 ? 'none of them announces a key' : `they announce ${keys.map((k) => k.fingerprint).join(', ')}`,
    hint: 'ask its administrator, who sees the fingerprint when the processor starts, or take a bundle',
  });
}

async function bundled({ cwd }: CliContext, bundle: string): Promise<readonly Pinned[]> {
  const file = resolve(cwd, bundle);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new WarroomError('usage', `cannot read ${bundle}`, {
      why: error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
      cause: error,
    });
  });
  const signers = parseProcessorKeys(text, bundle);
  if (signers.length > 0) return signers.map(({ principal, key, comment }) => ({ cluster: principal, key, comment }));
  throw new WarroomError('invalid-file', `${bundle} holds no key`, {
    hint: 'each line is  CLUSTER namespaces="warroom-result@v1" ssh-ed25519 …',
  });
}
