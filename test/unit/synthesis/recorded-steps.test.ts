import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseOutput } from '../../../src/playbook/parse-output.ts';
import type { Playbook, PlaybookOutput } from '../../../src/schema/generated.ts';

/** How the real tools print what synthesis reads, by the steps of the playbook for services. */
const RECORDED: Readonly<Record<string, readonly [text: string, rows: readonly unknown[]]>> = {
  packages: [
    '1795902926.7881669070 libnetfilter-conntrack3:amd64.list\n1795902927.8137158870 nginx-common.list\n',
    [
      { time: '1795902926', package: 'libnetfilter-conntrack3' },
      { time: '1795902927', package: 'nginx-common' },
    ],
  ],
  'recent-configuration': [
    '1795902498.7125652600 root /etc/ssh/a file\n',
    [{ time: '1795902498', owner: 'root', changed: '/etc/ssh/a file' }],
  ],
  overrides: [
    [
      '[EXTENDED]   /usr/lib/systemd/system/rc-local.service → /usr/lib/systemd/system/rc-local.service.d/debian.conf',
      '[EXTENDED]   /usr/lib/systemd/system/nginx.service → /etc/systemd/system/nginx.service.d/limits.conf',
      '[MASKED]     /etc/systemd/system/cups.service → /usr/lib/systemd/system/cups.service',
      '',
      '3 overridden configuration files found.',
    ].join('\n'),
    [{ override: '/etc/systemd/system/nginx.service.d/limits.conf' }, { override: '/etc/systemd/system/cups.service' }],
  ],
  'unit-packages': [
    'openssh-server: /lib/systemd/system/ssh.service\nlibc6:amd64: /lib/systemd/system/x.service\n',
    [{ package: 'openssh-server' }, { package: 'libc6' }],
  ],
  'unit-drift': [
    '??5?????? c /etc/nginx/nginx.conf\nmissing     /usr/share/doc/nginx/README\nS.5....T.  c /etc/a.conf\nmissing     /usr/sbin/nginx\n',
    [{ differs: '/etc/nginx/nginx.conf' }, { differs: '/etc/a.conf' }, { differs: '/usr/sbin/nginx' }],
  ],
  compose: [
    'shop-web-1|shop/web:2|2026-11-29 01:52:35.183360952 +0000 UTC|shop|web|db:service_healthy:false\nalone|nginx|2026-11-29 01:52:35 +0000 UTC|||\n',
    [
      {
        name: 'shop-web-1',
        image: 'shop/web:2',
        created: '2026-11-29 01:52:35.183360952 +0000 UTC',
        project: 'shop',
        service: 'web',
        needs: 'db:service_healthy:false',
      },
      { name: 'alone', image: 'nginx', created: '2026-11-29 01:52:35 +0000 UTC', project: '', service: '', needs: '' },
    ],
  ],
  connections: [
    '0      0         127.0.0.1:41000     127.0.0.1:5432  users:(("api",pid=7,fd=3))\n0 0 [::1]:22 [::1]:50000\n',
    [
      { local: '127.0.0.1:41000', peer: '127.0.0.1:5432', users: '(("api",pid=7,fd=3))' },
      { local: '[::1]:22', peer: '[::1]:50000' },
    ],
  ],
  containers: [
    // Docker, then Podman 4.3 by its list of containers.
    'web running Up 3 minutes (unhealthy)\ncache exited Exited (1) Less than a second ago\n',
    [
      { name: 'web', state: 'running', status: 'Up 3 minutes (unhealthy)' },
      { name: 'cache', state: 'exited', status: 'Exited (1) Less than a second ago' },
    ],
  ],
};

const file = fileURLToPath(new URL('../../../playbooks/service-health.yaml', import.meta.url));
const playbook: Playbook = parse(readFileSync(file, 'utf8')) as Playbook;

function outputOf(step: string): PlaybookOutput {
  return playbook.spec.steps.find(({ id }) => id === step)?.output ?? { format: 'rc' };
}

describe('steps that tell what changed and what depends on what', () => {
  it.each(Object.entries(RECORDED))('read what %s prints', (step, [text, rows]) => {
    const parsed = parseOutput(text, outputOf(step), { isPartial: false });
    expect(parsed).toMatchObject({ kind: 'parsed', data: { root: { rows } } });
  });

  it('do not take the status of Podman 4 for a state', () => {
    const text = 'web Up 1 second ago Up 1 second ago\n';
    expect(parseOutput(text, outputOf('containers'), { isPartial: false }).kind).toBe('unreadable');
  });
});
