import { describe, expect, it } from 'vitest';
import type { Finding, Judgement } from '../../../src/domain/finding.ts';
import type { HostInventory, InventoryEntry } from '../../../src/domain/inventory-host.ts';
import { parseContainer, parsePorts, parseUnits } from '../../../src/hosts/discover-host.ts';
import { fanOut } from '../../../src/hosts/fan-out.ts';
import { whyUnknown } from '../../../src/hosts/look-at-host.ts';
import { compareHosts, type HostLook } from '../../../src/hosts/outliers.ts';
import { selectHosts } from '../../../src/hosts/select-hosts.ts';
import { shareBudget, turnMs } from '../../../src/hosts/share-budget.ts';
import { createHostChooser } from '../../../src/processor/host-chooser.ts';
import { stepOf } from '../playbook/sample-playbook.ts';
import { createScriptedTarget } from '../playbook/scripted-target.ts';

function findingOf(code: string, object = 'disk /', severity: Finding['severity'] = 'warning'): Finding {
  return {
    id: 'f1',
    code,
    severity,
    object,
    title: `${code} on ${object}`,
    explanation: '',
    confidence: 0.9,
    citations: [],
    rule: code.toLowerCase(),
    explains: [],
    recommendations: [],
  };
}

function lookOf(host: string, findings: readonly Finding[], coverage: Judgement['coverage'] = []): HostLook {
  return { kind: 'known', host, judgement: { findings, ruledOut: [], unknowns: [], coverage } };
}

const A = findingOf('A');
const B = findingOf('B');

describe('hosts that differ', () => {
  it('are those that say something else than most', () => {
    const { hosts, shared } = compareHosts([
      lookOf('h1', [A]),
      lookOf('h2', [A]),
      lookOf('h3', [A, B]),
      lookOf('h4', []),
    ]);
    expect(hosts).toEqual([
      { kind: 'usual', host: 'h1' },
      { kind: 'usual', host: 'h2' },
      { kind: 'outlier', host: 'h3', extra: [B], absent: [], unknownSteps: [] },
      { kind: 'outlier', host: 'h4', extra: [], absent: ['A disk /'], unknownSteps: [] },
    ]);
    expect(shared).toEqual([{ finding: A, hosts: 3 }]);
  });

  it('are none when all are well, whatever context they give', () => {
    const info = findingOf('SYSTEM', 'host', 'info');
    const { hosts } = compareHosts([lookOf('h1', [info]), lookOf('h2', []), lookOf('h3', [])]);
    expect(hosts.map(({ kind }) => kind)).toEqual(['usual', 'usual', 'usual']);
  });

  it('are all of two that disagree, because two are no majority', () => {
    const { hosts, shared } = compareHosts([lookOf('h1', [A]), lookOf('h2', [])]);
    expect(hosts.map(({ kind }) => kind)).toEqual(['outlier', 'usual']);
    expect(shared).toEqual([]);
  });

  it('are not a single host, which has nothing to differ from', () => {
    expect(compareHosts([lookOf('h1', [A])]).hosts[0]).toMatchObject({ kind: 'alone', extra: [A] });
  });

  it('never count an unreachable host as healthy, nor as part of the majority', () => {
    const away: HostLook = { kind: 'unknown', host: 'h3', why: 'it does not answer' };
    const { hosts, known, shared } = compareHosts([lookOf('h1', [A]), lookOf('h2', [A]), away]);
    expect(hosts[2]).toEqual({ kind: 'unknown', host: 'h3', why: 'it does not answer' });
    expect([known, shared.length]).toEqual([2, 1]);
  });

  it('are those whose required steps gave no answer', () => {
    const step = { step: 'disk', title: 'disk', required: true, known: false, status: 'denied' } as const;
    const { hosts } = compareHosts([lookOf('h1', [], [step]), lookOf('h2', []), lookOf('h3', [])]);
    expect(hosts[0]).toMatchObject({ kind: 'outlier', unknownSteps: ['disk'] });
  });
});

