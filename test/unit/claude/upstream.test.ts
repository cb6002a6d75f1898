import { describe, expect, it } from 'vitest';
import { readModelUpstream, type ModelUpstream } from '../../../src/claude/broker/upstream.ts';

async function describeUpstream(upstream: ModelUpstream | undefined): Promise<unknown> {
  if (upstream?.kind !== 'messages') return upstream;
  const { credential, ...rest } = upstream;
  return { ...rest, credential: await credential() };
}

describe('where models are', () => {
  it('is nowhere without a credential', () => {
    expect(readModelUpstream({})).toBeUndefined();
    expect(readModelUpstream({ ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: 'https://gateway.example' })).toBeUndefined();
  });

  it('is the public API with a key', async () => {
    expect(await describeUpstream(readModelUpstream({ ANTHROPIC_API_KEY: 'k' }))).toEqual({
      kind: 'messages',
      baseUrl: 'https://api.anthropic.com',
      extraHeaders: {},
      credential: { kind: 'api-key', value: 'k' },
    });
  });

  it('is a gateway with a token and headers', async () => {
    const env = {
      ANTHROPIC_AUTH_TOKEN: 't',
      ANTHROPIC_API_KEY: 'k',
      ANTHROPIC_BASE_URL: 'https://gateway.example/llm',
      ANTHROPIC_CUSTOM_HEADERS: 'X-Team: sre\nbroken\nX-Cost-Center:  12 ',
    };
    expect(await describeUpstream(readModelUpstream(env))).toEqual({
      kind: 'messages',
      baseUrl: 'https://gateway.example/llm',
      extraHeaders: { 'x-team': 'sre', 'x-cost-center': '12' },
      credential: { kind: 'bearer', value: 't' },
    });
  });

  it('is what the configuration says when it says something', async () => {
    const env = { CLAUDE_CODE_USE_BEDROCK: '1', ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'https://a.example' };
    const upstream = readModelUpstream(env, {
      baseUrl: 'https://b.example',
      credential: () => Promise.resolve({ kind: 'bearer', value: 'file' }),
    });
    expect(await describeUpstream(upstream)).toMatchObject({
      baseUrl: 'https://b.example',
      credential: { kind: 'bearer', value: 'file' },
    });
  });

  it('is a provider with its own variables and no other', () => {
    const env = {
      CLAUDE_CODE_USE_BEDROCK: 'true',
      AWS_REGION: 'eu-north-1',
      AWS_ROLE_ARN: 'arn:x',
      https_proxy: 'http://proxy:3128',
      ANTHROPIC_API_KEY: 'k',
      GITHUB_TOKEN: 'g',
      GOOGLE_APPLICATION_CREDENTIALS: '/x',
      HOME: '/root',
    };
    expect(readModelUpstream(env)).toEqual({
      kind: 'bedrock',
      environment: {
        CLAUDE_CODE_USE_BEDROCK: '1',
        AWS_REGION: 'eu-north-1',
        AWS_ROLE_ARN: 'arn:x',
        https_proxy: 'http://proxy:3128',
      },
    });
    expect(
      readModelUpstream({
        CLAUDE_CODE_USE_VERTEX: '1',
        CLOUD_ML_REGION: 'eu',
        ANTHROPIC_VERTEX_PROJECT_ID: 'p',
        AWS_REGION: 'x',
      }),
    ).toEqual({
      kind: 'vertex',
      environment: { CLAUDE_CODE_USE_VERTEX: '1', CLOUD_ML_REGION: 'eu', ANTHROPIC_VERTEX_PROJECT_ID: 'p' },
    });
    expect(readModelUpstream({ CLAUDE_CODE_USE_BEDROCK: '0' })).toBeUndefined();
  });

  it.each([
    [{ HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    [{ https_proxy: 'http://p:1' }, 'http://p:1'],
    [{ HTTP_PROXY: 'http://p:1' }, undefined],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'localhost, .example' }, undefined],
    [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, undefined],
    [{ HTTPS_PROXY: 'http://p:1', no_proxy: 'other.example,ple' }, 'http://p:1'],
  ])('is reached as %j says', (env, proxy) => {
    const upstream = readModelUpstream({ ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'https://llm.example', ...env });
    expect(upstream?.kind === 'messages' ? upstream.proxy : 'no').toBe(proxy);
  });

  it('never needs a proxy on this machine', () => {
    const env = { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://127.0.0.1:1', HTTP_PROXY: 'http://p:1' };
    expect(readModelUpstream(env)).not.toHaveProperty('proxy');
  });
});
