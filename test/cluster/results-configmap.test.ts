import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';
import type { RedactedText } from '../../src/domain/redacted-text.ts';
import { manifestsDir } from '../../src/install/kustomization.ts';
import { openKubernetesClient, type KubernetesClient } from '../../src/kubernetes/client.ts';
import { createConfigMapPublisher, RESULTS_CONFIG_MAP } from '../../src/publisher/configmap/configmap-publisher.ts';
import type { Parcel, Publisher } from '../../src/publisher/port.ts';
import { readYamlObjects, type YamlObject } from '../../src/schema/yaml-objects.ts';
import { redacted } from '../support/war-room-rig.ts';
import type { ApiObject, ClusterApi } from './cluster-api.ts';
import { createToken } from './service-account.ts';
import { describeOnCluster, kubeconfigFile, openCluster } from './the-cluster.ts';

const NAMESPACE = 'claude-warroom';
const CONFIG_MAPS = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const { signal } = new AbortController();

describeOnCluster('the ConfigMap of the results, on a real API server', () => {
  let api: ClusterApi;
  let admin: KubernetesClient;
  let publishers: Publisher[] = [];

  beforeAll(async () => {
    api = await openCluster(NAMESPACE);
    const file = join(manifestsDir(), 'components', 'results-configmap', 'writer.yaml');
    for (const object of await readManifest(file)) await api.apply(object);
    admin = await openKubernetesClient({ load: () => readKubeconfig(kubeconfigFile()), namespace: NAMESPACE });
  });

  beforeEach(async () => {
    await admin.remove(CONFIG_MAPS, RESULTS_CONFIG_MAP);
  });

  afterAll(() => {
    for (const publisher of publishers) publisher.close();
    publishers = [];
    admin.close();
    api.close();
  });

  async function asAccount(account: string): Promise<KubernetesClient> {
    const token = await createToken(api, account);
    const { certificate: _certificate, key: _key, ...access } = await readKubeconfig(kubeconfigFile());
    return await openKubernetesClient({ load: () => Promise.resolve({ ...access, token }), namespace: NAMESPACE });
  }

  function publisherOf(openClient: () => Promise<KubernetesClient>, keep = 50): Publisher {
    const publisher = createConfigMapPublisher({ openClient, keep, redact: redacted });
    publishers.push(publisher);
    return publisher;
  }

  const writer = (): Promise<KubernetesClient> => asAccount(`${NAMESPACE}/claude-results-writer`);

  async function names(): Promise<readonly string[]> {
    const { data } = await admin.get(CONFIG_MAPS, RESULTS_CONFIG_MAP);
    return Object.keys(data ?? {}).sort();
  }

  it('is created and written by an account that may do nothing else', async () => {
    const publisher = publisherOf(writer);
    await publisher.deliver([await parcel(1)], signal);
    await publisher.deliver([await parcel(2)], signal);
    expect(await names()).toEqual([idOf(1), idOf(2)]);
    const client = await writer();
    try {
      const other = { metadata: { name: 'other' }, data: {} };
      await expect(client.apply(CONFIG_MAPS, other, { fieldManager: 'x' })).rejects.toMatchObject({
        code: 'not-allowed',
      });
      await expect(client.create(CONFIG_MAPS, other)).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(client.remove(CONFIG_MAPS, RESULTS_CONFIG_MAP)).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(client.list(CONFIG_MAPS)).rejects.toMatchObject({ code: 'not-allowed' });
    } finally {
      client.close();
    }
  });

  it('loses nothing when two processors write at once', async () => {
    const [one, two] = [publisherOf(writer), publisherOf(writer)];
    await one.deliver([await parcel(1)], signal);
    await Promise.all([one.deliver([await parcel(2)], signal), two.deliver([await parcel(3)], signal)]);
    expect(await names()).toEqual([idOf(1), idOf(2), idOf(3)]);
  });

  it('stays below the limit of the API server with as many summaries as fit, the newest ones', async () => {
    const publisher = publisherOf(writer, 1000);
    const large = await Promise.all(Array.from({ length: 400 }, (_, index) => parcel(index, 'ö'.repeat(2000))));
    await publisher.deliver(large, signal);
    const kept = await names();
    expect(kept.at(-1)).toBe(idOf(399));
    expect(kept.length).toBeLessThan(400);
    const object = await admin.get(CONFIG_MAPS, RESULTS_CONFIG_MAP);
    expect(Buffer.byteLength(JSON.stringify(object))).toBeLessThan(1024 * 1024);
  });

  it('is not written by an account without the right, or with more rights', async () => {
    await api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody', namespace: NAMESPACE } });
    const nobody = publisherOf(() => asAccount(`${NAMESPACE}/nobody`));
    await expect(nobody.deliver([await parcel(1)], signal)).rejects.toMatchObject({ code: 'not-allowed' });
    const everything = publisherOf(() =>
      openKubernetesClient({ load: () => readKubeconfig(kubeconfigFile()), namespace: NAMESPACE }),
    );
    await expect(everything.deliver([await parcel(1)], signal)).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'the account of the configmap publisher may do more than write claude-results',
    });
  });
});

async function readManifest(file: string): Promise<readonly ApiObject[]> {
  return readYamlObjects(await readFile(file, 'utf8'), file).filter(isApiObject);
}

function isApiObject(object: YamlObject): object is ApiObject & YamlObject {
  return typeof object['kind'] === 'string' && typeof object['metadata'] === 'object';
}

function idOf(number: number): string {
  return `2026-11-20-1430-r${String(number).padStart(3, '0')}-k7m2`;
}

async function parcel(number: number, text = `succeeded · healthy · number ${number}`): Promise<Parcel> {
  const safe: RedactedText = await redacted(text);
  return { name: idOf(number), text: safe };
}
