import type { Environment } from '../../config/environment.ts';
import { loadProcessorConfig } from '../../config/processor-config.ts';
import { WarroomError } from '../../domain/errors.ts';
import { checkOfError, type Check } from './check.ts';

const NAME = 'cluster access';

/** What the credentials of a processor may do in its clusters; asked of the clusters themselves. */
export async function checkClusterAccess(file: string, env: Environment): Promise<readonly Check[]> {
  try {
    const settings = await loadProcessorConfig(file, { env });
    if (settings.target.kind !== 'kubernetes') {
      return [{ name: NAME, state: 'ok', text: 'no cluster is configured' }];
    }
    const { testClusterAccess } = await import('../../composition-targets.ts');
    const tests = await testClusterAccess(settings, env);
    return tests.map(({ cluster, test }): Check => {
      if (test instanceof WarroomError) return checkOfError(NAME, test);
      const { excess, namespaces, unseen } = test;
      const seen = `${namespaces} namespaces looked at${unseen === 0 ? '' : `, ${unseen} not`}`;
      if (excess.length === 0) return { name: NAME, state: 'ok', text: `${cluster}: reads only · ${seen}` };
      const fix = 'take these away from its role; a processor refuses to run with them';
      return {
        name: NAME,
        state: 'fail',
        text: `${cluster}: may do more than read: ${excess.join(', ')} · ${seen}`,
        fix,
      };
    });
  } catch (error) {
    return [checkOfError(NAME, error)];
  }
}
