import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { recordRun } from '../../../src/diagnose/record-run.ts';
import { readTest } from '../../../src/diagnose/read-test.ts';
import { createRecordedTarget } from '../../../src/diagnose/recorded-target.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

it('makes a recording that can be read, whatever a program complains with', async () => {
  const all = await loadPlaybooks({ builtinDir: builtinPlaybookDir() });
  const playbook = all.find((each) => each.playbook.metadata.id === 'firewall')?.playbook;
  if (playbook === undefined) throw new Error('there is no playbook firewall');
  const now = new Date('2026-11-20T12:00:00Z');
  const clock = new FakeClock(now);
  // mysqladmin rings the bell when it cannot connect.
  const steps = {
    listening: { stdout: 'tcp LISTEN 0 5 0.0.0.0:80 0.0.0.0:*\n', stderr: '\u0007ss: bad \u001B[1mnews' },
  };
  const target = createRecordedTarget({ playbook, steps, platform: 'linux', clock });
  const redaction = createRedaction({ knownValues: [], key: new Uint8Array(32) });
  const diagnosis = await diagnose({ playbook, target, inputs: {}, redaction, clock });
  await withTempFolder(async (folder) => {
    for (const [name, bytes] of recordRun(diagnosis, { playbook, inputs: {}, now, platform: 'linux' })) {
      await writeFile(join(folder, name), bytes);
    }
    const { test } = await readTest(join(folder, 'firewall.test.yaml'));
    expect(test.steps?.['listening']).toMatchObject({
      file: 'listening.txt',
      stderr: '\u{FFFD}ss: bad \u{FFFD}[1mnews',
    });
  });
});
