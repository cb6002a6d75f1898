import { resolve } from 'node:path';
import type { ProcessorPublisher } from '../schema/generated.ts';
import type { KnownValue } from './known-values.ts';
import type { PublisherSettings } from './processor-settings.ts';
import { readSecretFile } from './read-secret-file.ts';

/** Publishers besides Git; paths of the file are meant from its own folder. The checks of the domain have seen to the rest. */
export function resolvePublishers(
  publishers: readonly ProcessorPublisher[],
  folder: string,
): { readonly publishers?: readonly PublisherSettings[] } {
  const resolved = publishers.flatMap(({ kind, s3, configmap }): readonly PublisherSettings[] => {
    if (kind === 's3' && s3 !== undefined) {
      const files = ['accessKeyIdFile', 'secretAccessKeyFile', 'caFile'] as const;
      return [{ kind, s3: { ...s3, ...absolute(s3, { files, folder }) } }];
    }
    if (kind === 'configmap' && configmap !== undefined) {
      const files = ['accountDir', 'kubeconfigFile'] as const;
      return [{ kind, configmap: { ...configmap, ...absolute(configmap, { files, folder }) } }];
    }
    return [];
  });
  return resolved.length === 0 ? {} : { publishers: resolved };
}

function absolute<Name extends string>(
  config: Readonly<Partial<Record<Name, string>>>,
  { files, folder }: { readonly files: readonly Name[]; readonly folder: string },
): Partial<Record<Name, string>> {
  const paths: Partial<Record<Name, string>> = {};
  for (const name of files) {
    const file = config[name];
    if (file !== undefined) paths[name] = resolve(folder, file);
  }
  return paths;
}

/** Secrets of the publishers, for redaction. One that cannot be read now is told by the publisher that needs it. */
export async function storeSecrets(publishers: readonly PublisherSettings[]): Promise<readonly KnownValue[]> {
  const files = publishers.flatMap((publisher) =>
    publisher.kind === 's3'
      ? [{ name: 'store-key', file: publisher.s3.secretAccessKeyFile }]
      : publisher.configmap.accountDir === undefined
        ? []
        : [{ name: 'results-writer-token', file: resolve(publisher.configmap.accountDir, 'token') }],
  );
  const values = await Promise.all(files.map(async ({ name, file }) => ({ name, value: await readSecretFile(file) })));
  return values.flatMap(({ name, value }) => (value === undefined || value === '' ? [] : [{ name, value }]));
}
