import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { createKubeconfigTarget } from '../../../src/target/kubeconfig-target.ts';
import { createLocalTarget } from '../../../src/target/local/local-target.ts';
import type { Target } from '../../../src/target/port.ts';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { kubeconfigText } from '../../support/cluster-rig.ts';
import { startScriptedApiServer, type ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const hasKubectl = (await findProgram('kubectl', '/usr/local/bin:/usr/bin:/bin')) !== undefined;
if (!hasKubectl) printSkipReason('what kubectl leaves behind is not looked for: there is no kubectl');

/** Where it would be: the home of a user without one, and the folder in which commands run. */
const PLACES = [join(closedEnvironment()['HOME'] ?? '', '.kube'), '/.kube'];

describe.skipIf(!hasKubectl)('kubectl on the machine of the processor', () => {
  let api: ScriptedApiServer;
  let folder: TempFolder;
  let kubeconfig: string;
  let local: Target;

  beforeEach(async () => {
    folder = await createTempFolder('kubectl-traces');
    api = await startScriptedApiServer();
    api.on('/api/v1/pods', { body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] } });
    kubeconfig = join(folder.path, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigText(api, { token: api.token }));
    local = createLocalTarget({ clock: systemClock });
  });

  afterEach(async () => {
    await local.close();
    await api.close();
    await folder.close();
  });

  async function getPods(target: Target, ...flags: readonly string[]): Promise<void> {
    const argv = ['kubectl', ...flags, 'get', 'pods', '-A'];
    const { end, stderr } = await target.run({ argv, timeoutMs: 20_000, maxBytes: 65_536 });
    expect({ end, stderr }).toMatchObject({ end: { kind: 'exited', exit: 0 } });
  }

  it('writes nothing when a step runs it', async () => {
    const before = PLACES.filter((place) => existsSync(place));
    await getPods(local, `--kubeconfig=${kubeconfig}`);
    expect(PLACES.filter((place) => existsSync(place))).toEqual(before);
    expect(await readdir(folder.path)).toEqual(['kubeconfig']);
  });

  it('keeps what it learns where it is told to when a playbook looks at a cluster', async () => {
    const before = PLACES.filter((place) => existsSync(place));
    const cacheDir = join(folder.path, 'cache');
    await getPods(createKubeconfigTarget(local, { file: kubeconfig, name: 'hub', cacheDir }));
    expect(PLACES.filter((place) => existsSync(place))).toEqual(before);
    expect(await readdir(cacheDir)).toContain('discovery');
  });
});
