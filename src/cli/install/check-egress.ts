import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createUpstreamConnector } from '../../claude/broker/connect.ts';
import { readModelUpstream } from '../../claude/broker/upstream.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import { isWarroomError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';
import { checkOfError, type Check } from '../doctor/check.ts';

const TIMEOUT_MS = 20_000;

/** Whether the war room can be read from here with what the processor has. */
export async function checkGit(settings: ProcessorSettings, { env, signal }: CliContext): Promise<Check> {
  const name = 'git';
  const { openZoneWarRoom } = await import('../../composition-war-room.ts');
  const warRoom = await openZoneWarRoom({ settings, env });
  try {
    await warRoom.refresh({ refPrefixes: [], signal });
    return { name, state: 'ok', text: `${warRoom.address} can be read from here` };
  } catch (error) {
    return checkOfError(name, error);
  } finally {
    await warRoom.close();
  }
}

/** Whether something at the address of the model answers; it is asked without a credential, so it refuses. */
export async function checkModel(settings: ProcessorSettings, { env, signal }: CliContext): Promise<Check> {
  const name = 'model';
  const { baseUrl, apiKeyFile } = settings.claude;
  if (settings.engine === 'diagnostics') return { name, state: 'ok', text: 'not used: engine is diagnostics' };
  const upstream = readModelUpstream(env, {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(apiKeyFile === undefined ? {} : { credential: () => Promise.resolve({ kind: 'api-key', value: '' }) }),
  });
  if (upstream === undefined)
    return { name, state: 'warn', text: 'no credential is configured: playbooks alone are used' };
  if (upstream.kind !== 'messages') return { name, state: 'warn', text: `${upstream.kind} is not tried from here` };
  const connector = createUpstreamConnector(upstream);
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const request = await connector.open('/v1/messages', { headers: { 'content-length': '0' }, signal: limit });
    const answered = once(request, 'response');
    request.end();
    const [answer] = (await answered) as [IncomingMessage];
    answer.resume();
    return { name, state: 'ok', text: `${upstream.baseUrl} answers from here (HTTP ${answer.statusCode ?? 0})` };
  } catch (error) {
    if (isWarroomError(error)) return checkOfError(name, error);
    const why = error instanceof Error ? error.message : 'no answer';
    const fix = 'see the network policy processor-egress, the proxy, and claude.baseUrl';
    return { name, state: 'fail', text: `${upstream.baseUrl} cannot be reached from here: ${why}`, fix };
  } finally {
    connector.close();
  }
}
