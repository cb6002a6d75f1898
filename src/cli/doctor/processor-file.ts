import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { environmentValue } from '../../config/environment.ts';
import { loadProcessorConfig } from '../../config/processor-config.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import type { AllowedSigner } from '../../signature/allowed-signers.ts';
import type { CliContext } from '../context.ts';
import { checkOfError, type Check } from './check.ts';

/** A key whose time is over this soon is worth a word. */
const SOON_MS = 14 * 86_400_000;

/** What the configuration of a processor leads to: whose signatures count there, and what it signs with. */
export async function checkProcessorFile(
  { env, cwd, clock }: Pick<CliContext, 'env' | 'cwd' | 'clock'>,
  file: string,
): Promise<readonly Check[]> {
  const name = 'processor';
  let settings: ProcessorSettings;
  try {
    settings = await loadProcessorConfig(resolve(cwd, file), { env });
  } catch (error) {
    return [checkOfError(name, error)];
  }
  const { cluster, repository } = settings;
  const path = environmentValue(env, 'PATH') ?? '/usr/local/bin:/usr/bin:/bin';
  return [
    { name, state: 'ok', text: `${cluster.name} (${cluster.type}) serves ${repository.url}` },
    ...(await checkTrust(settings, clock.now())),
    await checkKey(settings, path),
    ...(await checkPublishers(settings)),
  ];
}

async function checkTrust({ trust, trustDir }: ProcessorSettings, now: Date): Promise<readonly Check[]> {
  const name = 'trust';
  if (trustDir === undefined) {
    return [{ name, state: 'ok', text: 'open: runs unsigned requests, whoever can push asks' }];
  }
  const { readTrustFiles } = await import('../../signature/trust-folder.ts');
  try {
    const { signers, revoked } = await readTrustFiles(trustDir);
    const text = `${trust}: ${describeSigners(signers, revoked)} · ${trustDir}`;
    if (signers.length > 0) return [{ name, state: 'ok', text }, ...checkTimes(signers, now)];
    return [{ name, state: 'warn', text, fix: 'enrol people with  claude-warroom key approve' }];
  } catch (error) {
    return [checkOfError(name, error)];
  }
}

function describeSigners(signers: readonly AllowedSigner[], revoked: string): string {
  const principals = new Set(signers.map(({ principal }) => principal));
  const lines = revoked.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  // A binary list of revocations has no lines to count.
  const revocations = lines.some((line) => line.includes('\0'))
    ? 'revocations in a list of OpenSSH'
    : `${lines.length} revoked`;
  return `${principals.size} principals with ${signers.length} keys, ${revocations}`;
}

function checkTimes(signers: readonly AllowedSigner[], now: Date): readonly Check[] {
  return signers.flatMap(({ principal, validBefore }): readonly Check[] => {
    if (validBefore === undefined) return [];
    const leftMs = validBefore.getTime() - now.getTime();
    if (leftMs > SOON_MS) return [];
    const day = validBefore.toISOString().slice(0, 10);
    const text = leftMs <= 0 ? `a key of ${principal} expired on ${day}` : `a key of ${principal} expires on ${day}`;
    const fix = 'enrol the next key, or take the line out of allowed_signers';
    return [{ name: 'trust', state: 'warn', text, fix }];
  });
}

async function checkKey({ signingKeyFile, stateDir }: ProcessorSettings, path: string): Promise<Check> {
  const name = 'signing key';
  const { PROCESSOR_KEY_FILE, readProcessorKey } = await import('../../signature/processor-key.ts');
  const file = signingKeyFile ?? join(stateDir, PROCESSOR_KEY_FILE);
  if (signingKeyFile === undefined && (await stat(file).catch(() => undefined)) === undefined) {
    return { name, state: 'ok', text: `none yet; the first start of the processor makes ${file}` };
  }
  try {
    const { fingerprint } = await readProcessorKey(file, { PATH: path, LC_ALL: 'C' });
    return { name, state: 'ok', text: `${fingerprint} · ${file}` };
  } catch (error) {
    return checkOfError(name, error);
  }
}

/** What waits for places besides Git, whether a processor runs or not. */
async function checkPublishers({ publishers = [], stateDir }: ProcessorSettings): Promise<readonly Check[]> {
  if (publishers.length === 0) return [];
  const { countWaiting } = await import('../../publisher/waiting.ts');
  const checks: Check[] = [];
  for (const { kind } of publishers) {
    const name = `publisher ${kind}`;
    const waiting = await countWaiting(stateDir, kind);
    const fix = 'claude-warroom admin watch  says why; Git has the results';
    if (waiting === 0) checks.push({ name, state: 'ok', text: 'nothing waits for it' });
    else
      checks.push({ name, state: 'warn', text: `${waiting} result${waiting === 1 ? ' waits' : 's wait'} for it`, fix });
  }
  return checks;
}
