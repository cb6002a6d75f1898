import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkJobExecutor } from '../../../src/cli/doctor/job-executor.ts';
import type { JobExecutorFacts } from '../../../src/composition-executor.ts';
import { WarroomError } from '../../../src/domain/errors.ts';
import { processorConfigText } from '../../support/processor-rig.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const IMAGE = `registry.example.com/claude-warroom@sha256:${'0'.repeat(64)}`;
const WELL: JobExecutorFacts = {
  ...{ address: '10.0.0.1:6443', namespace: 'claude-warroom', missing: [], excess: [], leaseHolder: undefined },
};

async function check(
  facts: Partial<JobExecutorFacts> | Error,
  executor: Parameters<typeof processorConfigText>[0]['change'] = {
    executor: { kind: 'kubernetes-job', image: IMAGE, kubeconfigFile: './jobs' },
  },
): Promise<readonly string[]> {
  return await withTempFolder(async (folder) => {
    const file = join(folder, 'processor.yaml');
    await writeFile(file, processorConfigText({ url: '/srv/warroom.git', stateDir: folder, change: executor }));
    const checks = await checkJobExecutor(file, {}, () =>
      facts instanceof Error ? Promise.reject(facts) : Promise.resolve({ ...WELL, ...facts }),
    );
    return checks.map(({ name, state, text, fix }) => [state, name, text, fix ?? ''].join(' | '));
  });
}

it('says where agents would run, by which image, and that nobody works', async () => {
  expect(await check({})).toEqual([
    `ok | agent image | ${IMAGE} | `,
    'ok | agent account | makes Jobs in claude-warroom at 10.0.0.1:6443 | ',
    'ok | agent rights | has what it needs | ',
    'ok | processor lease | nobody holds it | ',
  ]);
});

it('names who holds the Lease', async () => {
  expect((await check({ leaseHolder: 'claude-processor-0-ab12' })).at(-1)).toBe(
    'ok | processor lease | held by claude-processor-0-ab12; another processor waits for it | ',
  );
});

it('fails for a right that is missing, and warns of one too many', async () => {
  const checks = await check({ missing: ['create secrets', 'get pods/log'], excess: ['get secrets'] });
  expect(checks[2]).toMatch(/^fail \| agent rights \| may not create secrets, get pods\/log \| apply manifests/u);
  expect(checks[3]).toMatch(/^warn \| agent rights \| may do more than it needs: get secrets \| take these away/u);
});

it('fails when the API server cannot be asked', async () => {
  const error = new WarroomError('offline', 'cannot ask', { why: 'the API server cannot be reached', hint: 'look' });
  expect((await check(error)).at(-1)).toBe(
    'fail | agent account | cannot ask: the API server cannot be reached | look',
  );
});

it('says nothing where agents are children of the processor, or where the file is no configuration', async () => {
  expect(await check({}, {})).toEqual([]);
  expect(await check({}, { executor: { kind: 'kubernetes-job' } })).toEqual([]);
});
