import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findPlaybook } from '../../../src/cli/playbook/find-playbook.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import type { Report } from '../../../src/schema/generated.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const PLAYBOOK = `apiVersion: warroom.intility.io/v1
kind: Playbook
metadata: { id: crash, version: 1, title: Pods that crash, description: For tests }
spec:
  strategies: [crash]
  targets: [hub]
  inputs:
    namespace: { type: k8s-name, required: true, from: namespace, description: Namespace }
    port: { type: port, description: Port }
    word: { type: string, description: Anything }
  budget: { seconds: 20, outputBytes: 4194304, parallel: 2 }
  steps:
    - id: pods
      title: pods of the namespace
      argv: [kubectl, -n, '\${namespace}', get, pods, -o, json]
      access: read
      required: true
      rbac: [{ group: '', resource: 'pods, events', verbs: [list], scope: '\${namespace}' }, { url: /readyz, verbs: [get] }]
      timeoutSeconds: 10
      output: { format: json, drop: ['**.env[*].value'] }
    - id: sockets
      title: sockets
      argv: [ss, -H, 'sport = :\${port}']
      access: read
      privilege: root
      when: { input: port }
      timeoutSeconds: 5
      output: { format: text }
    - id: rules
      title: rules of the firewall
      argv: [awk, '-F:', '$3==0{print $1}', '/etc/passwd', 'a,b']
      access: read
      privilege: root
      timeoutSeconds: 5
      output: { format: text }
    - id: free
      title: anything
      argv: [grep, '\${word}', /etc/passwd]
      access: read
      privilege: root
      when: { input: word }
      timeoutSeconds: 5
      output: { format: text }
  rules:
    - id: crashloop
      title: a crash loop
      from: pods
      iterate: { pod: 'items[*]', c: 'pod.status.containerStatuses[*]' }
      where: [{ path: c.state.waiting.reason, op: eq, value: CrashLoopBackOff }]
      finding:
        code: CRASHLOOP
        severity: error
        object: pod/\${pod.metadata.namespace}/\${pod.metadata.name}
        title: Container \${c.name} is in a crash loop
        explanation: It ends soon after it starts.
        confidence: 0.9
        since: c.lastState.terminated.finishedAt
        recommendations: [{ action: Read its previous log, risk: none }]
`;

const POD = {
  metadata: { name: 'api-1', namespace: 'shop' },
  spec: { containers: [{ name: 'web', env: [{ name: 'PASSWORD', value: 'hunter2-and-more' }] }] },
  status: {
    containerStatuses: [
      {
        name: 'web',
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { finishedAt: '2026-11-20T11:00:00Z' } },
      },
    ],
  },
};
const EVENT = { metadata: { namespace: 'shop' }, lastTimestamp: '2026-11-20T11:30:00Z' };

