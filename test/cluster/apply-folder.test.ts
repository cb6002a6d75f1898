import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../src/lib/find-program.ts';
import { closedEnvironment } from '../support/closed-environment.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { applyFolderTwice, type AppliedFolder } from './apply-folder.ts';
import type { ClusterApi } from './cluster-api.ts';
import { describeOnCluster, openCluster } from './the-cluster.ts';

const kubectl = await findProgram('kubectl', process.env['PATH']);

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: applied }
spec:
  replicas: 0
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: registry.example.com/web:1 }] }
`;
const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: applied }
`;
const MONITOR = `apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: applied }
spec: { endpoints: [{ port: metrics }] }
`;

describeOnCluster('a folder of manifests that is applied twice', () => {
  let api: ClusterApi;
  let folder: TempFolder;

  beforeAll(async () => {
    folder = await createTempFolder();
    api = await openCluster();
  });

  afterAll(async () => {
    api.close();
    await folder.close();
  });

  async function applied(name: string, files: Readonly<Record<string, string>>): Promise<AppliedFolder> {
    const path = join(folder.path, name);
    await mkdir(path);
    for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
    await writeFile(join(path, 'kustomization.yaml'), `resources: [${Object.keys(files).join(', ')}]\n`);
    return await applyFolderTwice(api, path, closedEnvironment());
  }

  describe.skipIf(kubectl === undefined)('with kubectl kustomize', () => {
    it('is accepted whole, and changes nothing the second time', async () => {
      const files = { 'web.yaml': DEPLOYMENT, 'monitor.yaml': MONITOR, 'namespace.yaml': NAMESPACE };
      expect(await applied('good', files)).toEqual({
        objects: ['Namespace applied', 'Deployment applied/web', 'ServiceMonitor applied/web'],
        refused: [],
        drift: [],
      });
    });

    it('shows what the server refuses: fields and kinds that it does not know', async () => {
      const files = {
        'namespace.yaml': NAMESPACE,
        'web.yaml': DEPLOYMENT.replace('replicas: 0', 'replica: 0'),
        'unknown.yaml': MONITOR.replace('kind: ServiceMonitor', 'kind: ServiceMonitors'),
      };
      const { refused } = await applied('bad', files);
      expect(refused).toEqual([
        expect.stringContaining('.spec.replica: field not declared in schema') as string,
        'ServiceMonitors applied/web: the server knows no ServiceMonitors of monitoring.coreos.com/v1',
      ]);
    });
  });
});
