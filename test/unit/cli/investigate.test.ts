import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signaturePath } from '../../../src/domain/repository-layout.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import type { TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { runInProcess, type InProcessOptions, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import {
  aCluster,
  aPresence,
  API_TIMEOUT,
  aReport,
  aRequest,
  aStatus,
  putCluster,
  putPresence,
  putReport,
  putRequest,
  putStatus,
  requestId,
} from '../../support/war-room-content.ts';

const ISSUE = ['--issue', 'API server answers after 30 s'];
const ID = '2026-11-20-1442-api-server-answers-after-30-s-0123';
const PATH = `requests/2026/11/20/${ID}.yaml`;

/** vitest types its matchers as `any`. */
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

let folder: Awaited<ReturnType<typeof createTempFolder>>;

beforeEach(async () => {
  folder = await createTempFolder('warroom-investigate');
});

afterEach(async () => {
  await folder.close();
});

function aWarRoom(): MemoryWarRoom {
  const warRoom = new MemoryWarRoom();
  putCluster(warRoom, aCluster('production-hub'));
  putPresence(warRoom, aPresence());
  return warRoom;
}

async function run(
  warRoom: MemoryWarRoom,
  argv: readonly string[],
  options: Partial<InProcessOptions> = {},
): Promise<InProcessResult> {
  return await runInProcess(['investigate', ...argv], { warRoom, cwd: folder.path, ...options });
}

