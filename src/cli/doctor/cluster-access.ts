import type { Environment } from '../../config/environment.ts';
import { loadProcessorConfig } from '../../config/processor-config.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import type { testClusterAccess as TestClusterAccess } from '../../composition-targets.ts';
import { describeAccess } from '../../report/describe-access.ts';
import type { Playbook, PresenceAccess } from '../../schema/generated.ts';
import { WarroomError } from '../../domain/errors.ts';
import { checkOfError, type Check } from './check.ts';

type ClusterTest = Awaited<ReturnType<typeof TestClusterAccess>>[number]['test'];

const NAME = 'cluster access';
const RIGHTS = 'playbook rights';

/** What the credentials of a processor may do in its clusters; asked of the clusters themselves. */
export async function checkClusterAccess(
  file: string,
  env: Environment,
  load: (settings: ProcessorSettings) => Promise<readonly Playbook[]> = loadOwn,
): Promise<readonly Check[]> {
  try {
    const settings = await loadProcessorConfig(file, { env });
    if (settings.target.kind !== 'kubernetes') {
      return [{ name: NAME, state: 'ok', text: 'no cluster is configured' }];
    }
    const { testClusterAccess } = await import('../../composition-targets.ts');
    const tests = await testClusterAccess(settings, env, await load(settings));
    return tests.flatMap(({ cluster, test, access }) => [excessOf(cluster, test), ...rightsOf(access)]);
  } catch (error) {
    return [checkOfError(NAME, error)];
  }
}

/** What the processor itself would run. */
async function loadOwn({ playbookDir }: ProcessorSettings): Promise<readonly Playbook[]> {
  const { builtinPlaybookDir, loadPlaybooks } = await import('../../playbook/load-playbooks.ts');
  const site = playbookDir === undefined ? {} : { siteDir: playbookDir };
  return (await loadPlaybooks({ builtinDir: builtinPlaybookDir(), ...site })).map(({ playbook }) => playbook);
}

function excessOf(cluster: string, test: ClusterTest): Check {
  if (test instanceof WarroomError) return checkOfError(NAME, test);
  const { excess, namespaces, unseen } = test;
  const seen = `${namespaces} namespaces looked at${unseen === 0 ? '' : `, ${unseen} not`}`;
  if (excess.length === 0) return { name: NAME, state: 'ok', text: `${cluster}: reads only · ${seen}` };
  const fix = 'take these away from its role; a processor refuses to run with them';
  const text = `${cluster}: may do more than read: ${excess.join(', ')} · ${seen}`;
  return { name: NAME, state: 'fail', text, fix };
}

/** Rights that are missing do not stop a processor: its steps are denied, and say so. */
function rightsOf(access: PresenceAccess | undefined): readonly Check[] {
  if (access === undefined) return [];
  const text = describeAccess(access);
  if (access.unknown === undefined && access.denied.length === 0) return [{ name: RIGHTS, state: 'ok', text }];
  const fix = 'claude-warroom playbook rbac  prints the roles that playbooks need';
  return [{ name: RIGHTS, state: 'warn', text, fix }];
}