describe('a host where nothing answered', () => {
  const end = (status: 'ok' | 'unreachable' | 'denied' | 'skipped', reason?: string) => {
    return { step: stepOf('a'), status, ms: 0, ...(reason === undefined ? {} : { reason }) };
  };

  it.each([
    [[end('unreachable', 'it does not answer'), end('skipped')], 'it does not answer'],
    [[end('denied', 'refused'), end('unreachable', 'it went away')], 'it went away'],
    [[end('denied')], 'no step gave an answer: denied'],
    [[end('skipped', 'the time was used up')], 'the time was used up'],
    [[], 'no step was run'],
    [[end('unreachable', 'it went away'), end('ok')], undefined],
  ])('is unknown, and says why', (steps, why) => {
    expect(whyUnknown(steps)).toBe(why);
  });

  it('is no longer like the others when it went away in between', () => {
    const lost = { step: 'log', title: 'log', required: false, known: false, status: 'unreachable' } as const;
    const { hosts } = compareHosts([lookOf('h1', [], [lost]), lookOf('h2', []), lookOf('h3', [])]);
    expect(hosts[0]).toMatchObject({ kind: 'outlier', unknownSteps: ['log'] });
  });
});

describe('one budget for many hosts', () => {
  it('gives what one leaves over to those after it, and never more than there is', () => {
    const budget = shareBudget(100, 4);
    expect([budget.take(), budget.take()]).toEqual([25, 25]);
    budget.giveBack(20);
    expect([budget.take(), budget.take(), budget.take()]).toEqual([35, 35, 0]);
  });

  it('divides time by turns', () => {
    expect(turnMs(90_000, { hosts: 17, atOnce: 8 })).toBe(30_000);
    expect(turnMs(90_000, { hosts: 0, atOnce: 8 })).toBe(90_000);
  });
});

