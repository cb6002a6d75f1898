import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import type { RedactedText } from '../../domain/redacted-text.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { ApiObject, ResourceType } from '../../kubernetes/resource.ts';
import { parseDocument } from '../../schema/parse-document.ts';
import type { Parcel, Publication, Publisher } from '../port.ts';
import { mergeSummaries, type Limits } from './merge-summaries.ts';
import { summaryLines } from './summary.ts';
import { refuseWideAccount } from './writer-account.ts';

export interface ConfigMapPublisherOptions {
  /** With the account that may write this one ConfigMap; asked when it is used first. */
  readonly openClient: () => Promise<KubernetesClient>;
  /** Newest summaries that stay. */
  readonly keep: number;
  readonly redact: (text: string) => Promise<RedactedText>;
}

const CONFIG_MAPS: ResourceType = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** Its name is the same everywhere: people type it, and a role names it. */
export const RESULTS_CONFIG_MAP = 'claude-results';

/** An object may have 1 MiB with everything that the API server notes about it: for each key about a hundred bytes. */
const MAX_DATA_BYTES = 800 * 1024;

/** Times that somebody else may have written in between. */
const MAX_TRIES = 5;

/** The newest summaries where the people of the cluster look: `kubectl describe configmap claude-results`. */
export function createConfigMapPublisher({ openClient, keep, redact }: ConfigMapPublisherOptions): Publisher {
  let opening: Promise<KubernetesClient> | undefined;

  /** An account that may do more is never used; what failed is tried anew. */
  async function client(signal: AbortSignal): Promise<KubernetesClient> {
    opening ??= openClient().then(async (opened) => {
      try {
        await refuseWideAccount(opened, signal);
        return opened;
      } catch (error) {
        opened.close();
        throw error;
      }
    });
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  return {
    name: 'configmap',
    pick: async (publication) => {
      const summary = summaryOf(publication);
      return summary === undefined ? [] : [{ name: publication.id, text: await redact(summary) }];
    },
    deliver: async (parcels, signal) => {
      await write(await client(signal), parcels, { limits: { keep, maxBytes: MAX_DATA_BYTES }, signal });
    },
    close: () => {
      opening?.then(
        (opened) => {
          opened.close();
        },
        () => undefined,
      );
    },
  };
}

function summaryOf({ files, folder }: Publication): string | undefined {
  const parsed = parseDocument('Status', files.get('status.yaml') ?? '', { file: 'status.yaml' });
  return parsed.ok ? summaryLines(parsed.value, folder) : undefined;
}

/** Several processors may share a namespace, so each writes only onto what it has read. */
async function write(
  client: KubernetesClient,
  parcels: readonly Parcel[],
  { limits, signal }: { readonly limits: Limits; readonly signal: AbortSignal },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const present = await client.find(CONFIG_MAPS, RESULTS_CONFIG_MAP, { signal });
    const data = mergeSummaries(present?.['data'], parcels, limits);
    try {
      await put(client, present, { data, signal });
      return;
    } catch (error) {
      if (!isWarroomError(error, 'conflict')) throw error;
      if (attempt < MAX_TRIES) continue;
      throw new WarroomError('conflict', `cannot write the ConfigMap ${RESULTS_CONFIG_MAP}`, {
        why: `somebody else wrote it each of ${MAX_TRIES} times`,
        hint: 'it is tried again; see who else writes it',
        cause: error,
      });
    }
  }
}

async function put(
  client: KubernetesClient,
  present: ApiObject | undefined,
  { data, signal }: { readonly data: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<void> {
  if (present !== undefined) {
    await client.replace(CONFIG_MAPS, { ...present, data }, { signal });
    return;
  }
  // By its name, because RBAC cannot limit a POST to one name.
  const labels = { 'app.kubernetes.io/name': 'claude-warroom' };
  const object = { metadata: { name: RESULTS_CONFIG_MAP, labels }, data };
  await client.apply(CONFIG_MAPS, object, { signal, fieldManager: 'claude-warroom' });
}
