import { describe, expect, it } from 'vitest';
import { findSigningKey, type SigningFacts } from '../../../src/client/find-signing-key.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDzpTOn5lhTeMeKTvBU+PtOZRBPeP9oIWuhqvpHMaLud';
const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDzpTOn5lhTeMeKTvBU+PtOZRBPeP9oIWuhqvpHMaLue other';

const NOTHING: SigningFacts = {
  flag: undefined,
  variable: undefined,
  configured: undefined,
  git: {},
  home: '/home/alice',
  agentKeys: () => Promise.resolve([]),
};

describe('finding the key to sign with', () => {
  it('takes the nearest that names one', async () => {
    const all: SigningFacts = {
      ...NOTHING,
      flag: '/flag',
      variable: '/variable',
      configured: '/configured',
      git: { signingKey: '~/.ssh/id_ed25519.pub', signingFormat: 'ssh' },
      agentKeys: () => Promise.resolve([KEY]),
    };
    const sources: unknown[] = [];
    for (const missing of [[], ['flag'], ['flag', 'variable'], ['flag', 'variable', 'configured']]) {
      const facts = { ...all, ...Object.fromEntries(missing.map((name) => [name, undefined])) };
      sources.push(await findSigningKey(facts));
    }
    sources.push(await findSigningKey({ ...NOTHING, agentKeys: all.agentKeys }));
    expect(sources).toEqual([
      { kind: 'key', key: { kind: 'file', path: '/flag' }, source: '--signing-key', isExplicit: true },
      { kind: 'key', key: { kind: 'file', path: '/variable' }, source: 'WARROOM_SIGNING_KEY', isExplicit: true },
      {
        kind: 'key',
        key: { kind: 'file', path: '/configured' },
        source: 'signingKey of the configuration',
        isExplicit: true,
      },
      {
        kind: 'key',
        key: { kind: 'file', path: '/home/alice/.ssh/id_ed25519.pub' },
        source: 'git user.signingkey',
        isExplicit: false,
      },
      { kind: 'key', key: { kind: 'literal', publicKey: KEY }, source: 'the ssh-agent', isExplicit: false },
    ]);
  });

  it.each([`key::${KEY}`, KEY])('reads a key in the place of a file: %s', async (signingKey) => {
    const choice = await findSigningKey({ ...NOTHING, git: { signingKey, signingFormat: 'ssh' } });
    expect(choice).toMatchObject({ key: { kind: 'literal', publicKey: KEY } });
  });

  it.each([
    ['nothing', {}, [], 'neither --signing-key, the configuration, git nor the ssh-agent names an SSH key'],
    ['GPG', { signingKey: '3AA5C34371567BD2' }, [], 'git signs with GPG here; requests are signed with an SSH key'],
    ['several keys', {}, [KEY, OTHER], 'the ssh-agent holds 2 keys and nothing says which one signs'],
  ])('finds none with %s, and says what to do', async (_what, git, keys, why) => {
    const choice = await findSigningKey({ ...NOTHING, git, agentKeys: () => Promise.resolve(keys) });
    expect(choice).toMatchObject({ kind: 'none', why, hint: expect.stringContaining('gpg.format ssh') as string });
  });
});
