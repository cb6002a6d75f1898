import { describe, expect, it } from 'vitest';
import { checkRenderFlags, type RenderFlags } from '../../../src/cli/install/check-render-flags.ts';
import { isWarroomError } from '../../../src/domain/errors.ts';

const GOOD: RenderFlags = {
  cluster: 'production-hub',
  repository: 'https://git.example.com/acme/warroom.git',
  image: `registry.example.com/claude-warroom@sha256:${'0f'.repeat(32)}`,
  apiServer: ['192.0.2.10'],
  proxy: 'http://192.0.2.30:3128',
};

function refusal(flags: RenderFlags): string {
  try {
    checkRenderFlags(flags);
  } catch (error) {
    if (isWarroomError(error, 'usage')) return [error.message, error.why].filter(Boolean).join('\n');
    throw error;
  }
  return 'accepted';
}

describe('checkRenderFlags', () => {
  it('fills in what was not given', () => {
    expect(checkRenderFlags({ ...GOOD, hosted: ['prod-1'] })).toMatchObject({
      ...{ type: 'hub', platform: 'openshift', apiPort: 6443, engine: 'auto', storage: { size: '5Gi' } },
      ...{ hosted: ['prod-1'], egress: { kind: 'proxy' } },
    });
    expect(checkRenderFlags({ type: 'hosted', cluster: 'prod-1', logNamespace: ['shop'] }).type).toBe('hosted');
  });

  it('names everything that is missing at once', () => {
    expect(refusal({}).split('\n')).toEqual([
      '5 problems with these flags',
      '--cluster is missing: name under which people ask',
      '--repository is missing: address of the war room, as the cluster reaches it',
      '--image is missing: image of this program, by its digest',
      expect.stringMatching(/^--api-server is missing: each address of {2}oc get endpointslices/u),
      '--proxy, --allow-address or --allow-name is missing: how git and the model are reached',
    ]);
  });

  it('names what is missing beside every value that is wrong', () => {
    const { image: _, ...others } = GOOD;
    const lines = refusal({ ...others, platform: 'openshft', apiPort: '0', proxy: 'http://proxy:1', maxJobs: '3' });
    expect(lines.split('\n')).toEqual([
      '5 problems with these flags',
      '--image is missing: image of this program, by its digest',
      expect.stringMatching(/^--platform: "openshft" cannot be used.*did you mean openshift\?/u),
      '--api-port: "0" cannot be used: it must be a port from 1 to 65535',
      expect.stringMatching(/^--proxy: "http:\/\/proxy:1" cannot be used/u),
      '--max-jobs: "3" cannot be used: it belongs to --executor kubernetes-job',
    ]);
  });

  it('refuses what says nothing about an account', () => {
    const { cluster: _, ...processor } = GOOD;
    const lines = refusal({ type: 'hosted', cluster: 'prod-1', ...processor, trustDir: 'trust', hosted: ['prod-2'] });
    const flags = ['--hosted', '--image', '--repository', '--api-server', '--proxy', '--trust-dir'];
    expect(lines.split('\n').slice(1)).toEqual(
      flags.map((flag) => `${flag} does not apply: --type hosted makes an account, and no processor`),
    );
    expect(refusal({ type: 'hosted', cluster: 'prod-1', runbooks: 'https://docs.example.com' })).toBe(
      '--runbooks does not apply: --type hosted makes an account, and no processor',
    );
  });

  it('says the only thing that is wrong without a list', () => {
    expect(refusal({ ...GOOD, type: 'hubb' })).toMatch(/^--type: "hubb" cannot be used/u);
    expect(refusal({ ...GOOD, allowName: ['api.anthropic.com'] })).toMatch(/several ways are given/u);
    expect(refusal({ ...GOOD, s3Bucket: 'warroom-evidence' })).toMatch(/^no address of the object store is given/u);
    const { proxy: _, ...others } = GOOD;
    const named = { ...others, allowName: ['api.anthropic.com'], s3Bucket: 'warroom-evidence' };
    expect(refusal(named)).toBe('accepted');
  });
});
