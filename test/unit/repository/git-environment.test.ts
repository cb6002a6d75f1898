import { describe, expect, it } from 'vitest';
import { clientProfile, processorProfile, protocolOf } from '../../../src/repository/git/git-environment.ts';
import { gitUrl } from '../../../src/repository/git/open-git-war-room.ts';

const TOKEN = 'ghp_very-secret-token';

function processor(url: string, credentials: Partial<Parameters<typeof processorProfile>[1]['credentials']> = {}) {
  return processorProfile(url, {
    credentials: { readToken: () => Promise.resolve(undefined), ...credentials },
    emptyHome: '/state/home',
    path: '/usr/bin',
  });
}

describe('the environment of the client', () => {
  it('keeps what git needs of the person and nothing else', async () => {
    const env = {
      PATH: '/usr/bin',
      HOME: '/home/alice',
      SSH_AUTH_SOCK: '/tmp/agent',
      https_proxy: 'http://proxy',
      GIT_SSH_COMMAND: 'ssh -i key',
      GIT_CONFIG_GLOBAL: '/home/alice/.gitconfig',
      ANTHROPIC_API_KEY: 'sk-ant',
      AWS_SECRET_ACCESS_KEY: 'aws',
      NODE_OPTIONS: '--require x',
      LD_PRELOAD: '/tmp/x.so',
      GIT_DIR: '/elsewhere',
      GIT_WORK_TREE: '/elsewhere',
      GIT_INDEX_FILE: '/elsewhere',
      GIT_OBJECT_DIRECTORY: '/elsewhere',
      UNSET: undefined,
    };
    const kept = await clientProfile(env).environment();
    expect(Object.keys(kept).sort()).toEqual(
      [
        'GIT_CONFIG_GLOBAL',
        'GIT_LFS_SKIP_SMUDGE',
        'GIT_NO_REPLACE_OBJECTS',
        'GIT_OPTIONAL_LOCKS',
        'GIT_SSH_COMMAND',
        'GIT_TERMINAL_PROMPT',
        'HOME',
        'LC_ALL',
        'PATH',
        'SSH_AUTH_SOCK',
        'https_proxy',
      ].sort(),
    );
    expect(kept['LC_ALL']).toBe('C');
  });
});

describe('the environment of a processor', () => {
  it('uses the proxy of its configuration, and none of the environment', async () => {
    const url = 'https://git.example.com/warroom.git';
    expect(processor(url, { proxy: 'http://192.0.2.30:3128' }).settings).toContain('http.proxy=http://192.0.2.30:3128');
    expect(processor(url).settings.join(' ')).not.toContain('http.proxy');
    expect(Object.keys(await processor(url).environment()).join(' ')).not.toMatch(/proxy/iu);
  });

  it('knows no configuration but its own, and one protocol', async () => {
    const profile = processor('https://git.example.com/warroom.git');
    const env = await profile.environment();
    expect(env).toMatchObject({
      HOME: '/state/home',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ALLOW_PROTOCOL: 'https',
      GIT_TERMINAL_PROMPT: '0',
    });
    expect(profile.settings).toEqual(
      expect.arrayContaining([
        'protocol.allow=never',
        'protocol.https.allow=always',
        'credential.helper=',
        'http.followRedirects=false',
        'core.hooksPath=/dev/null',
        'fetch.fsckObjects=true',
      ]),
    );
  });

  it('gives the token to git through the environment, read anew for every call, and never as an argument', async () => {
    const tokens = [TOKEN, 'rotated'];
    const profile = processor('https://git.example.com/warroom.git', {
      username: 'bot',
      readToken: () => Promise.resolve(tokens.shift()),
    });
    const header = (text: string): string => `Authorization: Basic ${Buffer.from(`bot:${text}`).toString('base64')}`;
    expect((await profile.environment())['GIT_CONFIG_VALUE_0']).toBe(header(TOKEN));
    expect((await profile.environment())['GIT_CONFIG_VALUE_0']).toBe(header('rotated'));
    expect(await profile.environment()).not.toHaveProperty('GIT_CONFIG_COUNT');
    expect(profile.settings.join(' ')).not.toContain(TOKEN);
  });

  it('quotes paths of keys for the shell and for ssh', async () => {
    const profile = processor('ssh://git@git.example.com/warroom.git', {
      sshKeyFile: "/state/it's a key",
      knownHostsFile: '/state/known hosts',
    });
    const command = (await profile.environment())['GIT_SSH_COMMAND'];
    expect(command).toContain(`-i '/state/it'\\''s a key'`);
    expect(command).toContain(`-o UserKnownHostsFile='"/state/known hosts"'`);
    expect(command).toContain('StrictHostKeyChecking=yes');
  });
});

describe('the protocol', () => {
  it.each([
    ['https://github.com/acme/warroom.git', 'https'],
    ['HTTP://127.0.0.1/x', 'http'],
    ['git@github.com:acme/warroom.git', 'ssh'],
    ['ssh://git@github.com/acme/warroom.git', 'ssh'],
    ['git+ssh://git@github.com/acme/warroom.git', 'ssh'],
    ['file:///srv/warroom.git', 'file'],
    ['/srv/warroom.git', 'file'],
    ['./with:colon/warroom.git', 'file'],
    ['ext::sh -c touch% /tmp/x', 'ssh'],
  ])('of %s is %s', (url, protocol) => {
    expect(protocolOf(url)).toBe(protocol);
  });
});

describe('the address for git', () => {
  it.each([
    ['/srv/war room.git', 'file:///srv/war%20room.git'],
    ['/srv/warroom.git', 'file:///srv/warroom.git'],
    ['https://github.com/acme/warroom.git', 'https://github.com/acme/warroom.git'],
    ['git@github.com:acme/warroom.git', 'git@github.com:acme/warroom.git'],
    ['host:path', 'host:path'],
    ['file:///srv/x', 'file:///srv/x'],
  ])('of %s is %s', (address, url) => {
    expect(gitUrl(address)).toBe(url);
  });
});
