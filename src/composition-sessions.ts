import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createServerCertificate, type ServerCertificate } from './cluster-broker/server-certificate.ts';
import type { ApiAccess } from './cluster-broker/kubeconfig.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import { randomHex, systemRandom } from './lib/random-text.ts';
import type { ProcessorContext } from './processor/context.ts';
import type { EngineKeeper } from './processor/engine-keeper.ts';
import { parseRecord, textField } from './schema/json-fields.ts';

/** What a processor needs for sessions. Their pods are made with a credential of their own: the one that reads may create nothing. */
export async function openSessions(
  { sessions, stateDir }: ProcessorSettings,
  { engines, emit }: Pick<ProcessorContext, 'emit'> & { readonly engines: Pick<EngineKeeper, 'engine'> },
): Promise<Pick<ProcessorContext, 'sessionPods' | 'sessionDoor'>> {
  if (sessions === undefined) return {};
  const [{ openKubernetesClient }, { readKubeconfig }] = await Promise.all([
    import('./kubernetes/client.ts'),
    import('./cluster-broker/kubeconfig.ts'),
  ]);
  const { namespace, kubeconfigFile, model } = sessions;
  const load = async (): Promise<ApiAccess> => await readKubeconfig(kubeconfigFile);
  const sessionPods = await openKubernetesClient({ load, namespace });
  if (model?.kind !== 'broker') return { sessionPods };
  const { host, port, address } = model.listen;
  const sessionDoor = openOnce(async () => {
    // One that was lost at the start may be found later.
    const claude = engines.engine;
    if (claude === undefined) return undefined;
    const identity = await loadDoorIdentity(join(stateDir, 'session-door.json'), { address, now: new Date() });
    return await claude.openDoor({ host, port, ...identity }, ({ id, usd }) => {
      emit({ type: 'session-spent', id, usd });
    });
  });
  // What is wrong with the configuration is said at the start, where there is a model already.
  await sessionDoor();
  return { sessionPods, sessionDoor };
}

/** Asks `open` until it gives something, one call at a time, and that is kept. */
export function openOnce<Opened>(open: () => Promise<Opened | undefined>): () => Promise<Opened | undefined> {
  let opened: Opened | undefined;
  let opening: Promise<Opened | undefined> | undefined;
  return async () => {
    if (opened !== undefined) return opened;
    opening ??= open().finally(() => {
      opening = undefined;
    });
    opened = await opening;
    return opened;
  };
}

interface DoorIdentity extends ServerCertificate {
  readonly secret: string;
}

/**
 * The same certificate and secret as before a restart, so that pods that live go on with what they have. A certificate that
 * names another address, or will soon be too old, is made anew.
 */
export async function loadDoorIdentity(
  file: string,
  { address, now }: { readonly address: string; readonly now: Date },
): Promise<DoorIdentity> {
  const known = parseRecord(await readFile(file, 'utf8').catch(() => ''));
  const [certificate, key, secret] = ['certificate', 'key', 'secret'].map((name) => textField(known, name));
  const isGood = certificate !== undefined && key !== undefined && fits({ certificate, key }, address, now);
  if (isGood && secret !== undefined) return { certificate, key, secret };
  const made = { ...createServerCertificate([address], now), secret: secret ?? randomHex(32, systemRandom) };
  await writeFile(`${file}.new`, JSON.stringify(made), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made;
}

/** Longer than a session can live. */
const MARGIN_MS = 30 * 86_400_000;

function fits({ certificate, key }: ServerCertificate, address: string, now: Date): boolean {
  try {
    const read = new X509Certificate(certificate);
    const isNamed = isIP(address) === 0 ? read.checkHost(address) : read.checkIP(address);
    const isLong = Date.parse(read.validTo) > now.getTime() + MARGIN_MS;
    return isNamed !== undefined && isLong && read.checkPrivateKey(createPrivateKey(key));
  } catch {
    // What cannot be read is made anew.
    return false;
  }
}
