import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { ClaudeEngine } from './claude/engine.ts';
import type { SessionDoor } from './claude/session-door.ts';
import { createServerCertificate, type ServerCertificate } from './cluster-broker/server-certificate.ts';
import type { ApiAccess } from './cluster-broker/kubeconfig.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import { randomHex, systemRandom } from './lib/random-text.ts';
import type { ProcessorContext } from './processor/context.ts';
import { parseRecord, textField } from './schema/json-fields.ts';

/** What a processor needs for sessions. Their pods are made with a credential of their own: the one that reads may create nothing. */
export async function openSessions(
  { sessions, stateDir }: ProcessorSettings,
  claude: ClaudeEngine | undefined,
): Promise<Pick<ProcessorContext, 'sessionPods' | 'sessionDoor'>> {
  if (sessions === undefined) return {};
  const [{ openKubernetesClient }, { readKubeconfig }] = await Promise.all([
    import('./kubernetes/client.ts'),
    import('./cluster-broker/kubeconfig.ts'),
  ]);
  const { namespace, kubeconfigFile, model } = sessions;
  const load = async (): Promise<ApiAccess> => await readKubeconfig(kubeconfigFile);
  const sessionPods = await openKubernetesClient({ load, namespace });
  if (model?.kind !== 'broker' || claude === undefined) return { sessionPods };
  return { sessionPods, sessionDoor: await openDoor(claude, { listen: model.listen, stateDir }) };
}

/** The same certificate and the same tokens as before a restart: pods that live go on with theirs. */
async function openDoor(
  claude: ClaudeEngine,
  { listen, stateDir }: { readonly listen: { host: string; port: number; address: string }; readonly stateDir: string },
): Promise<SessionDoor> {
  const { host, port, address } = listen;
  const file = join(stateDir, 'session-door.json');
  const known = parseRecord(await readFile(file, 'utf8').catch(() => ''));
  const [certificate, key, secret] = ['certificate', 'key', 'secret'].map((name) => textField(known, name));
  const now = new Date();
  const isGood = certificate !== undefined && key !== undefined && fits({ certificate, key }, address, now);
  const server = isGood ? { certificate, key } : createServerCertificate([address], now);
  const identity = { ...server, secret: secret ?? randomHex(32, systemRandom) };
  if (!isGood || secret === undefined) {
    await writeFile(`${file}.new`, JSON.stringify(identity), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return await claude.openDoor({ host, port, ...identity });
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
