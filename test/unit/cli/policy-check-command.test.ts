import { describe, expect, it } from 'vitest';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';

async function check(argv: readonly string[], stdin?: string): Promise<InProcessResult> {
  const warRoom = new MemoryWarRoom();
  warRoom.onRefresh = () => {
    throw new Error('the war room was asked');
  };
  return await runInProcess(['policy', 'check-command', ...argv], {
    warRoom,
    ...(stdin === undefined ? {} : { stdin }),
  });
}

describe('policy check-command', () => {
  it('shows the words that would run, and what a request must allow for them', async () => {
    expect(await check(['kubectl get "pods" | grep -v Running'])).toEqual({
      exit: 0,
      stdout: `\
   allowed  ["kubectl","get","pods"]
             tool kubectl
|  allowed  ["grep","-v","Running"]
             works on its input only
`,
      stderr: '✔ allowed: a processor would run this\n',
    });
  });

  it('says which word is in the way, why, and what to do, for every command', async () => {
    expect(await check(['kubectl get pods; kubectl get pods --as=admin && less x'])).toEqual({
      exit: 4,
      stdout: `\
   allowed  ["kubectl","get","pods"]
             tool kubectl
;  denied   ["kubectl","get","pods","--as=admin"]
             word: --as
             why:  kubectl get --as is not allowed; flags you may use: --namespace --request-timeout --v --output --show-managed-fields --allow-missing-template-keys --all-namespaces --selector --field-selector --label-columns --sort-by --subresource --chunk-size --raw --no-headers --watch --watch-only …
&& denied   ["less","x"]
             word: less
             why:  less is not allowed; use head or tail; you may use: kubectl oc systemctl journalctl docker podman crictl ps df free uptime stat ls lsblk dmesg id uname ss ip dig host getent ping psql mysql mariadb redis-cli valkey-cli grep rg head tail cat nl wc cut sort uniq column tr date jq
`,
      stderr: '✘ denied: nothing of it runs\n',
    });
  });

  it('says why shell text cannot run at all', async () => {
    expect(await check(['kubectl get pods > out'])).toEqual({
      exit: 4,
      stdout: 'denied  the only redirections are 2>&1, 2>/dev/null and >/dev/null; every output is recorded anyway\n',
      stderr: '✘ denied: nothing of it runs\n',
    });
  });

  it('prints data with --json', async () => {
    const { exit, stdout, stderr } = await check(['--json', 'df -h | kubectl logs x']);
    expect({ exit, stderr }).toEqual({ exit: 4, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      decision: 'denied',
      reason: 'kubectl logs needs a limit; add --tail=200 or --since=15m',
      commands: [
        { connector: 'first', argv: ['df', '-h'], decision: 'allowed', needs: ['host'] },
        {
          connector: 'pipe',
          argv: ['kubectl', 'logs', 'x'],
          decision: 'denied',
          word: null,
          reason: 'kubectl logs needs a limit; add --tail=200 or --since=15m',
        },
      ],
    });
    expect(JSON.parse((await check(['--json', 'uptime'])).stdout)).toMatchObject({ decision: 'allowed', reason: null });
    expect(JSON.parse((await check(['--json', 'a $x'])).stdout)).toMatchObject({ decision: 'denied', commands: [] });
  });

  it('reads standard input', async () => {
    expect(await check(['-'], 'df -h\nuptime\n')).toMatchObject({ exit: 0 });
    expect(await check(['-'], 'df -h\nrm x\n')).toMatchObject({ exit: 4 });
  });

  it('decides for a request that restricts its tools', async () => {
    expect(await check(['--tool', 'kubectl', 'df'])).toMatchObject({ exit: 4 });
    expect(await check(['--tool', 'kubectl', '--tool', 'host', 'df'])).toMatchObject({ exit: 0 });
    const { stdout } = await check(['--tool', 'kubectl', 'kubectl get pods | grep x E001.txt']);
    expect(stdout).toContain('word: grep\n             why:  this request does not allow grep here');
  });

  it('lets text commands read the evidence folder that is named', async () => {
    expect(await check(['--evidence-dir', '/tmp/run', 'cat /tmp/run/E001.txt'])).toMatchObject({ exit: 0 });
    expect(await check(['--evidence-dir', '/tmp/run', 'cat /tmp/runs'])).toMatchObject({ exit: 4 });
  });

  it.each<[argv: readonly string[], message: string]>([
    [[], 'missing required argument "command"'],
    [['kubectl', 'get', 'pods'], 'too many arguments'],
    [['--tool', 'shell', 'df'], 'there is no tool shell'],
    [['--evidence-dir', 'here', 'df'], '--evidence-dir here is not absolute'],
  ])('ends with 2 for %j', async (argv, message) => {
    const { exit, stdout, stderr } = await check(argv);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('shows no control characters of a command', async () => {
    const { stdout } = await check(["cat '/\u001b[31mx'"]);
    expect(stdout).not.toContain('\u001b');
    expect((await check(["grep $'a\\tb' x"])).stdout).toContain('["grep","a\\tb","x"]');
  });
});
