import type { JobExecutorFacts } from '../../composition-executor.ts';
import type { Environment } from '../../config/environment.ts';
import { loadProcessorConfig } from '../../config/processor-config.ts';
import type { JobSettings, ProcessorSettings } from '../../config/processor-settings.ts';
import { WarroomError } from '../../domain/errors.ts';
import { checkOfError, type Check } from './check.ts';

const ACCOUNT = 'agent account';
const RIGHTS = 'agent rights';

type Ask = (settings: ProcessorSettings, jobs: JobSettings, env: Environment) => Promise<JobExecutorFacts>;

/** Whether a processor could run its agents as Jobs; nothing for one that does not want to. */
export async function checkJobExecutor(
  file: string,
  env: Environment,
  ask: Ask = askCluster,
): Promise<readonly Check[]> {
  let settings: ProcessorSettings;
  try {
    settings = await loadProcessorConfig(file, { env });
  } catch (error) {
    // Another check says what is wrong with the file.
    if (error instanceof WarroomError) return [];
    throw error;
  }
  const { jobs } = settings;
  if (jobs === undefined) return [];
  // A configuration with an image that is not named by its digest is not accepted.
  const image: Check = { name: 'agent image', state: 'ok', text: jobs.image };
  try {
    return [image, ...checksOf(await ask(settings, jobs, env))];
  } catch (error) {
    return [image, checkOfError(ACCOUNT, error)];
  }
}

async function askCluster(...of: Parameters<Ask>): Promise<JobExecutorFacts> {
  const { testJobExecutor } = await import('../../composition-executor.ts');
  return await testJobExecutor(...of);
}

function checksOf({ address, namespace, missing, excess, leaseHolder }: JobExecutorFacts): readonly Check[] {
  const lease =
    leaseHolder === undefined ? 'nobody holds it' : `held by ${leaseHolder}; another processor waits for it`;
  return [
    { name: ACCOUNT, state: 'ok', text: `makes Jobs in ${namespace} at ${address}` },
    checkMissing(missing),
    ...checkExcess(excess),
    { name: 'processor lease', state: 'ok', text: lease },
  ];
}

function checkMissing(missing: readonly string[]): Check {
  if (missing.length === 0) return { name: RIGHTS, state: 'ok', text: 'has what it needs' };
  const fix = 'apply manifests/components/job-executor; a processor refuses to start without them';
  return { name: RIGHTS, state: 'fail', text: `may not ${missing.join(', ')}`, fix };
}

function checkExcess(excess: readonly string[]): readonly Check[] {
  if (excess.length === 0) return [];
  const fix = 'take these away from its role: it makes Jobs, and reads no Secret';
  return [{ name: RIGHTS, state: 'warn', text: `may do more than it needs: ${excess.join(', ')}`, fix }];
}
