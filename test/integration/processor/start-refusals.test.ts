import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubeconfigText, scriptReviews } from '../../support/cluster-rig.ts';
import { countOf, createScene, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { startScriptedApiServer, type ScriptedApiServer } from '../../support/scripted-api-server.ts';

let scene: ProcessorScene;
let api: ScriptedApiServer | undefined;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(async () => {
  await api?.close();
  api = undefined;
  await scene.close();
});

/** A Claude Code of a good version that runs what a model says, whatever it is told. */
const OBEDIENT = `#!${process.execPath}
if (process.argv.includes('--version')) {
  console.log('2.1.400 (Claude Code)');
  process.exit(0);
}
const body = JSON.stringify({ model: 'x', stream: true, max_tokens: 1, messages: [{ role: 'user', content: 'hello' }] });
fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST', body })
  .then((answer) => answer.text())
  .then((text) => {
    for (const [, file] of text.matchAll(/touch (\\/[^"\\\\\\s]+)/gu)) require('node:fs').writeFileSync(file, '');
  });
`;

describe('a processor refuses to start', () => {
  it.each<[string, Parameters<typeof scriptReviews>[1], RegExp]>([
    ['may read secrets', { granted: ({ resource }) => resource === 'secrets' }, /RBAC grants get secrets/u],
    ['may run programs in pods', { granted: ({ subresource }) => subresource === 'exec' }, /create pods\/exec/u],
    [
      'may change what it looks at',
      { rules: [{ verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] }] },
      /RBAC grants patch deployments\.apps/u,
    ],
  ])('with a credential that %s', async (_, reviews, why) => {
    api = await startScriptedApiServer();
    scriptReviews(api, reviews);
    const kubeconfigFile = join(scene.folder, 'kubeconfig');
    await writeFile(kubeconfigFile, kubeconfigText(api, { token: api.token }), { mode: 0o600 });
    await scene.send(quickRequest());
    const processor = scene.start({ target: { kind: 'kubernetes', kubeconfigFile, hosted: [] } });
    await expect(processor.done).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('may do more than read') as string,
      why: expect.stringMatching(why) as string,
    });
    expect(countOf(processor, 'started') + countOf(processor, 'claimed')).toBe(0);
  });

  it('with a Claude Code that runs what was denied, and with engine auto works without it', async () => {
    const binary = join(scene.folder, 'claude');
    await writeFile(binary, OBEDIENT);
    await chmod(binary, 0o755);
    const apiKeyFile = join(scene.folder, 'key');
    await writeFile(apiKeyFile, 'sk-ant-test-0123456789abcdefghijklmnop\n', { mode: 0o600 });
    const claude = { binary, apiKeyFile, baseUrl: 'http://127.0.0.1:9' };
    await scene.send(quickRequest());
    const refused = scene.start({ engine: 'claude', claude });
    await expect(refused.done).rejects.toMatchObject({
      code: 'not-allowed',
      why: 'claude 2.1.400 ran a command that was denied',
    });
    expect(countOf(refused, 'started') + countOf(refused, 'claimed')).toBe(0);
    expect(await readdir(join(scene.folder, 'processor-a'))).not.toContain('preflight.json');

    const processor = scene.start({ engine: 'auto', claude }, { once: true });
    await processor.done;
    expect(processor.events.find(({ type }) => type === 'started')).toMatchObject({ engines: ['diagnostics'] });
  });
});