describe('running on many hosts', () => {
  it('asks a bounded number at once and keeps their order', async () => {
    let running = 0;
    let most = 0;
    const results = await fanOut([5, 1, 4, 2, 3], 2, async (value) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < value; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return value * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('throws what went wrong after everything has ended', async () => {
    let ended = 0;
    const failing = fanOut([1, 2, 3], 3, async (value) => {
      await new Promise((resolve) => setImmediate(resolve));
      ended += 1;
      if (value === 1) throw new Error('bug');
    });
    await expect(failing).rejects.toThrow('bug');
    expect(ended).toBe(3);
    expect(await fanOut([], 3, () => Promise.resolve(1))).toEqual([]);
  });
});

function entryOf(name: string, groups: readonly string[] = []): InventoryEntry {
  return { name, groups, labels: {}, databases: [], reach: { kind: 'local' } };
}
const inventory: HostInventory = {
  hosts: [entryOf('web-1', ['web']), entryOf('web-2', ['web']), entryOf('db-1', ['db'])],
  groups: { web: 'web servers', db: '', empty: '' },
  concurrency: 8,
};

describe('choosing hosts', () => {
  it.each([
    [['web'], ['web-1', 'web-2']],
    [
      ['db-1', 'web-1'],
      ['web-1', 'db-1'],
    ],
    [
      ['web', 'web-1'],
      ['web-1', 'web-2'],
    ],
    [['all'], ['web-1', 'web-2', 'db-1']],
  ])('%j gives %j', (wanted, names) => {
    expect(selectHosts(inventory, wanted).map(({ name }) => name)).toEqual(names);
  });

  it('says which are known when a name is not, and when a group is empty', () => {
    expect(() => selectHosts(inventory, ['web-9'])).toThrow('there is neither a host nor a group "web-9"');
    expect(() => selectHosts(inventory, ['empty'])).toThrow('no host is in empty');
  });
});

describe('the hosts of a request', () => {
  const chooser = createHostChooser(inventory, () => Promise.resolve(createScriptedTarget({})));

  it('is the one that the request names', () => {
    expect(chooser.choose(['nginx.service', 'host/db-1'])).toMatchObject({ kind: 'chosen', host: { name: 'db-1' } });
    const single = createHostChooser({ ...inventory, hosts: [entryOf('only')] }, () =>
      Promise.resolve(createScriptedTarget({})),
    );
    expect(single.choose([])).toMatchObject({ kind: 'chosen', host: { name: 'only' } });
  });

  it.each([
    [['group/web'], 'group/web', ['web-1', 'web-2']],
    [['group/db'], 'group/db', ['db-1']],
    [['group/all'], 'group/all', ['web-1', 'web-2', 'db-1']],
    [['host/db-1', 'host/web-1'], '2 hosts', ['web-1', 'db-1']],
    [['group/web', 'host/db-1', 'nginx.service'], '3 hosts', ['web-1', 'web-2', 'db-1']],
  ])('are several for %j', (resources, name, hosts) => {
    const choice = chooser.choose(resources);
    expect(choice).toMatchObject({ kind: 'several', name });
    expect(choice.kind === 'several' && choice.hosts.map((host) => host.name)).toEqual(hosts);
  });

  it('are announced by their groups', () => {
    expect(chooser.groups()).toEqual([
      { name: 'web', description: 'web servers', hosts: 2 },
      { name: 'db', hosts: 1 },
      { name: 'empty', hosts: 0 },
    ]);
  });

  it('are refused when a report could not hold them', () => {
    const hosts = Array.from({ length: 51 }, (_, index) => entryOf(`web-${index}`, ['web']));
    const large = createHostChooser({ ...inventory, hosts }, () => Promise.resolve(createScriptedTarget({})));
    expect(large.choose(['group/web'])).toEqual({
      kind: 'refused',
      message: 'the request is about 51 hosts, and a report has room for 50',
      hint: 'name a smaller group, or several requests',
    });
  });

  it.each([
    [
      [],
      'the request names no host',
      'name hosts or a group: --resource host/NAME, of host/web-1, host/web-2, host/db-1, group/web, group/db, group/empty',
    ],
    [['host/web-11'], 'there is no host "web-11" in the inventory of this processor', 'did you mean host/web-1?'],
    [['host/web'], 'there is no host "web" in the inventory of this processor', 'did you mean group/web?'],
    [['group/wep'], 'there is no group "wep" in the inventory of this processor', 'did you mean group/web?'],
    [['group/empty'], 'no host is in group/empty', 'add hosts to the group in the inventory of the processor'],
    [
      ['host/-oProxyCommand=x'],
      'there is no host "-oProxyCommand=x" in the inventory of this processor',
      'there are host/web-1, host/web-2, host/db-1, group/web, group/db, group/empty',
    ],
  ])('is refused in words for %j', (resources, message, hint) => {
    expect(chooser.choose(resources)).toEqual({ kind: 'refused', message, hint });
  });
});

describe('what runs on a host', () => {
  it('leaves out the units of the system itself', () => {
    const lines = [
      'nginx.service loaded active running nginx',
      'systemd-logind.service loaded active running x',
      'postgresql@15-main.service loaded active running PostgreSQL',
    ];
    expect(parseUnits(lines)).toEqual(['nginx.service', 'postgresql@15-main.service']);
  });

  it('reads listening ports with and without their program', () => {
    const lines = [
      'LISTEN 0 511 0.0.0.0:443 0.0.0.0:* users:(("nginx",pid=1,fd=6),("nginx",pid=2,fd=6))',
      'LISTEN 0 511 [::]:443 [::]:*',
      'LISTEN 0 128 127.0.0.1:5432 0.0.0.0:*',
      'rubbish',
    ];
    expect(parsePorts(lines)).toEqual([
      { port: 443, address: '0.0.0.0', program: 'nginx' },
      { port: 5432, address: '127.0.0.1' },
    ]);
  });

  it('reads containers of docker and podman', () => {
    expect(parseContainer('db postgres:16 com.docker.compose.project=shop,a=b')).toEqual([
      { name: 'db', image: 'postgres:16', project: 'shop' },
    ]);
    expect(parseContainer('db docker.io/library/redis:7 map[com.docker.compose.project:shop x:y]')).toMatchObject([
      { project: 'shop' },
    ]);
    expect(parseContainer('one alpine')).toEqual([{ name: 'one', image: 'alpine', project: undefined }]);
    expect(parseContainer('')).toEqual([]);
  });
});
