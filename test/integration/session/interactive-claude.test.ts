import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSessionDoor, type SessionDoor } from '../../../src/claude/session-door.ts';
import { openSpendBook } from '../../../src/claude/spend-book.ts';
import { loadDoorIdentity } from '../../../src/composition-sessions.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { sessionPodName } from '../../../src/domain/session-layout.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { holdSession } from '../../../src/session/hold-session.ts';
import { prepareClaude } from '../../../src/session/prepare-claude.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { freePort } from '../../support/free-port.ts';
import { MemoryPods } from '../../support/memory-pods.ts';
import { canOpenTerminal, KEYS, openTerminal, type Terminal } from '../../support/pty.ts';
import { bash, say, startScriptedModelApi, type ScriptedModelApi } from '../../support/scripted-model-api.ts';
import { createSessionRig, KNOWN_SECRET, type SessionRig } from '../../support/session-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { findTestedClaude } from '../claude/claude-rig.ts';

const claude = await findTestedClaude();
const canRun = claude !== undefined && (await canOpenTerminal());
const KEY = 'sk-ant-test-0123456789abcdefghijklmnop';

interface PodSpec {
  readonly containers: readonly [
    {
      readonly workingDir: string;
      readonly args: readonly string[];
      readonly env: readonly {
        readonly name: string;
        readonly value?: string;
        readonly valueFrom?: { readonly secretKeyRef: { readonly key: string } };
      }[];
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    },
  ];
}

/** One session, from its request to its record; the pod is played on this machine, without its walls. */
describe.skipIf(!canRun)('claude in the terminal of a session', () => {
  let folder: TempFolder;
  let root: string;
  let model: ScriptedModelApi;
  let door: SessionDoor;
  let pods: MemoryPods;
  let rig: SessionRig;
  let terminal: Terminal | undefined;
  let ending: AbortController;
  let holding: Promise<unknown> = Promise.resolve();

  beforeEach(async () => {
    folder = await createTempFolder('session');
    root = await realpath(folder.path);
    const command = `touch looked && echo ${KNOWN_SECRET}`;
    model = await startScriptedModelApi([bash(command), say('etcd is well, all members agree')]);
    const clock = new FakeClock(new Date());
    const [port, book] = [
      await freePort(),
      await openSpendBook({
        ...{ file: join(root, 'spend.json'), limits: { requesterUsd: 10, totalUsd: 10 }, clock: systemClock },
      }),
    ];
    const identity = await loadDoorIdentity(join(root, 'door.json'), { address: '127.0.0.1', now: new Date() });
    door = await openSessionDoor({
      upstream: {
        kind: 'messages',
        baseUrl: model.url,
        credential: () => Promise.resolve({ kind: 'api-key', value: KEY }),
      },
      ...{ listen: { host: '127.0.0.1', port, ...identity }, book, now: () => new Date(), onSpend: () => undefined },
    });
    pods = new MemoryPods();
    ending = new AbortController();
    const listen = { host: '127.0.0.1', port, address: '127.0.0.1' };
    rig = await createSessionRig({
      ...{ folder: root, clock, client: pods.client(), sessionDoor: () => Promise.resolve(door) },
      sessions: { model: { kind: 'broker', maxUsd: 5, listen } },
    });
  });

  afterEach(async () => {
    await terminal?.close();
    ending.abort();
    await holding;
    await rig.close();
    await door.close();
    await model.close();
    await folder.close();
    terminal = undefined;
  });

  const at = (path: string): string => join(root, 'pod', path);

  /** What a kubelet does: volumes, Secret, variables, and the program of the container. */
  async function startPod(id: RequestId): Promise<Readonly<Record<string, string>>> {
    const name = sessionPodName(id);
    const container = (pods.pods.get(name)?.['spec'] as PodSpec).containers[0];
    const held = pods.secrets.get(name)?.['stringData'] as Readonly<Record<string, string>>;
    for (const { mountPath } of container.volumeMounts) await mkdir(at(mountPath), { recursive: true });
    const env: Record<string, string> = { PATH: `${dirname(claude ?? '')}:${process.env['PATH'] ?? ''}` };
    for (const { name: variable, value = '', valueFrom } of container.env) {
      const text = valueFrom === undefined ? value : (held[valueFrom.secretKeyRef.key] ?? '');
      env[variable] = text.startsWith('/') ? at(text) : text;
    }
    await writeFile(env['NODE_EXTRA_CA_CERTS'] ?? '', held['ca.crt'] ?? '');
    const state = at(container.args[container.args.indexOf('--state') + 1] ?? '');
    await prepareClaude(state, at(container.workingDir));
    const log: string[] = [];
    holding = holdSession({
      ...{ stateDir: state, expiresFile: at('/etc/session/expires'), idleMs: 600_000, everyMs: 50 },
      ...{ clock: systemClock, signal: ending.signal },
      print: (line) => {
        log.push(`${line}\n`);
        pods.logs.set(name, log.join(''));
      },
    });
    pods.setStatus(name, { phase: 'Running' });
    return env;
  }

  it('begins with its prompt, asks before it runs anything, and the record has it all without secrets', async () => {
    const id = rig.ask();
    await rig.look();
    const env = await startPod(id);
    terminal = openTerminal([claude ?? ''], { cwd: at('/session'), env });
    await terminal.waitFor(/manual\s*mode/u);
    terminal.send('is etcd well?');
    await terminal.waitFor(/is\s*etcd\s*well\?/u);
    terminal.send(KEYS.enter);
    await terminal.waitFor(/Do\s*you\s*want\s*to\s*proceed/u);
    // Against slips claude takes no key for a moment after the question is shown.
    await waitUntil(
      () => {
        if (/all\s*members\s*agree/u.test(terminal?.screen().text ?? '')) return true;
        terminal?.send(KEYS.enter);
        return false;
      },
      { what: 'the answer after the permission', intervalMs: 500 },
    );
    expect(terminal.screen().text).not.toMatch(/auto\s*mode/u);
    terminal.send('/exit');
    await terminal.waitFor(/\/exit/u);
    terminal.send(KEYS.enter);
    expect(await terminal.exit).toBe(0);
    expect(model.requests.every(({ headers }) => headers['x-api-key'] === KEY)).toBe(true);

    ending.abort();
    await holding;
    pods.setStatus(sessionPodName(id), {
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
    });
    await rig.look();
    const page = rig.answer(id, 'README.md');
    for (const text of ['is etcd well?', 'touch looked', 'all members agree']) expect(page).toContain(text);
    expect(page).not.toContain(KNOWN_SECRET);
    expect(pods.logs.get(sessionPodName(id))).toContain(KNOWN_SECRET);
  });
});