const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: admin
clusters: [{ name: production-hub, cluster: { server: 'https://127.0.0.1:1' } }]
contexts: [{ name: admin, context: { cluster: production-hub, user: alice } }]
users: [{ name: alice, user: { token: none } }]
`;

const HAS_VISUDO = existsSync('/usr/sbin/visudo');
if (!HAS_VISUDO) printSkipReason('visudo is not installed: the sudoers lines are not parsed');

// Every run reads and checks all playbooks.
vi.setConfig({ testTimeout: 30_000 });

let folder: TempFolder;
const warRoom = new MemoryWarRoom();

beforeEach(async () => {
  folder = await createTempFolder('warroom-playbook');
  await mkdir(join(folder.path, 'site'));
  await writeFile(join(folder.path, 'site/crash.yaml'), PLAYBOOK);
});

afterEach(async () => {
  await folder.close();
});

async function run(...argv: readonly string[]): Promise<InProcessResult> {
  return await runInProcess(['playbook', ...argv], { warRoom, cwd: folder.path });
}

async function writeTest(text: string): Promise<void> {
  await writeFile(
    join(folder.path, 'crash.test.yaml'),
    `apiVersion: warroom.intility.io/v1\nkind: PlaybookTest\nplaybook: crash\nnow: 2026-11-20T12:00:00Z\ninputs: { namespace: shop }\ncases:\n${text}`,
  );
}

async function recordCluster(): Promise<void> {
  await mkdir(join(folder.path, 'gathered/inner'), { recursive: true });
  const list = (items: readonly unknown[]): Buffer => gzipSync(JSON.stringify({ kind: 'List', items }));
  await writeFile(join(folder.path, 'gathered/inner/pods.json.gz'), list([POD]));
  await writeFile(join(folder.path, 'gathered/inner/events.json.gz'), list([EVENT]));
}

describe('playbook list and show', () => {
  it('lists built-in playbooks and those of a folder, one a line', async () => {
    const { stdout, exit } = await run('list', '--dir', 'site');
    expect(exit).toBe(0);
    expect(stdout).toContain('crash\thub\t4\t1\t20s\tsite\tPods that crash\n');
    expect(stdout).toMatch(/^general\t.*\tbuiltin\t/mu);
    const { stdout: json } = await run('list', '--json');
    expect(JSON.parse(json)).toHaveProperty('playbooks');
  });

  it('shows every command with what it needs, and what is concluded', async () => {
    const { stdout } = await run('show', 'crash', '--dir', 'site');
    expect(stdout).toContain('$ kubectl -n ${namespace} get pods -o json');
    expect(stdout).toContain('list pods, events in ${namespace}');
    expect(stdout).toContain('privilege root');
    expect(stdout).toContain('error CRASHLOOP from pods, confidence 0.9');
  });

  it('names the nearest playbook', async () => {
    const { stderr, exit } = await run('show', 'generl');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('did you mean "general"?')]);
    const known = /known are (.*)/u.exec(stderr)?.[1]?.split(', ') ?? [];
    expect(known.length).toBeGreaterThan(10);
    expect(known).toEqual([...known].sort());
  });

  it('takes the playbook for clusters where a strategy has one for machines too', async () => {
    const all = await loadPlaybooks({ builtinDir: builtinPlaybookDir() });
    const idOf = (name: string, isCluster: boolean): string =>
      findPlaybook(name, all, { isCluster }).playbook.metadata.id;
    expect([idOf('general', true), idOf('general', false)]).toEqual(['cluster-triage', 'general']);
    expect([idOf('certificates', true), idOf('firewall', true)]).toEqual(['certificates', 'firewall']);
  });
});

describe('playbook lint', () => {
  it('explains mistakes with line, column and what was meant', async () => {
    await writeFile(
      join(folder.path, 'site/crash.yaml'),
      PLAYBOOK.replace('from: pods', 'from: pod').replace('path: c.state', 'path: cc.state'),
    );
    const { stdout, exit } = await run('lint', 'site/crash.yaml');
    expect(exit).toBe(2);
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
      'site/crash.yaml:47:13: spec.rules[0].from: "pod" is no step (did you mean "pods"?)',
      expect.stringMatching(
        /^site\/crash\.yaml:49:\d+: spec\.rules\[0\]\.where\[0\]\.path: "cc\.state\.waiting\.reason" begins with no name of this rule \(it has pod, c, step, input\)$/u,
      ),
    ]);
  });

  it('warns of what nothing reads and of rules without tests', async () => {
    await writeTest(`  - { name: none, steps: { pods: { json: { items: [] } } }, expect: { absent: [crashloop] } }\n`);
    const { stdout, exit } = await run('lint', 'site/crash.yaml', '--dir', 'site', '--tests', '.');
    expect(exit).toBe(0);
    expect(stdout).toContain('warning: no rule looks at step "sockets"');
    expect(stdout).toContain('warning: rule "crashloop" has no case where it fires, is unknown');
  });
});

describe('the folder of the built-in playbooks', () => {
  it('is no second folder when it is named', async () => {
    const { stdout, exit } = await run('list', '--dir', builtinPlaybookDir());
    expect([exit, stdout]).toEqual([0, expect.stringMatching(/^general\t.*\tbuiltin\t/mu)]);
  });

  it('has its tests in test/playbooks, where lint looks for them', async () => {
    const { stdout, exit } = await run('lint', join(builtinPlaybookDir(), 'certificates.yaml'));
    expect([exit, stdout]).toEqual([0, '']);
  });
});

describe('playbook test', () => {
  it('passes when the rules say what is expected', async () => {
    await writeFile(join(folder.path, 'pods.json'), JSON.stringify({ items: [POD] }));
    await writeTest(`  - name: crash
    steps: { pods: { file: pods.json } }
    expect:
      findings: [{ code: CRASHLOOP, object: pod/shop/api-1, since: 2026-11-20T11:00:00Z, cites: CrashLoopBackOff }]
      cause: CRASHLOOP
      outcome: root-cause
  - { name: fine, steps: { pods: { json: { items: [] } } }, expect: { absent: [crashloop], outcome: no-problem } }
  - { name: denied, steps: { pods: { exit: 1, stderr: 'pods is forbidden' } }, expect: { unknown: [crashloop], outcome: inconclusive } }
