/**
 * claude-warroom as a library: ask, watch and read from a program of your own. The command line uses the same functions.
 * Everything that reaches a war room goes through the `WarRoom` port; `openWarRoom` gives the one behind git.
 */
export { openWarRoom, readGitUser } from './composition.ts';
export type { OpenWarRoomOptions } from './composition.ts';
export { runProcessor } from './composition-processor.ts';
export type { RunProcessorOptions } from './composition-processor.ts';
export { draftRequest, type RequestDraft } from './client/draft-request.ts';
export { submitRequest, type SubmittedRequest } from './client/submit-request.ts';
export { findRequest } from './client/find-request.ts';
export { listRequests } from './client/list-requests.ts';
export { watchRequest } from './client/watch-request.ts';
export { readReports } from './client/read-report.ts';
export { cancelRequest } from './client/cancel-request.ts';
export { listClusters } from './client/clusters.ts';
export type { RequestView } from './client/request-view.ts';
export { loadClientConfig } from './config/client-config.ts';
export { loadProcessorConfig } from './config/processor-config.ts';
export { parseDocument } from './schema/parse-document.ts';
export { formatYaml } from './schema/format-document.ts';
export { createRedaction } from './redaction/create-redaction.ts';
export { renderReportMarkdown } from './report/markdown.ts';
export { parseRequestId, type RequestId } from './domain/request-id.ts';
export { WarroomError, type WarroomErrorCode } from './domain/errors.ts';
export type { ProcessorEvent } from './domain/events.ts';
export type { RedactedText } from './domain/redacted-text.ts';
export type { WarRoom } from './repository/port.ts';
export type { Target } from './target/port.ts';
export type { Report, Status, TroubleshootingRequest } from './schema/generated.ts';
