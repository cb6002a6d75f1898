import { beforeAll, describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/domain/finding.ts';
import { evaluateRules } from '../../../src/playbook/evaluate-rules.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import type { Playbook } from '../../../src/schema/generated.ts';
import { runSample } from './sample-playbook.ts';
import { CAPTURE_TIME, createScriptedTarget, type Answer } from './scripted-target.ts';

let general: Playbook;

beforeAll(async () => {
  const loaded = await loadPlaybooks({ builtinDir: builtinPlaybookDir() });
  const found = loaded.find(({ playbook }) => playbook.metadata.id === 'general');
  if (found === undefined) throw new Error('there is no playbook general');
  general = found.playbook;
});

/** What every run says about the machine, whatever is wrong with it. */
const STATE = new Set(['SYSTEM', 'LOAD', 'MEMORY', 'FILE_SYSTEM']);

async function judgeAll(answers: Readonly<Record<string, Answer>>, platform = 'linux'): Promise<Judgement> {
  const run = await runSample(general, { target: createScriptedTarget(answers, { platform }) });
  return evaluateRules({ playbook: general, steps: run.steps, evidence: run.evidence, now: CAPTURE_TIME });
}

/** The judgement without the state of the machine. */
async function judge(answers: Readonly<Record<string, Answer>>, platform = 'linux'): Promise<Judgement> {
  const judgement = await judgeAll(answers, platform);
  return { ...judgement, findings: judgement.findings.filter(({ code }) => !STATE.has(code)) };
}

const DF = 'df -P -k';
const INODES = 'df -P -i';
const MOUNTS = 'cat /proc/mounts';
const PS = 'ps -A -o pid= -o ppid= -o stat= -o pcpu= -o pmem= -o rss= -o etime= -o comm=';
const MEMINFO = 'cat /proc/meminfo';
const PSI = { cpu: 'cat /proc/pressure/cpu', memory: 'cat /proc/pressure/memory', io: 'cat /proc/pressure/io' };
const FILES = 'cat /proc/sys/fs/file-nr';
const UNITS = 'systemctl list-units --all --plain --no-legend --no-pager --state=failed,auto-restart';
const KERNEL = 'journalctl -k --since=-24h -o short-iso -n 2000 -r --no-pager';
const DMESG = 'dmesg --time-format=iso';
const ERRORS = 'journalctl -p err --since=-1h -o short-iso -n 300 -r --no-pager';
const NAMES = String.raw`journalctl --no-pager --since=-15min -n 200 -r -o short-iso -g emporary failure (?:in name resolution|resolving)|EAI_AGAIN|lookup \S+ on \S+:53: .*(?:timeout|refused|unreachable)`;
const RESTARTS = 'journalctl --no-pager --since=-1h -n 200 -r -o short-iso -t systemd -g Scheduled restart job';
const CLOCK = 'timedatectl show';
const LISTEN = 'ss -tulnH';
const CLOSE_WAIT = 'ss -tanH state close-wait';
const DOCKER = 'docker ps -a --format {{.Names}} {{.State}} {{.Status}}';
const PACKAGES = String.raw`find /var/lib/dpkg/info -maxdepth 1 -name *.list -mmin -2880 -printf %T@ %f\n`;
const WRITTEN = String.raw`find /etc -xdev -type d ! -readable -prune -o -type f -mmin -2880 -printf %T@ %u %p\n`;
const OS = 'cat /etc/os-release';
const FACTS = 'host-facts';

const DF_HEAD = 'Filesystem     1024-blocks      Used Available Capacity Mounted on\n';
const INODE_HEAD = 'Filesystem       Inodes  IUsed    IFree IUse% Mounted on\n';

function facts(changes: Readonly<Record<string, unknown>> = {}): string {
  const all = {
    platform: 'linux',
    uptimeSeconds: 864_000,
    cpus: 4,
    loadAverage5: 1,
    loadPerCpu5: 0.25,
    loadPerCpu15: 0.2,
    availableMemoryBytes: 8_589_934_593,
    availableMemoryPercent: 52,
    ...changes,
  };
  return `${JSON.stringify(all, null, 2)}\n`;
}

function pressure(some: string, full: string): string {
  const line = (kind: string, [avg10 = '0', avg60 = '0', avg300 = '0']: readonly string[]): string =>
    `${kind} avg10=${avg10} avg60=${avg60} avg300=${avg300} total=12345`;
  return `${line('some', some.split(' '))}\n${line('full', full.split(' '))}\n`;
}

const HEALTHY: Readonly<Record<string, Answer>> = {
  [PACKAGES]: '1795902927.8137158870 nginx-common.list\n',
  [WRITTEN]: '',
  [FACTS]: facts(),
  [DF]: `${DF_HEAD}/dev/sda2       101083848  91083848  29999999      88% /\ntmpfs             1000000    999999         1     100% /run\n/dev/loop1          65536     65536         0     100% /snap/core/1\n/dev/sdb1      9766420480 9180435251 585985229      94% /archive\n/dev/sda1          490000    480000     10000      97% /boot\noverlay         101083848 101083848         0     100% /var/lib/docker/overlay2/x/merged\n`,
  [INODES]: `${INODE_HEAD}/dev/sda2      6553600 312000  6241600    5% /\n/dev/sdc1            0      0        0     - /data\nC:\\                999 -999001  1000000     - /mnt/c\n`,
  [MOUNTS]:
    '/dev/sda2 / ext4 rw,relatime,errors=remount-ro 0 0\n/dev/sda1 /boot ext4 ro,relatime 0 0\n/dev/sda2 /srv/export ext4 ro,relatime 0 0\n/dev/loop1 /snap/core/1 squashfs ro,nodev 0 0\n',
  [PS]: '    1     0 Ss    0.0  0.1 11976 10-00:00:00 systemd\n  300     2 I<    0.0  0.0     0 10-00:00:00 kworker/0:1H-kblockd\n  400     1 Rl   99.0  3.0 90000      00:12 cc1plus\n  401   400 Z     0.0  0.0     0      00:01 sh <defunct>\n  402     1 D     0.0  0.0   100      00:01 dd\n',
  [MEMINFO]: 'MemTotal:       16384000 kB\nSwapTotal:       2097148 kB\nSwapFree:        1500000 kB\n',
  [PSI.cpu]: pressure('70.1 41.0 20.0', '0 0 0'),
  [PSI.memory]: pressure('1 1 1', '0.5 0.5 0.2'),
  [PSI.io]: pressure('20 20 20', '15 8 3'),
  [FILES]: '1670\t0\t9223372036854775807\n',
  [UNITS]: 'serial-getty@ttyS0.service loaded activating auto-restart Serial Getty on ttyS0\n',
  [KERNEL]:
    '2026-11-20T11:58:00+0000 box kernel: I/O error, dev fd0, sector 0\n2026-11-20T04:00:00+0000 box kernel: Memory cgroup out of memory: Killed process 9 (old)\n2026-11-19T12:30:00+0000 box kernel: Out of memory: Killed process 8 (older)\n',
  [ERRORS]: '2026-11-20T11:59:00+0000 box sshd[12]: error: kex_exchange_identification\n    second line of it\n',
  [NAMES]: '-- No entries --\n',
  [RESTARTS]: '-- No entries --\n',
  [CLOCK]: 'Timezone=Etc/UTC\nNTP=yes\nNTPSynchronized=yes\nTimeUSec=Fri 2026-11-20 12:00:00 UTC\n',
  [LISTEN]:
    'udp   UNCONN 213248 0      127.0.0.1:323       0.0.0.0:*\ntcp   LISTEN 0      128      0.0.0.0:22        0.0.0.0:*\ntcp   LISTEN 3      511    127.0.0.1:6379      0.0.0.0:*\n',
  [CLOSE_WAIT]: '1      0      10.0.0.1:40000 10.0.0.9:443\n',
  [DOCKER]:
    'web running Up 3 days (healthy)\nonce exited Exited (0) 5 minutes ago\nold exited Exited (1) 3 weeks ago\nstopped exited Exited (137) 2 minutes ago\n',
  [OS]: 'NAME="Some Linux"\nID=some\n',
};

/** A small image: no ps, no ss, no systemd, no Docker, no permission for the kernel log; the host is busy, not sick. */
const CONTAINER: Readonly<Record<string, Answer>> = {
  [FACTS]: facts({ uptimeSeconds: 90_000 }),
  [DF]: `${DF_HEAD}overlay         101083848  40083848  55999999      42% /\ntmpfs               65536         0     65536       0% /dev\nshm                 65536         0     65536       0% /dev/shm\n/dev/vda1       101083848  40083848  55999999      42% /etc/hosts\n`,
  [INODES]: `${INODE_HEAD}overlay        6553600 312000  6241600    5% /\n`,
  [MOUNTS]:
    'overlay / overlay ro,relatime,lowerdir=/x 0 0\n/dev/vda1 /etc/hosts ext4 ro,relatime 0 0\n/dev/vda1 /var/log ext4 ro,relatime 0 0\nproc /proc proc rw 0 0\n',
  [MEMINFO]: HEALTHY[MEMINFO] ?? '',
  [FILES]: HEALTHY[FILES] ?? '',
  [DMESG]: { end: { kind: 'exited', exit: 1 }, stderr: 'dmesg: read kernel buffer failed: Operation not permitted' },
  [OS]: HEALTHY[OS] ?? '',
};

const MAC: Readonly<Record<string, Answer>> = {
  [FACTS]: `${JSON.stringify({ platform: 'darwin', uptimeSeconds: 90_000, cpus: 8, loadPerCpu5: 0.3, loadPerCpu15: 0.3 }, null, 2)}\n`,
  [DF]: `${DF_HEAD}/dev/disk3s1s1   482797652  10000000  10000000      50% /\ndevfs                  205       205         0     100% /dev\n/dev/disk3s5     482797652 400000000  70000000      86% /System/Volumes/Data\nmap auto_home            0         0         0     100% /System/Volumes/Data/home\n/dev/disk5s1        500000    500000         0     100% /Volumes/Some Installer\n`,
  [PS]: '    1     0 Ss     0.5  0.1  20000 10-01:02:03 /sbin/launchd\n  500     1 S      0.0  1.0 200000   01:02:03 /Applications/My App.app/Contents/MacOS/My App\n',
  'netstat -an':
    'Active Internet connections (including servers)\nProto Recv-Q Send-Q  Local Address          Foreign Address        (state)\ntcp4       0      0  127.0.0.1.631          *.*                    LISTEN\nudp4       0      0  *.5353                 *.*\n',
};

function problems(judgement: Judgement): readonly string[] {
  return judgement.findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, object }) => `${code} ${object}`);
}

