import { WarroomError } from '../domain/errors.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import { clusterPath, MAX_REQUEST_BYTES } from '../domain/repository-layout.ts';
import type { WarRoom } from '../repository/port.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { ClusterRegistration, ClusterRegistrationSpec } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { fileText } from '../repository/file-content.ts';

export interface RegisterOptions {
  readonly redact: (text: string) => Promise<RedactedText>;
  readonly signal?: AbortSignal;
}

export type RegisterOutcome =
  | { readonly kind: 'registered'; readonly path: string; readonly commit: string }
  /** The same registration is there already. */
  | { readonly kind: 'unchanged'; readonly path: string }
  /** Another one is there; nothing was changed. */
  | { readonly kind: 'different'; readonly path: string };

/** A registration that follows its schema; throws `usage` naming every value that does not. */
export function clusterRegistration(name: string, spec: ClusterRegistrationSpec): ClusterRegistration {
  const document: ClusterRegistration = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ClusterRegistration',
    metadata: { name },
    spec,
  };
  const result = parseDocument('ClusterRegistration', JSON.stringify(document), { file: clusterPath(name) });
  if (result.ok) return result.value;
  throw new WarroomError('usage', 'this is not a valid registration', {
    why: result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'),
    hint: 'the fields and their limits are in schemas/cluster-registration.schema.json',
  });
}

/** Writes `clusters/<name>.yaml`, unless there is one. */
export async function registerCluster(
  warRoom: WarRoom,
  registration: ClusterRegistration,
  options: RegisterOptions,
): Promise<RegisterOutcome> {
  const { signal } = options;
  const read = signal === undefined ? {} : { signal };
  const { name } = registration.metadata;
  const path = clusterPath(name);
  const content = await options.redact(formatYaml('ClusterRegistration', registration));
  const outcome = await warRoom.land(
    { files: [{ path, content }], message: `register cluster ${name}`, absent: [path] },
    read,
  );
  if (outcome.kind === 'landed') return { kind: 'registered', path, commit: outcome.commit };
  const snapshot = await warRoom.refresh({ refPrefixes: [], ...read });
  const found = (await snapshot.readPaths([path], { ...read, maxBytes: MAX_REQUEST_BYTES })).get(path);
  const isSame = fileText(found) === content;
  return { kind: isSame ? 'unchanged' : 'different', path };
}
