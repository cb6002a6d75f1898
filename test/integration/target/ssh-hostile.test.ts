import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classifyResult } from '../../../src/playbook/classify-result.ts';
import { freePort } from '../../support/free-port.ts';
import { startSshd, type Sshd } from '../../support/sshd-rig.ts';
import { withTempFolder } from '../../support/temp-folder.ts';
import { hostOf, runOn, withTarget } from './support/ssh-targets.ts';

const BANNER = 'x'.repeat(2000);

// Whatever happens, a host that cannot be asked is unknown: the status is never ok and the reason is one line.
const sshd = await startSshd(['Banner /etc/hostname', 'ClientAliveInterval 30']);

describe.skipIf(sshd === undefined)('a host that is not what it should be', () => {
  let rig: Sshd;

  beforeAll(() => {
    if (sshd === undefined) throw new Error('skipped');
    rig = sshd;
  });
  beforeEach(async () => {
    await writeFile(rig.authorizedKeysFile, `${rig.publicKey}\n`);
  });
  afterAll(async () => {
    await rig.close();
  });

  it('answers as usual after a banner', async () => {
    expect(await runOn(hostOf(rig), ['echo', 'ok'])).toMatchObject({ stdout: 'ok\n', stderr: '' });
  });

  it('answers as usual after the words of a start-up file', async () => {
    const noisy = `echo motd ${BANNER}; echo noise >&2; sh -c \\"$SSH_ORIGINAL_COMMAND\\"`;
    await writeFile(rig.authorizedKeysFile, `command="${noisy}" ${rig.publicKey}\n`);
    expect(await runOn(hostOf(rig), ['echo', 'ok'])).toMatchObject({
      stdout: 'ok\n',
      stderr: '',
      end: { kind: 'exited', exit: 0 },
    });
  });

  it.each([
    ['echo all is well', 'prints something of its own'],
    ['exit 0', 'does nothing'],
    ['yes', 'never stops talking'],
  ])('is denied when a forced command %s: it %s', async (forced) => {
    await writeFile(rig.authorizedKeysFile, `command="${forced}" ${rig.publicKey}\n`);
    const result = await runOn(hostOf(rig), ['echo', 'ok'], { timeoutMs: 1000 });
    expect(result.stdout).toBe('');
    const expected = forced === 'yes' ? 'timeout' : 'denied';
    expect(result.end).toEqual({ kind: expected });
    if (expected === 'denied') expect(result.stderr).toContain('web-1 did not run the command');
  });

  it('is unreachable when it has another host key than the pinned one', async () => {
    await withTempFolder(async (folder) => {
      const wrong = join(folder, 'known_hosts');
      const [address] = (await readFile(rig.knownHostsFile, 'utf8')).split(' ');
      await writeFile(wrong, `${address ?? ''} ${rig.publicKey}\n`);
      const result = await runOn(hostOf(rig, { knownHostsFile: wrong }), ['true']);
      expect(result.end).toEqual({ kind: 'unreachable' });
      expect(result.stderr).toBe(
        `cannot reach web-1 over SSH (${rig.user}@127.0.0.1 port ${rig.port}): its host key is not the pinned one, so ` +
          `somebody else may answer there; ask its administrator whether the key was changed, then replace its line in ${wrong}`,
      );
    });
  });

  it('is unreachable when no host key is pinned', async () => {
    const result = await runOn(hostOf(rig, { knownHostsFile: '/dev/null' }), ['true']);
    expect(result.end).toEqual({ kind: 'unreachable' });
    expect(result.stderr).toContain(
      `no host key is pinned for it; add its line to /dev/null: ssh-keyscan -p ${rig.port}`,
    );
  });

  it('is unreachable when it does not accept the key', async () => {
    await writeFile(rig.authorizedKeysFile, '');
    const result = await runOn(hostOf(rig), ['true']);
    expect(result.end).toEqual({ kind: 'unreachable' });
    expect(result.stderr).toContain(`it does not accept our key; add the public half of ${rig.identityFile}`);
  });

  it('is unreachable when its key file is open to others, or none', async () => {
    await withTempFolder(async (folder) => {
      const open = join(folder, 'key');
      await copyFile(rig.identityFile, open);
      await chmod(open, 0o644);
      const shared = await runOn(hostOf(rig, { keyFile: open }), ['true']);
      expect(shared.end).toEqual({ kind: 'unreachable' });
      expect(shared.stderr).toContain(`chmod 600 ${open}`);
      const none = await runOn(hostOf(rig, { keyFile: join(folder, 'absent') }), ['true']);
      expect(none.stderr).toContain('its private key cannot be used');
    });
  });

  it.each(['-oProxyCommand=touch /tmp/warroom-pwned', '-v', '127.0.0.1 -p 1'])(
    'is unreachable under a name like %j, which is never an option',
    async (name) => {
      const asHost = await runOn(hostOf(rig, { address: name }), ['true']);
      expect(asHost.end.kind).toBe('unreachable');
      const asUser = await runOn(hostOf(rig, { user: name }), ['true']);
      expect(asUser.end.kind).toBe('unreachable');
    },
  );

  it('is unreachable when nothing listens, and says so for every step without a new attempt', async () => {
    const port = await freePort();
    await withTarget(hostOf(rig, { port }), async (target) => {
      const command = { argv: ['true'], timeoutMs: 5000, maxBytes: 1000 };
      const first = await target.run(command);
      expect(first.end).toEqual({ kind: 'unreachable' });
      expect(first.stderr).toContain(`port ${port}): nothing listens on the port; start sshd there`);
      const late = await listen(() => undefined, port);
      const again = await target.run(command);
      expect(again).toMatchObject({ end: first.end, stderr: first.stderr });
      expect(classifyResult(command, again, {})).toEqual({ status: 'unreachable', reason: first.stderr });
      expect(await target.identify()).toMatchObject({ identity: 'unknown', name: 'web-1' });
      expect((await target.collect('host-facts')).end).toEqual({ kind: 'unreachable' });
      await late.close();
      expect(late.connections()).toBe(0);
    });
  });

  it('is unreachable when it accepts the connection and never answers', async () => {
    const silent = await listen(() => undefined);
    const result = await runOn(hostOf(rig, { port: silent.port }), ['true']);
    await silent.close();
    expect(result.end).toEqual({ kind: 'unreachable' });
    expect(result.stderr).toContain('it does not answer; it may be down');
  });

  it('is unreachable when something else listens there', async () => {
    const web = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const result = await runOn(hostOf(rig, { port: web.port }), ['true']);
    await web.close();
    expect(result.end).toEqual({ kind: 'unreachable' });
    expect(result.stderr).toContain('cannot reach web-1 over SSH');
  });

  it('is reached over a jump host that has a pinned key of its own', async () => {
    const { address, port, user, keyFile, knownHostsFile } = hostOf(rig);
    const jump = { address, port, user, keyFile, knownHostsFile };
    expect((await runOn(hostOf(rig, { jump }), ['echo', 'far'])).stdout).toBe('far\n');
    const result = await runOn(hostOf(rig, { jump: { ...jump, knownHostsFile: '/dev/null' } }), ['echo', 'far']);
    expect(result.end).toEqual({ kind: 'unreachable' });
  });
});

async function listen(
  onConnection: (socket: Socket) => void,
  port = 0,
): Promise<{ port: number; connections(): number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