describe('the general playbook', () => {
  it('tells how the machine stands, with quotes, and calls none of it a problem', async () => {
    const { findings } = await judgeAll({
      ...HEALTHY,
      [FACTS]: facts({ release: '6.1.0', loadAverage1: 0.5, loadAverage15: 1, totalMemoryBytes: 16_000_000_000 }),
    });
    expect(findings.map(({ code, severity, citations }) => [code, severity, citations.length])).toEqual(
      expect.arrayContaining([
        ['SYSTEM', 'info', 1],
        ['LOAD', 'info', 1],
        ['MEMORY', 'info', 1],
        ['FILE_SYSTEM', 'info', 1],
      ]),
    );
    expect(findings.map(({ title }) => title)).toContain('Kernel 6.1.0 on linux, 4 CPUs');
  });

  it('is for machines, ends within eight seconds, and judges every step that can show a problem', () => {
    expect(general.spec.targets).toEqual(['host']);
    // A command that ignores the end of its time is given one more second.
    expect(general.spec.budget.seconds + 1).toBeLessThan(8);
    expect(general.spec.steps.filter(({ required }) => required === true).map(({ id }) => id)).toEqual([
      'host-facts',
      'disk',
    ]);
    const judged = new Set(general.spec.rules.map(({ from }) => from));
    expect(general.spec.steps.map(({ id }) => id).filter((id) => !judged.has(id))).toEqual([
      // What changed is read by no rule: it stands before the findings.
      'packages',
      'recent-configuration',
      'os-release',
    ]);
  });

  it('tells for every problem what would disprove it and what to do', () => {
    for (const { id, finding } of general.spec.rules) {
      if (finding.severity === 'info') continue;
      expect(finding.disprovedBy, id).toBeDefined();
      expect(finding.recommendations?.length ?? 0, id).toBeGreaterThan(0);
    }
  });

  it('explains only codes that some playbook gives, and orders only its own', async () => {
    const codes = new Set(general.spec.rules.map(({ finding }) => finding.code));
    // Others take its rules about disks and memory, and what those explain is theirs.
    const all = await loadPlaybooks({ builtinDir: builtinPlaybookDir() });
    const known = new Set(
      all.flatMap(({ playbook }) =>
        playbook.spec.rules.flatMap(({ finding }) => [
          finding.code,
          ...(finding.refine?.cases ?? []).flatMap(({ code }) => code ?? []),
        ]),
      ),
    );
    for (const { finding } of general.spec.rules)
      for (const code of finding.explains ?? []) expect(known).toContain(code);
    for (const code of general.spec.synthesis?.order ?? []) expect(codes).toContain(code);
  });

  it('finds nothing on a healthy machine, and has judged every rule', async () => {
    const judgement = await judge(HEALTHY);
    expect(judgement.findings).toEqual([]);
    expect(judgement.unknowns).toEqual([]);
    // What needs an input that nobody gave does not apply.
    const problems = general.spec.rules.filter((rule) => rule.finding.severity !== 'info' && rule.inputs === undefined);
    expect(judgement.ruledOut).toHaveLength(problems.length);
    expect(judgement.coverage.every(({ known }) => known)).toBe(true);
  });

  it('finds nothing wrong in a small container, and lists what it could not see', async () => {
    const judgement = await judge(CONTAINER);
    expect(judgement.findings).toEqual([]);
    const missing = judgement.coverage.filter(({ known }) => !known).map(({ step, status }) => `${step} ${status}`);
    expect(missing).toEqual([
      'processes missing-tool',
      'pressure-cpu missing-tool',
      'pressure-memory missing-tool',
      'pressure-io missing-tool',
      'services missing-tool',
      'kernel-log denied',
      'journal-errors missing-tool',
      'restarts missing-tool',
      'resolver-log missing-tool',
      'clock missing-tool',
      'listening missing-tool',
      'close-wait missing-tool',
      'containers missing-tool',
      'packages missing-tool',
      'recent-configuration missing-tool',
    ]);
    expect(judgement.unknowns.map(({ why }) => why)).toContain(
      'services that failed or restart in a loop: systemctl is not installed',
    );
    expect(judgement.coverage.filter(({ required, known }) => required && !known)).toEqual([]);
  });

  it('finds nothing wrong on macOS, where free memory is not known', async () => {
    const judgement = await judge(MAC, 'darwin');
    expect(judgement.findings).toEqual([]);
    expect(judgement.unknowns.map(({ text }) => text)).toEqual([
      'a machine without free memory; little free memory',
      'a container that crashes and is started again; a container that fails its health check; a container that ended with an error in the last hour',
      'a server that does not accept its connections',
    ]);
  });

  it.each<[string, Readonly<Record<string, Answer>>, readonly string[]]>([
    ['a full disk', { [DF]: `${DF_HEAD}/dev/sda2 100000000 99000000 1000000 99% /var\n` }, ['DISK_FULL /var']],
    [
      'a full network share with spaces',
      { [DF]: `${DF_HEAD}//srv/my share 100000 97000 3000 97% /mnt/my share\n` },
      ['DISK_FULL /mnt/my share'],
    ],
    [
      'the full root of a container',
      { [DF]: `${DF_HEAD}overlay 100000000 99900000 100 100% /\n/dev/vda1 100000000 99900000 100 100% /etc/hosts\n` },
      ['DISK_FULL /'],
    ],
    [
      'a disk that is nearly full',
      { [DF]: `${DF_HEAD}/dev/sda2 100000000 92000000 8000000 92% /\n` },
      ['DISK_NEARLY_FULL /'],
    ],
    [
      'a full boot partition',
      {
        [DF]: `${DF_HEAD}/dev/sda1 490000 488000 2000 99% /boot\n`,
        [MOUNTS]: '/dev/sda1 /boot ext4 rw,relatime 0 0\n',
      },
      ['DISK_NEARLY_FULL /boot'],
    ],
    [
      'a large disk with one percent left',
      { [DF]: `${DF_HEAD}/dev/sdb1 20000000000 19800000000 200000000 99% /archive\n` },
      ['DISK_NEARLY_FULL /archive'],
    ],
    ['no inodes', { [INODES]: `${INODE_HEAD}/dev/sda2 6553600 6553600 0 100% /\n` }, ['INODES_FULL /']],
    [
      'a root that Linux made read-only',
      { [MOUNTS]: '/dev/sda2 / ext4 ro,relatime,errors=remount-ro 0 0\n' },
      ['FILE_SYSTEM_READ_ONLY /'],
    ],
    ['a read-only /var', { [MOUNTS]: '/dev/sda3 /var xfs ro,relatime 0 0\n' }, ['FILE_SYSTEM_READ_ONLY /var']],
    [
      'a file system in emergency',
      { [MOUNTS]: '/dev/sda4 /data ext4 rw,emergency_ro 0 0\n' },
      ['FILE_SYSTEM_READ_ONLY /data'],
    ],
    [
      'a remount in the kernel log',
      { [KERNEL]: '2026-11-20T09:00:00+0000 box kernel: EXT4-fs (sda1): Remounting filesystem read-only\n' },
      ['FILE_SYSTEM_READ_ONLY kernel'],
    ],
    [
      'a failing disk',
      {
        [KERNEL]:
          '2026-11-20T09:00:00+0000 box kernel: I/O error, dev sdb, sector 1\n2026-11-20T09:00:01+0000 box kernel: I/O error, dev sdb, sector 2\n',
      },
      ['DISK_ERRORS sdb'],
    ],
    [
      'a failing disk seen by dmesg only',
      {
        [KERNEL]: { stdout: '-- No entries --\n', stderr: 'No journal files were found.' },
        [DMESG]: '2026-11-20T09:00:00,123456+00:00 I/O error, dev sdb, sector 1\n',
      },
      ['DISK_ERRORS sdb'],
    ],
    [
      'a hanging process',
      { [KERNEL]: '2026-11-20T11:30:00+0000 box kernel: INFO: task nfsd:99 blocked for more than 120 seconds.\n' },
      ['IO_BLOCKED kernel'],
    ],
    [
      'a full table of connections',
      { [KERNEL]: '2026-11-20T11:30:00+0000 box kernel: nf_conntrack: nf_conntrack: table full, dropping packet\n' },
      ['CONNTRACK_FULL nf_conntrack'],
    ],
    [
      'a kill for memory',
      { [KERNEL]: '2026-11-20T09:00:00+0000 box kernel: Out of memory: Killed process 4242 (java) total-vm:1kB\n' },
      ['HOST_OOM process/java'],
    ],
    [
      'a kill at a limit',
      {
        [KERNEL]:
          '2026-11-20T11:30:00+0000 box kernel: Memory cgroup out of memory: Killed process 7 (worker) total-vm:1kB\n',
      },
      ['LIMIT_OOM process/worker'],
    ],
    [
      'no memory',
      { [FACTS]: facts({ availableMemoryPercent: 3.2, availableMemoryBytes: 500_000_000 }) },
      ['MEMORY_EXHAUSTED memory'],
    ],
    [
      'little memory',
      { [FACTS]: facts({ availableMemoryPercent: 8, availableMemoryBytes: 1_300_000_000 }) },
      ['MEMORY_LOW memory'],
    ],
    [
      'a small part of a lot of memory',
      { [FACTS]: facts({ availableMemoryPercent: 8, availableMemoryBytes: 80_000_000_000 }) },
      [],
    ],
    ['memory pressure', { [PSI.memory]: pressure('40 40 20', '12 9 4') }, ['MEMORY_PRESSURE memory']],
    ['disk pressure', { [PSI.io]: pressure('60 50 40', '30 25 12') }, ['IO_PRESSURE disk']],
    ['CPU pressure', { [PSI.cpu]: pressure('90 85 60', '0 0 0') }, ['CPU_PRESSURE cpu']],
    ['a high load', { [FACTS]: facts({ loadPerCpu5: 3.1, loadPerCpu15: 2.4 }) }, ['LOAD_HIGH cpu']],
    ['a short peak of load', { [FACTS]: facts({ loadPerCpu5: 3.1, loadPerCpu15: 0.9 }) }, []],
    [
      'zombies',
      { [PS]: Array.from({ length: 25 }, (_, index) => `${index + 100} 77 Z 0.0 0.0 0 05:00 sh <defunct>\n`).join('') },
      ['ZOMBIES process/77'],
    ],
    ['few file handles', { [FILES]: '90000\t0\t100000\n' }, ['FILE_HANDLES_LOW fs.file-max']],
    [
      'a failed service',
      { [UNITS]: 'nginx.service loaded failed failed A high performance web server\n' },
      ['SERVICE_FAILED nginx.service'],
    ],
    ['a failed helper', { [UNITS]: 'motd-news.service loaded failed failed Message of the Day\n' }, []],
    [
      'a crash loop',
      { [UNITS]: 'api.service loaded activating auto-restart The API\n' },
      ['SERVICE_CRASH_LOOP api.service'],
    ],
    [
      'a restarting container',
      { [DOCKER]: 'api restarting Restarting (1) 5 seconds ago\n' },
      ['CONTAINER_RESTARTING container/api'],
    ],
    [
      'an unhealthy container',
      { [DOCKER]: 'api running Up 2 hours (unhealthy)\n' },
      ['CONTAINER_UNHEALTHY container/api'],
    ],
    [
      'a full accept queue',
      { [LISTEN]: 'tcp   LISTEN 129    128      0.0.0.0:8080        0.0.0.0:*\n' },
      ['ACCEPT_QUEUE_FULL 0.0.0.0:8080'],
    ],
    [
      'a server that leaks connections',
      {
        [CLOSE_WAIT]: Array.from({ length: 150 }, (_, index) => `1 0 10.0.0.1:8080 10.0.0.9:${index + 1000}\n`).join(
          '',
        ),
      },
      ['SOCKET_LEAK 10.0.0.1:8080'],
    ],
    [
      'a client that leaks connections',
      {
        [CLOSE_WAIT]: Array.from({ length: 150 }, (_, index) => `1 0 10.0.0.1:${index + 1000} 10.0.0.9:5432\n`).join(
          '',
        ),
      },
      ['SOCKET_LEAK 10.0.0.9:5432'],
    ],
    ['a clock that lost its servers', { [CLOCK]: 'NTP=yes\nNTPSynchronized=no\n' }, ['CLOCK_NOT_SYNCHRONISED clock']],
    ['a clock that nobody keeps', { [CLOCK]: 'NTP=no\nNTPSynchronized=no\n' }, []],
  ])('finds %s', async (_what, answers, expected) => {
    const judgement = await judge({ ...HEALTHY, ...answers });
    expect(problems(judgement)).toEqual(expected);
    for (const { citations, code } of judgement.findings) expect(citations.length, code).toBeGreaterThan(0);
  });

  it.each<[string, Readonly<Record<string, Answer>>, string]>([
    ['a restart of the machine', { [FACTS]: facts({ uptimeSeconds: 600 }) }, 'REBOOTED'],
    ['used up swap', { [MEMINFO]: 'SwapTotal: 1000 kB\nSwapFree:   10 kB\n' }, 'SWAP_FULL'],
    ['who holds the memory', { [PS]: '  9 1 Sl 1.0 45.0 9000 05:00 postgres\n' }, 'MEMORY_HOLDER'],
    ['who uses a CPU', { [PS]: '  9 1 Rl 99.0 1.0 9000 05:00 python3\n' }, 'CPU_USER'],
    [
      'processes that wait',
      { [PS]: ['1', '2', '3'].map((pid) => `${pid} 1 D 0.0 0.0 1 00:01 dd\n`).join('') },
      'PROCESSES_WAIT',
    ],
    ['a helper that failed', { [UNITS]: 'session-3.scope loaded failed failed Session 3\n' }, 'SERVICE_FAILED_MINOR'],
    ['a container that ended', { [DOCKER]: 'job exited Exited (2) 5 minutes ago\n' }, 'CONTAINER_EXITED'],
    [
      'a program that logs many errors',
      { [ERRORS]: '2026-11-20T11:59:00+0000 box app[1]: bad\n'.repeat(25) },
      'MANY_ERRORS_LOGGED',
    ],
    ['a clock that nobody keeps', { [CLOCK]: 'NTP=no\nNTPSynchronized=no\n' }, 'CLOCK_NOT_MANAGED'],
  ])('tells as context: %s', async (_what, answers, code) => {
    const { findings } = await judge({ ...HEALTHY, ...answers });
    expect(findings.map((finding) => [finding.code, finding.severity, finding.citations.length > 0])).toEqual([
      [code, 'info', true],
    ]);
  });

  it('quotes names that hold shell characters so that a copied command is harmless', async () => {
    const { findings } = await judge({
      ...HEALTHY,
      [DF]: `${DF_HEAD}/dev/sdx 100000 99000 1000 99% /mnt/$(reboot) x\n`,
    });
    expect(findings[0]?.recommendations[0]?.command).toBe(
      "du -xh --max-depth=2 '/mnt/$(reboot) x' | sort -h | tail -20",
    );
  });

  it('lists local disks when a file server blocks df', async () => {
    const local = `${DF_HEAD}/dev/sda2 100000000 99000000 1000000 99% /\n`;
    const judgement = await judge({ ...HEALTHY, [DF]: { end: { kind: 'timeout' } }, 'df -P -k -l': local });
    expect(problems(judgement)).toEqual(['DISK_FULL /']);
  });

  it('reads the ps of small images', async () => {
    const ps = 'PID   PPID  STAT RSS  COMMAND\n    1     0 S    1.2m init\n    7     1 D    900 dd\n';
    const busybox = {
      ...HEALTHY,
      [PS]: { end: { kind: 'exited' as const, exit: 1 }, stderr: 'ps: unrecognized option: A' },
      'ps -o pid,ppid,stat,rss,comm': ps,
    };
    const { coverage, unknowns } = await judge(busybox);
    expect(coverage.find(({ step }) => step === 'processes')).toMatchObject({ status: 'ok' });
    expect(unknowns.map(({ text }) => text)).toEqual([
      'a process that holds a large part of the memory; a process that has used a whole CPU since it started',
    ]);
  });
});
