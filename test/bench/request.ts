import type { RequestId } from '../../src/domain/request-id.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import { newRequest } from '../support/processor-rig.ts';
import { requestId } from '../support/war-room-content.ts';

export interface Draft {
  readonly id: RequestId;
  readonly text: string;
}

let drafted = 0;

/** A new request of now, as it is sent. Hundreds are made in a minute: the number makes sure that no id comes twice. */
export function draftRequest(): Draft {
  drafted += 1;
  const request = newRequest({}, { slug: `slow machine ${drafted}` });
  return { id: requestId(request.metadata.name), text: formatYaml('TroubleshootingRequest', request) };
}