`);
    const { stdout, stderr, exit } = await run('test', '.', '--dir', 'site');
    expect([exit, stderr]).toEqual([0, expect.stringContaining('3 of 3 cases pass')]);
    expect(stdout.split('\n').map((line) => line.split('\t').slice(0, 3).join(' '))).toEqual([
      'pass crash crash',
      'pass crash fine',
      'pass crash denied',
      '',
    ]);
  });

  it('says what differs and ends with 1', async () => {
    await writeTest(`  - name: wrong
    steps: { pods: { json: { items: [] } } }
    expect: { findings: [{ code: CRASHLOOP }], unknown: [crashloop], absent: [crashlop], outcome: inconclusive }
`);
    const { stdout, exit } = await run('test', 'crash.test.yaml', '--dir', 'site');
    expect(exit).toBe(1);
    expect(stdout).toContain('no finding {"code":"CRASHLOOP"}; found: nothing');
    expect(stdout).toContain('rule crashloop does not fire, expected: is unknown');
    expect(stdout).toContain('crash has no rule crashlop; did you mean crashloop?');
    expect(stdout).toContain('the outcome is no-problem, not inconclusive');
  });

  it.each([
    [
      'a step that does not exist',
      '  - { name: x, steps: { podz: { stdout: x } }, expect: { only: true } }\n',
      1,
      'crash has no step podz',
    ],
    [
      'a file outside',
      '  - { name: x, steps: { pods: { file: ../secret } }, expect: { only: true } }\n',
      2,
      'lies outside of the folder of the test',
    ],
    ['a field that does not exist', '  - { name: x, expects: {} }\n', 2, 'crash.test.yaml:7:'],
  ])('refuses %s', async (_what, text, exit, message) => {
    await writeFile(join(folder.path, '../secret'), 'x').catch(() => undefined);
    await writeTest(text);
    const result = await run('test', '.', '--dir', 'site');
    expect(result.exit).toBe(exit);
    expect(result.stdout + result.stderr).toContain(message);
  });

  it.each([
    [['test', 'nope'], 'cause: there is no such file'],
    [['test', '.', '--dir', 'nope'], 'cause: there is no such folder'],
    [['lint', 'site/crash.yaml', '--tests', 'nope'], 'cause: there is no such file'],
  ])('ends with 2 when %j cannot be read', async (argv, message) => {
    const { exit, stderr } = await run(...argv);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain('ENOENT');
  });

  it('says which recorded output is missing, and where a test names it', async () => {
    await writeTest('  - { name: x, steps: { pods: { file: gone.json } }, expect: { only: true } }\n');
    const { exit, stderr } = await run('lint', 'site/crash.yaml', '--dir', 'site', '--tests', '.');
    expect([exit, stderr]).toEqual([
      2,
      expect.stringMatching(/gone\.json\ncause: there is no such file\nhint: {2}the test names it/u),
    ]);
  });

  it('may lie beside the playbook that it tests', async () => {
    await writeTest('  - { name: fine, steps: { pods: { json: { items: [] } } }, expect: { absent: [crashloop] } }\n');
    await rename(join(folder.path, 'crash.test.yaml'), join(folder.path, 'site/crash.test.yaml'));
    expect((await run('test', 'site', '--dir', 'site')).exit).toBe(0);
  });

  it('says where tests are looked for when there are none', async () => {
    const { exit, stderr } = await run('test', 'site');
    expect([exit, stderr]).toEqual([1, expect.stringContaining('no file there is named *.test.yaml')]);
  });
});

describe('playbook run', () => {
  it('looks at a recorded cluster as of the time when it was recorded', async () => {
    await recordCluster();
    const { stdout, exit } = await run('run', 'crash', '--dir', 'site', '--from', 'gathered', '--namespace', 'shop');
    expect(exit).toBe(0);
    expect(stdout).toContain('2026-11-20 11:30 UTC');
    expect(stdout).toContain('Container web is in a crash loop');
    expect(stdout).not.toContain('hunter2');
  });

  it('knows nothing of what a recording does not hold', async () => {
    await mkdir(join(folder.path, 'gathered/namespaces/shop/core'), { recursive: true });
    const { stdout } = await run(
      'run',
      'crash',
      '--dir',
      'site',
      '--from',
      'gathered',
      '--namespace',
      'shop',
      '--json',
    );
    const diagnosis = JSON.parse(stdout) as { readonly outcome: string; readonly coverage: readonly object[] };
    expect(diagnosis.outcome).toBe('inconclusive');
    expect(diagnosis.coverage[0]).toMatchObject({ step: 'pods', known: false, status: 'unreachable' });
    const failing = await run(
      'run',
      'crash',
      '--dir',
      'site',
      '--from',
      'gathered',
      '--namespace',
      'shop',
      '--fail-on',
      'inconclusive',
    );
    expect(failing.exit).toBe(1);
  });

  it('keeps what it saw as a test that passes and can be looked at again', async () => {
    await recordCluster();
    const saved = await run(
      'run',
      'crash',
      '--dir',
      'site',
      '--from',
      'gathered',
      '--namespace',
      'shop',
      '--save',
      'kept',
    );
    expect(saved.exit).toBe(0);
    expect(await readdir(join(folder.path, 'kept'))).toEqual(['crash.test.yaml', 'pods.txt']);
    expect(await readFile(join(folder.path, 'kept/pods.txt'), 'utf8')).not.toContain('hunter2');
    expect((await run('test', 'kept', '--dir', 'site')).exit).toBe(0);
    const again = await run('run', 'crash', '--dir', 'site', '--from', 'kept');
    expect(again.stdout).toContain('Container web is in a crash loop');
  });

  it.each([
    [['--namespace', '-A'], '"-A" begins with a dash'],
    [[], 'input namespace is missing'],
    [['--input', 'namespace=Shop'], '"Shop" is not a Kubernetes name'],
    [['--namespace', 'shop', '--input', 'nam=x'], 'has no input "nam"'],
  ])('refuses inputs %j', async (flags, message) => {
    await recordCluster();
    const { exit, stderr } = await run('run', 'crash', '--dir', 'site', '--from', 'gathered', ...flags);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('suggests the same look again, with what it needs, and nothing of a war room', async () => {
    await mkdir(join(folder.path, 'gathered/namespaces/shop/core'), { recursive: true });
    const flags = ['--dir', 'site', '--from', 'gathered', '--namespace', 'shop'];
    const { stdout } = await run('run', 'crash', ...flags, '--json');
    const report = JSON.parse(stdout) as Report;
    expect(report.cluster.type).toBe('hub');
    expect(report.recommendations.map(({ command }) => command)).toEqual([
      'claude-warroom playbook run crash --input namespace=shop --from gathered --dir site',
    ]);
    expect(stdout).not.toMatch(/nonexistent|investigate --cluster|get-results/u);
  });

  it('names the cluster that its kubeconfig is for, and never this machine', async () => {
    await writeFile(join(folder.path, 'hub.kubeconfig'), KUBECONFIG);
    const flags = ['--dir', 'site', '--kubeconfig', 'hub.kubeconfig', '--namespace', 'shop'];
    const { stdout, exit } = await run('run', 'crash', ...flags, '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      cluster: { type: 'hub', name: 'production-hub' },
      target: { kind: 'kubernetes', name: 'production-hub', identity: 'unknown' },
    });
  });

  it.each([
    [['crash', '--dir', 'site', '--namespace', 'shop'], 'playbook crash looks at clusters, and none is named'],
    [['crash', '--dir', 'site', '--kubeconfig', 'nope', '--namespace', 'shop'], 'cannot read the kubeconfig nope'],
    [['crash', '--dir', 'site', '--kubeconfig', 'site/crash.yaml', '--namespace', 'shop'], 'it has no current-context'],
    [['crash', '--dir', 'site', '--kubeconfig', 'other', '--namespace', 'shop'], 'it has no context "gone"'],
    [['crash', '--dir', 'site', '--kubeconfig', 'broken', '--namespace', 'shop'], 'line 1 cannot be read'],
    [['general-host', '--dir', 'hosts', '--kubeconfig', 'hub.kubeconfig'], 'looks at machines, not at clusters'],
    [['crash', '--dir', 'site', '--from', 'nope', '--namespace', 'shop'], 'cause: there is no such file'],
    [['crash', '--dir', 'nope'], 'cause: there is no such folder'],
  ])('refuses a place that cannot be looked at: %j', async (argv, message) => {
    await writeFile(join(folder.path, 'hub.kubeconfig'), KUBECONFIG);
    await writeFile(join(folder.path, 'other'), KUBECONFIG.replace('current-context: admin', 'current-context: gone'));
    await writeFile(join(folder.path, 'broken'), '{');
    await mkdir(join(folder.path, 'hosts'));
    const host = PLAYBOOK.replaceAll('crash', 'general-host').replace('[hub]', '[host]');
    await writeFile(join(folder.path, 'hosts/general-host.yaml'), host);
    const { exit, stderr } = await run('run', ...argv);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('says when a folder holds no recording', async () => {
    const { exit, stderr } = await run('run', 'crash', '--dir', 'site', '--from', 'site', '--namespace', 'shop');
    expect([exit, stderr]).toEqual([1, expect.stringContaining('neither a recorded run of crash nor a must-gather')]);
  });
});

describe('what playbooks may do', () => {
  it('is printed as roles, each right once', async () => {
    const { stdout } = await run('rbac', 'crash', '--dir', 'site');
    expect(stdout).toContain(
      '  name: claude-warroom-hub-namespace\nrules:\n  - apiGroups: [""]\n    resources: ["pods"]\n    verbs: ["list"]',
    );
    expect(stdout).toContain('  - nonResourceURLs: ["/readyz"]\n    verbs: ["get"]');
    expect(stdout).not.toMatch(/update|patch|delete|"\*"/u);
    expect((await run('rbac', 'etcd-latency')).stderr).toContain('the ClusterRole cluster-monitoring-view');
    expect((await run('rbac', 'crash', '--dir', 'site')).stderr).toBe('');
    expect((await run('rbac', 'general')).stderr).toBe('general needs nothing of Kubernetes\n');
  });

  it('leaves out what a processor may not hold, unless it is asked for', async () => {
    const { stdout, stderr } = await run('rbac', 'etcd-latency');
    expect(stdout).toContain('resources: ["pods/log"]');
    expect(stdout).not.toContain('pods/exec');
    expect(stderr).toContain('left out: etcd-latency endpoint-status, etcd-latency endpoint-health');
    expect(stderr).toContain('run a reader inside a container (--exec-read)');
    const all = await run('rbac', 'etcd-latency', '--exec-read');
    expect(all.stdout).toContain('resources: ["pods/exec"]\n    resourceNames: ["etcd-0"]\n    verbs: ["create"]');
    expect(all.stderr).not.toContain('left out');
    expect((await run('rbac')).stdout).not.toContain('create');
  });

  it('is printed as exact command lines for sudo, and refused where they cannot be exact', async () => {
    const { stdout, stderr } = await run('sudoers', 'crash', '--dir', 'site', '--user', 'warroom');
    const lines = stdout.split('\n').filter((line) => line.startsWith('warroom '));
    expect(lines).toEqual([
      expect.stringMatching(/^warroom ALL=\(root\) NOPASSWD: \/\S*ss \^-H sport = :\[1-9\]\[0-9\]\*\$$/u),
      expect.stringMatching(
        /^warroom ALL=\(root\) NOPASSWD: \/\S*awk -F\\: \$3\\=\\=0\{print\\ \$1\} \/etc\/passwd a\\,b$/u,
      ),
    ]);
    expect(stderr).toContain('step free is left out: ${word} can be too many things');
    expect((await run('sudoers', '--user', 'x y')).exit).toBe(2);
  });

  it.skipIf(!HAS_VISUDO)('is understood by sudo', async () => {
    const { stdout } = await run('sudoers', 'crash', '--dir', 'site', '--user', 'warroom');
    const file = join(folder.path, 'sudoers');
    await writeFile(file, stdout, { mode: 0o440 });
    expect(execFileSync('/usr/sbin/visudo', ['-cf', file], { encoding: 'utf8' })).toContain('parsed OK');
  });
});
