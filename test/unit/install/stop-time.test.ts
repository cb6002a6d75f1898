import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { composeFile } from '../../../src/install/compose-file.ts';
import { systemdUnit } from '../../../src/install/systemd-unit.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SCHEMA = await readFile(join(ROOT, 'schemas/processor-config.schema.json'), 'utf8');
const { properties } = JSON.parse(SCHEMA) as {
  readonly properties: { readonly stopSeconds: { readonly default: number } };
};
const STOP_SECONDS = properties.stopSeconds.default;

const INSTALLED: readonly (readonly [string, string, RegExp])[] = [
  [
    'pod',
    await readFile(join(ROOT, 'manifests/base/processor.yaml'), 'utf8'),
    /^ +terminationGracePeriodSeconds: (\d+)$/mu,
  ],
  [
    'service',
    systemdUnit({
      ...{ user: 'warroom', program: ['claude-warroom'], configFile: '/etc/p.yaml', stateDir: '/var/lib/p' },
      ...{ looksAtMachine: false, usesSudo: false },
    }),
    /^TimeoutStopSec=(\d+)$/mu,
  ],
  [
    'container',
    composeFile({ image: 'claude-warroom', configDir: '/etc/claude-warroom', uid: 10_001 }),
    /^ +stop_grace_period: "?(\d+)s"?$/mu,
  ],
];

it.each(INSTALLED)('a %s waits until running work is handed back, and little longer', (_what, text, pattern) => {
  const seconds = Number(pattern.exec(text)?.[1]);
  expect(seconds).toBeGreaterThanOrEqual(STOP_SECONDS + 15);
  expect(seconds).toBeLessThanOrEqual(STOP_SECONDS + 60);
});
