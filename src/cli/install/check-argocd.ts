import { valueAt } from '../../install/json-patch.ts';
import { nameOf, namespaceOf } from '../../install/kubernetes-object.ts';
import { sameRepository } from '../../domain/same-repository.ts';
import { isRecord } from '../../schema/record.ts';
import { isWarroomError } from '../../domain/errors.ts';
import type { Check } from '../doctor/check.ts';
import type { Kubectl } from './kubectl.ts';

/** Whoever may push a question could change what runs in the cluster, if Argo CD followed the war room. */
export async function checkArgoCd(kubectl: Kubectl, warRoom: string): Promise<readonly Check[]> {
  const name = 'argo cd';
  const found: string[] = [];
  for (const kind of ['applications.argoproj.io', 'applicationsets.argoproj.io']) {
    try {
      const items = valueAt(await kubectl.json(['get', kind, '-A']), '/items');
      for (const item of (Array.isArray(items) ? items : []).filter(isRecord)) {
        if (sourcesOf(item).some((url) => sameRepository(url, warRoom)))
          found.push(`${namespaceOf(item)}/${nameOf(item)}`);
      }
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      return [
        {
          name,
          state: 'warn',
          text: `cannot see what Argo CD watches: ${error.why ?? error.message}`,
          fix: 'ask as somebody who may list its Applications',
        },
      ];
    }
  }
  if (found.length === 0) return [{ name, state: 'ok', text: 'no Application watches the war room' }];
  const fix = 'point them at a deploy repository to which only administrators push';
  return [{ name, state: 'warn', text: `watches the war room: ${found.join(', ')}`, fix }];
}

/** Every `repoURL` below `spec`, wherever templates and generators put it. */
function sourcesOf(application: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    if (!isRecord(value)) return;
    if (typeof value['repoURL'] === 'string') found.push(value['repoURL']);
    for (const each of Object.values(value)) visit(each);
  };
  visit(valueAt(application, '/spec'));
  return found;
}