function sentRequest(warRoom: MemoryWarRoom, path = PATH): TroubleshootingRequest {
  const parsed = parseDocument('TroubleshootingRequest', warRoom.text(path) ?? '', { file: path });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

describe('investigate', () => {
  it('takes a group of hosts for a cluster, and names both', async () => {
    const warRoom = new MemoryWarRoom();
    const groups = [{ name: 'web', hosts: 8 }];
    putPresence(warRoom, aPresence({ cluster: 'production-hosts', type: 'host', groups }));
    const { exit } = await run(warRoom, ['--cluster', 'web', ...ISSUE, '--resource', 'nginx.service']);
    expect(exit).toBe(0);
    expect(sentRequest(warRoom).spec).toMatchObject({
      targetCluster: { type: 'host', name: 'production-hosts' },
      issue: { affectedResources: ['group/web', 'nginx.service'] },
    });
  });

  it('sends a request and says what happens next', async () => {
    const warRoom = aWarRoom();
    expect(await run(warRoom, ['--cluster', 'production-hub', ...ISSUE])).toEqual({
      exit: 0,
      stdout: `${ID}\n`,
      stderr: `\
✔ sent  ${ID}   unsigned, as alice@example.com
  production-hub was seen 2 min ago and looks every 30 s · follow it: claude-warroom follow @last
`,
    });
    expect(sentRequest(warRoom)).toMatchObject({
      metadata: { name: ID, engineer: 'alice@example.com' },
      spec: { targetCluster: { type: 'hub', name: 'production-hub' }, repository: warRoom.address },
    });
  });

  it('prints where the request is as JSON', async () => {
    const { stdout } = await run(aWarRoom(), ['--cluster', 'hub', ...ISSUE, '--json']);
    expect(JSON.parse(stdout)).toEqual({
      id: ID,
      path: PATH,
      commit: like(/^[0-9a-f]{40}$/u),
      url: `https://github.com/acme/warroom/blob/main/${PATH}`,
      signed: false,
    });
  });

  it('puts every flag into the request', async () => {
    const warRoom = aWarRoom();
    const flags = [
      ...['--cluster', 'hub', ...ISSUE, '--name', 'api late', '--category', 'control-plane', '--strategy', 'general'],
      ...[
        '--namespace',
        'clusters-prod-1',
        '--prompt',
        'since noon',
        '--resource',
        'pod/etcd-0',
        '--resource',
        'etcd-1',
      ],
      ...[
        '--timeout',
        '10m',
        '--tool',
        'kubectl',
        '--tool',
        'grep',
        '--label',
        'team=platform',
        '--label',
        'shift=night',
      ],
      ...['--engine', 'diagnostics', '--budget', '0.5'],
    ];
    expect((await run(warRoom, flags)).exit).toBe(0);
    expect(sentRequest(warRoom, 'requests/2026/11/20/2026-11-20-1442-api-late-0123.yaml')).toMatchObject({
      metadata: { title: 'api late', labels: { team: 'platform', shift: 'night' } },
      spec: {
        issue: { category: 'control-plane', affectedResources: ['pod/etcd-0', 'etcd-1'] },
        investigation: {
          strategy: 'general',
          namespace: 'clusters-prod-1',
          prompt: 'since noon',
          allowedTools: ['kubectl', 'grep'],
          timeout: 600,
          engine: 'diagnostics',
          budget: { usd: 0.5 },
        },
      },
    });
  });

  it('reads the prompt from standard input', async () => {
    const warRoom = aWarRoom();
    const stdin = 'kubelet: connection refused\n';
    await run(warRoom, ['--cluster', 'hub', ...ISSUE, '--prompt', '-'], { stdin });
    expect(sentRequest(warRoom).spec.investigation.prompt).toBe('kubelet: connection refused');
  });

  it.each([
    [[], '--cluster and --issue are missing'],
    [['--cluster', 'hub'], '--issue is missing'],
    [ISSUE, '--cluster is missing'],
  ])('asks nothing on a pipe: %j', async (argv, message) => {
    const warRoom = aWarRoom();
    const { exit, stderr } = await run(warRoom, argv);
    expect(exit).toBe(2);
    expect(stderr).toContain(`error: ${message}\ncause: nobody can be asked here\nhint:  `);
    expect(warRoom.fetches).toBe(0);
  });

  it.each([
    [['--cluster', 'production-hu', ...ISSUE], 'did you mean  --cluster production-hub ?'],
    [['--cluster', 'hub', ...ISSUE, '--strategy', 'api-timout'], 'did you mean  --strategy api-timeout ?'],
    [['--cluster', 'hub', ...ISSUE, '--tool', 'kubctl'], 'kubectl'],
    [['--cluster', 'hub', '--issue', '-', '--prompt', '-'], 'there is one standard input'],
  ])('refuses %j before it sends anything', async (argv, text) => {
    const warRoom = aWarRoom();
    const { exit, stderr } = await run(warRoom, argv);
    expect(exit).toBe(2);
    expect(stderr).toContain(text);
    expect([...warRoom.files.keys()]).toEqual(['clusters/production-hub.yaml']);
  });

  it('checks a strategy against what every processor has when none is alive', async () => {
    const warRoom = new MemoryWarRoom();
    putCluster(warRoom, aCluster('production-hub'));
    const flags = [...ISSUE, '--dry-run', '--strategy'];
    const hub = async (strategy: string): Promise<InProcessResult> =>
      await run(warRoom, ['--cluster', 'hub', ...flags, strategy]);
    const misspelt = await hub('etcd-latncy');
    expect(misspelt.exit).toBe(0);
    expect(misspelt.stderr).toContain(
      'warning: nobody has said that production-hub has a strategy "etcd-latncy"; did you mean  --strategy etcd-latency ?',
    );
    const fitting = await hub('etcd-latency');
    expect([fitting.exit, fitting.stderr]).toEqual([0, expect.not.stringContaining('nobody has said')]);
    const other = await run(warRoom, ['--cluster', 'vm', '--type', 'host', ...flags, 'etcd-latency']);
    expect([other.exit, other.stderr]).toEqual([
      2,
      expect.stringContaining('the strategy "etcd-latency" does not look at a host, which vm is'),
    ]);
    // What it last announced is known to be there, also where it is of the site.
    putPresence(warRoom, aPresence({ seenAt: '2026-11-20T08:42:00.000Z' }));
    const known = await hub('genral');
    expect([known.exit, known.stderr]).toEqual([2, expect.stringContaining('did you mean  --strategy general ?')]);
  }, 30_000);

  it('needs to know who asks', async () => {
    const { exit, stderr } = await run(aWarRoom(), ['--cluster', 'hub', ...ISSUE], { email: null });
    expect(exit).toBe(2);
    expect(stderr).toContain('git config --global user.email');
  });

  it.each([
    ['does not announce itself', undefined, 'warning: no processor of production-hub announces itself'],
    [
      'is gone',
      { seenAt: '2026-11-20T08:42:00.000Z' },
      'warning: the processor of production-hub was last seen 6 h ago',
    ],
    [
      'is paused',
      { paused: { code: 'paused', message: 'change freeze' } },
      'warning: production-hub is paused: change freeze',
    ],
  ])('warns when the processor %s, and sends all the same', async (_, presence, warning) => {
    const warRoom = new MemoryWarRoom();
    putCluster(warRoom, aCluster('production-hub'));
    if (presence !== undefined) putPresence(warRoom, aPresence(presence));
    const { exit, stdout, stderr } = await run(warRoom, ['--cluster', 'hub', ...ISSUE]);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: `${ID}\n` });
    expect(stderr).toContain(warning);
  });

  it('says when the request waits in the inbox', async () => {
    const warRoom = aWarRoom();
    warRoom.submitsTo = 'inbox';
    const { exit, stderr } = await run(warRoom, ['--cluster', 'hub', ...ISSUE]);
    expect(exit).toBe(0);
    expect(stderr).toContain('main is protected: it waits in the inbox');
  });

  describe('--dry-run', () => {
    it('prints exactly what would be sent, and what would be done with it', async () => {
      const warRoom = aWarRoom();
      const dry = await run(warRoom, ['--cluster', 'hub', ...ISSUE, '--dry-run']);
      expect(warRoom.text(PATH)).toBeUndefined();
      await run(warRoom, ['--cluster', 'hub', ...ISSUE]);
      expect(dry).toEqual({
        exit: 0,
        stdout: warRoom.text(PATH),
        stderr: `\
production-hub would be asked; nothing is sent
strategy api-timeout (control plane, etcd and load balancer): 14 checks · about 40 s · auto: fits the words api, server; the processor decides
  - API server latency
  - etcd member health
cost: none, no model is used
sent unsigned: neither --signing-key, the configuration, git nor the ssh-agent names an SSH key
`,
      });
    });

    it('says what a model may cost', async () => {
      const warRoom = aWarRoom();
      putPresence(warRoom, aPresence({ engines: ['diagnostics', 'claude'] }));
      const { stderr } = await run(warRoom, ['--cluster', 'hub', ...ISSUE, '--dry-run', '--budget', '0.5']);
      expect(stderr).toContain('cost: at most $0.50 and 40 turns if a model is used\n');
    });
  });

  describe('--wait', () => {
    const answer = (warRoom: MemoryWarRoom, status: Parameters<typeof aStatus>[1] = {}): void => {
      const id = requestId(ID);
      let looks = 0;
      warRoom.onRefresh = () => {
        looks++;
        if (looks !== 3) return;
        putStatus(warRoom, aStatus(id, status));
        putReport(warRoom, aReport(id));
      };
    };

    it('ends with the bottom line on stdout', async () => {
      const warRoom = aWarRoom();
      answer(warRoom);
      const { exit, stdout, stderr } = await run(warRoom, ['--cluster', 'hub', ...ISSUE, '--wait']);
      expect(exit).toBe(0);
      expect(stdout).toBe(`\
  etcd-0 loses its lease because its volume is slow: fsync p99 is 1.9 s (limit 10 ms).
  root cause · complete · confidence high (0.86)
  Do now: have the disk of node ip-10-0-3-17 looked at
  claude-warroom get-results ${ID}
`);
      expect(stderr).toContain('14:42:00  waits for a processor of production-hub\n');
    });

    it('adds the request to the JSON', async () => {
      const warRoom = aWarRoom();
      answer(warRoom);
      const { stdout } = await run(warRoom, ['--cluster', 'hub', ...ISSUE, '--follow', '--json']);
      expect(JSON.parse(stdout)).toMatchObject({ id: ID, path: PATH, request: { phase: 'succeeded' } });
    });

    it.each([
      [{ phase: 'failed' as const }, 1],
      [{ phase: 'rejected' as const }, 4],
    ])('ends as the request does: %j', async (status, code) => {
      const warRoom = aWarRoom();
      answer(warRoom, status);
      expect((await run(warRoom, ['--cluster', 'hub', ...ISSUE, '--wait'])).exit).toBe(code);
    });

    it('ends with 8 when the time is over', async () => {
      const { exit, stderr } = await run(aWarRoom(), ['--cluster', 'hub', ...ISSUE, '--wait', '5s']);
      expect(exit).toBe(8);
      expect(stderr).toContain(`${ID} is not done yet`);
    });

    it('leaves the request alone when it is interrupted', async () => {
      const warRoom = aWarRoom();
      const stop = new AbortController();
      let looks = 0;
      warRoom.onRefresh = () => {
        looks++;
        if (looks === 2) stop.abort();
      };
      const { exit, stderr } = await run(warRoom, ['--cluster', 'hub', ...ISSUE, '--wait'], { signal: stop.signal });
      expect(exit).toBe(130);
      expect(stderr).toContain('stopped waiting; the request goes on');
      expect(warRoom.text(PATH)).toBeDefined();
    });
  });

  describe('--attach', () => {
    const SECRET = 'ghp_' + 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8';
    const attach = ['--cluster', 'hub', ...ISSUE, '--attach', 'kubelet.log'];

    it('shows what would leave, without its secrets, and sends nothing unless somebody has agreed', async () => {
      const warRoom = aWarRoom();
      await writeFile(join(folder.path, 'kubelet.log'), `Authorization: Bearer ${SECRET}\nconnection refused\n`);
      const { exit, stderr } = await run(warRoom, attach);
      expect(exit).toBe(2);
      expect(stderr).toContain('connection refused');
      expect(stderr).toContain('add --yes');
      expect(stderr).not.toContain(SECRET);
      expect(warRoom.text(PATH)).toBeUndefined();
    });

    it('sends it with --yes', async () => {
      const warRoom = aWarRoom();
      await writeFile(join(folder.path, 'kubelet.log'), `Authorization: Bearer ${SECRET}\nconnection refused\n`);
      expect((await run(warRoom, [...attach, '--yes'])).exit).toBe(0);
      const [attachment] = sentRequest(warRoom).spec.attachments ?? [];
      expect(attachment).toMatchObject({ name: 'kubelet.log', content: like(/connection refused/u) });
      expect(warRoom.text(PATH)).not.toContain(SECRET);
    });

    it.each([
      ['is missing', undefined, 'cannot read the attachment'],
      ['is too large', 'x'.repeat(32 * 1024 + 1), 'too large to attach'],
      ['is not text', new Uint8Array([0xff, 0x00]), 'is not text'],
    ])('refuses a file that %s', async (_, content, message) => {
      if (content !== undefined) await writeFile(join(folder.path, 'kubelet.log'), content);
      const { exit, stderr } = await run(aWarRoom(), [...attach, '--yes']);
      expect(exit).toBe(2);
      expect(stderr).toContain(message);
    });

    it('refuses more than eight files', async () => {
      const many = Array.from({ length: 9 }, () => ['--attach', 'x']).flat();
      const { exit, stderr } = await run(aWarRoom(), ['--cluster', 'hub', ...ISSUE, ...many]);
      expect(exit).toBe(2);
      expect(stderr).toContain('9 attachments are too many');
    });
  });

  describe('-f', () => {
    const text = `${formatYaml('TroubleshootingRequest', aRequest())}# by hand\n`;
    const path = `requests/2026/11/20/${API_TIMEOUT}.yaml`;

    it('sends a complete request byte for byte, with the signature beside it', async () => {
      const warRoom = aWarRoom();
      await writeFile(join(folder.path, 'request.yaml'), text);
      await writeFile(join(folder.path, 'request.yaml.sig'), 'SIGNATURE\n');
      const { exit, stderr } = await run(warRoom, ['-f', 'request.yaml']);
      expect(exit).toBe(0);
      expect(stderr).toContain('with its signature');
      expect(warRoom.text(path)).toBe(text);
      expect(warRoom.text(signaturePath(path))).toBe('SIGNATURE\n');
    });

    it('completes a hand-written one and says what it left out', async () => {
      const warRoom = aWarRoom();
      const stdin = `metadata: {name: api late}
spec:
  targetCluster: {type: hub, name: production-hub}
  issue: {description: it is slow}
  investigation: {allowedTools: [kubectl, write]}
`;
      const { exit, stdout, stderr } = await run(warRoom, ['-f', '-'], { stdin });
      expect({ exit, stdout }).toEqual({ exit: 0, stdout: '2026-11-20-1442-api-late-0123\n' });
      expect(stderr).toContain('warning: the tool "write" is left out');
    });

    it.each([
      ['has expired', text.replace(/expiresAt: .*/u, 'expiresAt: 2026-11-20T14:40:12.000Z'), 'has expired'],
      ['is wrong', text.replace('type: hub', 'type: hubb'), 'request.yaml:11:11: spec.targetCluster.type'],
    ])('refuses a file that %s', async (_, content, message) => {
      await writeFile(join(folder.path, 'request.yaml'), content);
      const { exit, stderr } = await run(aWarRoom(), ['-f', 'request.yaml']);
      expect(exit).toBe(2);
      expect(stderr).toContain(message);
    });

    it('says which file it cannot read', async () => {
      await mkdir(join(folder.path, 'request.yaml'));
      const { exit, stderr } = await run(aWarRoom(), ['-f', 'request.yaml']);
      expect(exit).toBe(2);
      expect(stderr).toContain('error: cannot read request.yaml');
    });
  });
});

describe('ask', () => {
  it('asks the same clusters again, and says what it follows', async () => {
    const warRoom = aWarRoom();
    putRequest(warRoom, aRequest(API_TIMEOUT, { spec: { targetCluster: { type: 'hub', name: 'production-hub' } } }));
    const { exit, stdout } = await runInProcess(['ask', '@last', 'what changed since noon?'], { warRoom });
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '2026-11-20-1442-what-changed-since-noon-0123\n' });
    expect(sentRequest(warRoom, `requests/2026/11/20/${stdout.trim()}.yaml`).spec).toMatchObject({
      followUp: API_TIMEOUT,
      origin: { kind: 'follow-up', ref: API_TIMEOUT },
      targetCluster: { name: 'production-hub' },
      issue: { description: 'what changed since noon?' },
    });
  });
});
