import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRelayClient, type RelayClient } from '../../../src/executor/agent/relay-client.ts';
import { startRelay, type Relay } from '../../../src/executor/kubernetes-job/relay-server.ts';
import type { FromAgent } from '../../../src/executor/relay-messages.ts';
import { systemClock } from '../../../src/lib/clock.ts';

let relay: Relay;
let client: RelayClient;

beforeEach(async () => {
  relay = await startRelay({ host: '127.0.0.1', port: 0, advertise: '127.0.0.1', clock: systemClock, holdMs: 20_000 });
});

afterEach(async () => {
  client.close();
  await relay.close();
});

function connect(token: string): RelayClient {
  client = createRelayClient({
    ...{ url: relay.url, token, ca: relay.certificate, clock: systemClock, random: Math.random, giveUpMs: 20_000 },
  });
  return client;
}

it('takes no more from an agent that says too much, and tells both sides so at once', async () => {
  const heard: FromAgent[] = [];
  const { token } = relay.open((message) => heard.push(message));
  const agent = connect(token);
  const end = agent.receive(() => undefined);
  agent.send({ kind: 'line', text: 'x'.repeat(25 * 1024 * 1024) });
  expect(await end).toBe('refused');
  expect(heard).toEqual([{ kind: 'flood' }]);
});

it('says nothing to somebody without a token', async () => {
  const heard: FromAgent[] = [];
  relay.open((message) => heard.push(message));
  const agent = connect('0'.repeat(64));
  agent.send({ kind: 'hello', version: '2.1.0' });
  expect(await agent.receive(() => undefined)).toBe('ended');
  expect(heard).toEqual([]);
});
