import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkProcessorFile } from '../../../src/cli/doctor/processor-file.ts';
import { publisherFolder } from '../../../src/publisher/waiting.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

it('doctor says what waits for each publisher, also when no processor runs', async () => {
  await withTempFolder(async (folder) => {
    const file = join(folder, 'processor.yaml');
    await writeFile(
      file,
      `apiVersion: warroom.intility.io/v1
kind: ProcessorConfig
cluster: {type: hub, name: hub-a}
trust: open
repository: {url: ./warroom.git}
stateDir: state
publishers:
  - {kind: s3, s3: {bucket: warroom-evidence, accessKeyIdFile: id, secretAccessKeyFile: secret}}
  - {kind: configmap, configmap: {accountDir: writer}}
`,
    );
    const queue = publisherFolder(join(folder, 'state'), 's3');
    await mkdir(queue, { recursive: true });
    await writeFile(join(queue, '2026-11-20-1430-api-timeout-k7m2.json'), '{}');
    await writeFile(join(queue, 'half-written.new'), '{}');
    const env = { PATH: process.env['PATH'] };
    const checks = await checkProcessorFile(
      { env, cwd: folder, clock: new FakeClock(new Date('2026-11-20T14:31:00Z')) },
      file,
    );
    expect(checks.filter(({ name }) => name.startsWith('publisher'))).toEqual([
      {
        name: 'publisher s3',
        state: 'warn',
        text: '1 result waits for it',
        fix: 'claude-warroom admin watch  says why; Git has the results',
      },
      { name: 'publisher configmap', state: 'ok', text: 'nothing waits for it' },
    ]);
  });
});
