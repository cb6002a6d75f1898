import type { TroubleshootingRequest } from '../schema/generated.ts';

/** Text that strategy `auto` reads. */
export function questionOf(request: TroubleshootingRequest): string {
  const { issue, investigation } = request.spec;
  return [request.metadata.title, issue.category ?? '', issue.description, investigation.prompt ?? ''].join('\n');
}
