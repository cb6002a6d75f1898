import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import { loadProcessorConfig } from '../../../src/config/processor-config.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const HEAD = 'apiVersion: warroom.intility.io/v1\nkind: Inventory\n';

const GOOD = `${HEAD}defaults: { user: warroom, keyFile: key, knownHostsFile: known_hosts, mode: wrapper }
groups: { web: web servers }
hosts:
  - { name: web-1, address: 192.0.2.11, groups: [web] }
  - { name: web-2, port: 2222, user: other, mode: exec, jump: { address: bastion, user: hop } }
  - { name: here, connection: local }
`;

async function load(text: string): Promise<unknown> {
  return await withTempFolder(async (folder) => {
    const file = join(folder, 'inventory.yaml');
    await writeFile(file, text);
    return JSON.parse(JSON.stringify(await loadInventory(file)).replaceAll(folder, '/zone')) as unknown;
  });
}

describe('an inventory', () => {
  it('fills in defaults and makes paths absolute', async () => {
    const ssh = { port: 22, user: 'warroom', keyFile: '/zone/key', knownHostsFile: '/zone/known_hosts' };
    const jump = {
      address: 'bastion',
      port: 22,
      user: 'hop',
      keyFile: '/zone/key',
      knownHostsFile: '/zone/known_hosts',
    };
    const none = { groups: [], labels: {}, databases: [] };
    expect(await load(GOOD)).toEqual({
      groups: { web: 'web servers' },
      concurrency: 8,
      hosts: [
        {
          ...none,
          name: 'web-1',
          groups: ['web'],
          reach: { kind: 'ssh', ssh: { name: 'web-1', address: '192.0.2.11', ...ssh, mode: 'wrapper' } },
        },
        {
          ...none,
          name: 'web-2',
          reach: {
            kind: 'ssh',
            ssh: { name: 'web-2', address: 'web-2', ...ssh, port: 2222, user: 'other', jump, mode: 'exec' },
          },
        },
        { ...none, name: 'here', reach: { kind: 'local' } },
      ],
    });
  });

  it.each([
    ['hosts: [{ name: a, connection: local }, { name: a, connection: local }]', '"a" is used twice'],
    [
      'hosts: [{ name: a, connection: local, groups: [wep] }]\ngroups: { web: x }',
      'there is no group "wep" (groups are web)',
    ],
    ['hosts: [{ name: a, connection: local, groups: [web] }]', 'there is no group "web" (list it under groups)'],
    ['hosts: [{ name: a, connection: local }]\ngroups: { a: x }', 'is the name of a host too'],
    ['hosts: [{ name: a, user: u, keyFile: k }]', 'needs knownHostsFile'],
    ['hosts: [{ name: a, connection: local, address: "-oProxyCommand=x" }]', 'is not a DNS name or an IP address'],
    ['hosts: [{ name: a, connection: local, user: "-l" }]', 'is not the name of a user'],
    ['hosts: [{ name: a, connection: local, user: "root;id" }]', 'is not the name of a user'],
    ['hosts: [{ name: a, connection: local, keyFile: "a\\nb" }]', 'is not a path without'],
    ['hosts: []', 'hosts'],
  ])('is refused with line and column: %s', async (text, message) => {
    await expect(load(`${HEAD}${text}\n`)).rejects.toThrow(message);
    await expect(load(`${HEAD}${text}\n`)).rejects.toThrow(/inventory\.yaml:\d+:\d+: /u);
  });

  it('says how to begin when there is none', async () => {
    await expect(loadInventory('/nonexistent/inventory.yaml')).rejects.toMatchObject({
      code: 'usage',
      message: 'the inventory /nonexistent/inventory.yaml does not exist',
      hint: 'write one, or begin with what a host says: claude-warroom inventory discover --local --output FILE',
    });
  });
});

describe('the target of a processor', () => {
  const config = (target: string): string =>
    `apiVersion: warroom.intility.io/v1\nkind: ProcessorConfig\ncluster: { type: host, name: web-1 }\ntrust: open\n` +
    `repository: { url: war-room }\nstateDir: state\ntarget: ${target}\n`;

  async function loadTarget(target: string): Promise<unknown> {
    return await withTempFolder(async (folder) => {
      const file = join(folder, 'processor.yaml');
      await writeFile(file, config(target));
      const settings = await loadProcessorConfig(file, { env: {} });
      return JSON.parse(JSON.stringify(settings.target).replaceAll(folder, '/zone')) as unknown;
    });
  }

  it('has absolute paths', async () => {
    const ssh =
      '{ address: 192.0.2.1, user: u, keyFile: key, knownHostsFile: hosts, jump: { address: b, user: h, keyFile: k } }';
    expect(await loadTarget(`{ kind: ssh, ssh: ${ssh} }`)).toMatchObject({
      kind: 'ssh',
      ssh: { keyFile: '/zone/key', knownHostsFile: '/zone/hosts', jump: { keyFile: '/zone/k' } },
    });
    expect(await loadTarget('{ kind: inventory, inventoryFile: i.yaml }')).toEqual({
      kind: 'inventory',
      inventoryFile: '/zone/i.yaml',
    });
  });

  it.each([
    ['{ kind: ssh }', 'kind ssh needs ssh'],
    ['{ kind: inventory }', 'kind inventory needs inventoryFile'],
    ['{ kind: containers }', 'kind containers needs engine'],
    ['{ kind: local, engine: docker }', 'has no meaning for kind local'],
  ])('%s is refused: %s', async (target, message) => {
    await expect(loadTarget(target)).rejects.toThrow(message);
  });
});
