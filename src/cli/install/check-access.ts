import { CRITICAL_PERMISSIONS } from '../../composition-targets.ts';
import { NAMESPACE, SERVICE_ACCOUNT } from '../../install/kubernetes-object.ts';
import { formatQuestion, neededQuestions, type AccessQuestion } from '../../install/needed-questions.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../playbook/load-playbooks.ts';
import { neededRoles } from '../../playbook/needed-access.ts';
import { checkOfError, type Check } from '../doctor/check.ts';
import { WarroomError } from '../../domain/errors.ts';
import type { Kubectl } from './kubectl.ts';

const SHOWN = 5;

/**
 * Asks the cluster what the service account of the processor may do, in both directions. These are reviews, which change
 * nothing; the administrator who asks needs `create` on subjectaccessreviews.
 */
export async function checkAccess(
  kubectl: Kubectl,
  facts: { readonly side: 'hub' | 'hosted'; readonly controlPlanes: readonly string[] },
): Promise<readonly Check[]> {
  const playbooks = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).map(({ playbook }) => playbook);
  const needed = neededQuestions(neededRoles(playbooks), facts);
  const forbidden = forbiddenQuestions(facts.controlPlanes);
  try {
    const answers = await ask(kubectl, [...needed, ...forbidden]);
    const missing = needed.filter((_, index) => answers[index] !== true);
    const excess = forbidden.filter((_, index) => answers[needed.length + index] === true);
    return [
      missing.length === 0
        ? { name: 'may read', state: 'ok', text: `all ${needed.length} rights that the built-in playbooks need` }
        : {
            name: 'may read',
            state: 'warn',
            text: `not granted: ${listed(missing)}`,
            fix: 'checks that need them end as denied; apply the roles of  claude-warroom install render',
          },
      excess.length === 0
        ? { name: 'may not', state: 'ok', text: `none of ${forbidden.length} rights that a processor must not have` }
        : {
            name: 'may not',
            state: 'fail',
            text: `granted: ${listed(excess)}`,
            fix: 'take them away from the account; a processor refuses to run with them',
          },
    ];
  } catch (error) {
    return [checkOfError('may read', error)];
  }
}

/** In the whole cluster, and where a control plane would make it worst. */
function forbiddenQuestions(controlPlanes: readonly string[]): readonly AccessQuestion[] {
  const places = [{}, ...[NAMESPACE, 'kube-system', ...controlPlanes].map((namespace) => ({ namespace }))];
  return places.flatMap((place) =>
    CRITICAL_PERMISSIONS.map(({ verb, group, resource }) => ({ verb, group, resource, ...place })),
  );
}

/** One start of kubectl for all questions; one line of its answer for each. */
async function ask(kubectl: Kubectl, questions: readonly AccessQuestion[]): Promise<readonly boolean[]> {
  const list = { apiVersion: 'v1', kind: 'List', items: questions.map(reviewOf) };
  const lines = '{{.status.allowed}}{{"\\n"}}';
  const args = ['create', '--validate=false', '-f', '-', '-o', `go-template=${lines}`];
  const answer = (await kubectl.text(args, JSON.stringify(list))) ?? '';
  const words = answer.split('\n').filter((line) => line !== '');
  if (words.length !== questions.length || words.some((word) => word !== 'true' && word !== 'false')) {
    throw new WarroomError('offline', 'the cluster did not answer every question about its access', {
      why: `${words.length} of ${questions.length} answers came`,
      hint: 'ask again, as an administrator who may create subjectaccessreviews',
    });
  }
  return words.map((word) => word === 'true');
}

function reviewOf({ verb, group, resource, name, namespace, url }: AccessQuestion): unknown {
  const [kind, subresource] = resource.split('/');
  const subject = {
    user: `system:serviceaccount:${NAMESPACE}:${SERVICE_ACCOUNT}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${NAMESPACE}`, 'system:authenticated'],
  };
  const attributes =
    url === undefined
      ? {
          resourceAttributes: {
            verb,
            group,
            resource: kind,
            ...(subresource === undefined ? {} : { subresource }),
            ...(name === undefined ? {} : { name }),
            ...(namespace === undefined ? {} : { namespace }),
          },
        }
      : { nonResourceAttributes: { verb, path: url } };
  return { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { ...subject, ...attributes } };
}

function listed(questions: readonly AccessQuestion[]): string {
  const more = questions.length > SHOWN ? ` and ${questions.length - SHOWN} more` : '';
  return questions.slice(0, SHOWN).map(formatQuestion).join(', ') + more;
}
