import type { Report } from '../schema/generated.ts';
import { cleanLine, shortened } from './untrusted.ts';

/**
 * What somebody saw, in their words, as the end of a chain of causes. Undefined when the request describes no symptom: it
 * only names a strategy, or asks a question.
 */
export function symptomOf({ title, question, strategy, run }: Report): string | undefined {
  const [line = ''] = question.trim().split('\n');
  const asked = cleanLine(line);
  const isName = [strategy.name, run.playbook?.id].includes(asked);
  if (asked === '' || isName || /\?(?:\s|$)/u.test(asked)) return undefined;
  // A title of its own is shorter, and is meant for this.
  const isTitled = title !== '' && ![strategy.name, run.playbook?.id].includes(title);
  return isTitled ? cleanLine(title) : shortened(asked, 120);
}
