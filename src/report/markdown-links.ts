import { requestPath, resultFolder } from '../domain/repository-layout.ts';
import { parseRequestId } from '../domain/request-id.ts';
import type { Report } from '../schema/generated.ts';
import { inlineCode } from './untrusted.ts';

/** Where a page stands, for relative links. */
export interface PagePlace {
  /** Folders between the root of the war room and the page: 5 for a whole request, 6 for one of several targets. */
  readonly resultFolderDepth: number;
}

/** Link to the file of a piece of evidence, beside the page. */
export function evidenceLink(report: Pick<Report, 'evidence'>, id: string): string {
  const file = report.evidence.find((each) => each.id === id)?.file;
  return file === undefined ? inlineCode(id) : `[${id}](${encodeURI(file)})`;
}

export function evidenceLinks(report: Pick<Report, 'evidence'>, ids: readonly string[]): string {
  return ids.map((id) => evidenceLink(report, id)).join(', ');
}

/** Link to the report of another request; its id alone when it is none. */
export function resultLink(id: string, place: PagePlace): string {
  const parsed = parseRequestId(id);
  if (parsed === undefined) return inlineCode(id);
  return `[${id}](${upwards(place)}${resultFolder(parsed)}/README.md)`;
}

/** Path of the request file as seen from the page. */
export function requestFile(id: string, place: PagePlace): string | undefined {
  const parsed = parseRequestId(id);
  return parsed === undefined ? undefined : `${upwards(place)}${requestPath(parsed)}`;
}

function upwards({ resultFolderDepth }: PagePlace): string {
  return '../'.repeat(resultFolderDepth);
}
