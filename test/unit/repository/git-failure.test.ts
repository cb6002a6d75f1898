import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../../src/repository/git/explain-failure.ts';
import { damagedMirror, gitFailure, sayable, withoutCredentials } from '../../../src/repository/git/git-failure.ts';

const ADDRESS = 'https://git.example.com/warroom.git';

describe('what git says', () => {
  it.each([
    ['offline', "fatal: unable to access 'https://x/': Could not resolve host: x"],
    [
      'offline',
      "fatal: unable to access 'http://127.0.0.1:1/': Failed to connect to 127.0.0.1 port 1: Connection refused",
    ],
    ['offline', 'error: RPC failed; HTTP 429 curl 22 The requested URL returned error: 429'],
    ['offline', "fatal: unable to access 'https://x/': The requested URL returned error: 503"],
    [
      'offline',
      'error: RPC failed; curl 28 Operation too slow. Less than 1000 bytes/sec transferred the last 30 seconds',
    ],
    ['offline', "fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate"],
    ['offline', 'ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.'],
    ['offline', 'kex_exchange_identification: read: Connection reset by peer'],
    ['offline', 'fatal: the remote end hung up unexpectedly'],
    ['authentication', "fatal: Authentication failed for 'https://x/'"],
    ['authentication', "fatal: could not read Username for 'https://x': terminal prompts disabled"],
    ['authentication', "fatal: unable to access 'https://x/': The requested URL returned error: 403"],
    ['authentication', 'alice@x: Permission denied (publickey).\nfatal: Could not read from remote repository.'],
    ['authentication', 'Host key verification failed.\nfatal: Could not read from remote repository.'],
    [
      'authentication',
      "fatal: detected dubious ownership in repository at '/srv/x'\nfatal: Could not read from remote repository.",
    ],
    ['repository-missing', "fatal: repository 'https://x/' not found"],
    ['repository-missing', "fatal: '/srv/x' does not appear to be a git repository"],
    ['branch-missing', "fatal: couldn't find remote ref refs/heads/main"],
    ['corrupt', 'error: object file objects/ab/cd is empty\nfatal: loose object abcd is corrupt'],
    ['corrupt', 'fatal: bad object refs/mirror/tip'],
    ['corrupt', "fatal: Unable to create '/x/shallow.lock': File exists."],
    ['corrupt', "error: cannot lock ref 'refs/view/1/tip': Unable to create '/x/tip.lock': File exists."],
    ['corrupt', 'fatal: not a git repository: /x'],
    // As git 2.39 said them on small volumes without room.
    ['disk-full', 'fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output'],
    ['disk-full', 'fatal: unable to write loose object file: No space left on device\nfatal: unpack-objects failed'],
    ['disk-full', 'fatal: failed to write to /x/shallow.lock: No space left on device'],
    ['disk-full', "fatal: Unable to create '/x/shallow.lock': No space left on device"],
    ['disk-full', "fatal: sha1 file 'objects/pack/tmp_idx_a' write error. Out of diskspace\nfatal: index-pack failed"],
    [
      'disk-full',
      'fatal: write error: No space left on device\nfatal: index-pack failed\nfatal: could not fetch 479ec6 from promisor remote',
    ],
    ['disk-full', 'error: copy-fd: write returned: Disk quota exceeded'],
    [
      'offline',
      'remote: fatal: write error: No space left on device\nerror: remote unpack failed: index-pack abnormal exit',
    ],
    ['corrupt', "error: cannot update ref 'refs/view/ab/tip': couldn't write '/x/refs/view/ab/tip.lock'"],
    ['corrupt', "fatal: could not write './objects/pack/pack-ab.promisor' promisor file"],
    ['corrupt', 'fatal: write error: Input/output error\nfatal: index-pack failed'],
    ['malformed', "error: object 1234: hasDotdot: contains '..'\nfatal: fsck error in packed object"],
    ['malformed', "error: object 1234: hasDotgit: contains '.git'\nfatal: fsck error in packed object"],
  ])('means %s: %s', (code, stderr) => {
    const failure = gitFailure('fetch', stderr, { address: ADDRESS });
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(ADDRESS);
    expect(failure.hint).toBeDefined();
    expect(failure.message).toMatch(/^[a-z][^A-Z\n]*[^.\n]$/u);
  });

  it('is told as it is when nobody knows it', () => {
    const failure = gitFailure('push to', 'fatal: something new', { address: ADDRESS });
    expect([failure.message, failure.why]).toEqual([`git could not push to ${ADDRESS}`, 'fatal: something new']);
  });

  it('about the mirror is told with its reason', () => {
    expect(damagedMirror('fatal: bad tree', ADDRESS)).toMatchObject({ code: 'corrupt', why: 'fatal: bad tree' });
    expect(damagedMirror('', ADDRESS).why).toBeUndefined();
  });
});

describe('what git could not write', () => {
  const promisor = "fatal: could not write './objects/pack/pack-ab.promisor' promisor file";
  const plenty = { bytes: 1024 * 1024, inodes: 5 };

  it.each<[string, string, { bytes: number; inodes: number | undefined } | undefined, boolean, string]>([
    ['no bytes', promisor, { bytes: 4096, inodes: 5 }, false, 'disk-full'],
    ['no inodes', promisor, { ...plenty, inodes: 0 }, false, 'disk-full'],
    ['room', promisor, plenty, false, 'corrupt'],
    ['room, and inodes without number', promisor, { ...plenty, inodes: undefined }, false, 'corrupt'],
    ['nobody knows what', promisor, undefined, false, 'corrupt'],
    ['no bytes, for a command that stays here', 'fatal: what nobody knows', { bytes: 0, inodes: 5 }, true, 'disk-full'],
    ['room, for a command that stays here', 'fatal: what nobody knows', plenty, true, 'corrupt'],
    ['what git itself tells', 'fatal: sha1 file x write error. Out of diskspace', plenty, true, 'disk-full'],
    ['no bytes, but it is the network', 'fatal: Could not resolve host: x', { bytes: 0, inodes: 5 }, false, 'offline'],
  ])('is told by what is left on the volume: %s', async (_what, stderr, room, isLocal, code) => {
    const measure = (): Promise<{ bytes: number; inodes: number | undefined }> =>
      room === undefined ? Promise.reject(new Error('EIO')) : Promise.resolve(room);
    const failure = await explainFailure('fetch', { gitDir: '/x', address: ADDRESS, stderr, isLocal, measure });
    expect(failure.code).toBe(code);
    if (code !== 'disk-full') return;
    expect(failure.message).toBe(`the disk that holds the local copy of the war room is full: ${ADDRESS}`);
    expect(failure.hint).toContain('free space, or inodes, on that disk');
    expect(failure.why).toBe(stderr);
  });

  it('is measured where the mirror is', async () => {
    const stderr = 'fatal: what nobody knows';
    const failed = { gitDir: import.meta.dirname, address: ADDRESS, stderr, isLocal: true };
    expect((await explainFailure('read', failed)).code).toBe('corrupt');
  });
});

describe('words of git for people', () => {
  it('are those that explain, at most four lines', () => {
    const stderr = [
      'Cloning',
      'remote: Counting objects',
      'fatal: one',
      'hint: two',
      'error: three',
      'fatal: four',
      'fatal: five',
    ].join('\n');
    expect(sayable(stderr)).toBe('remote: Counting objects; fatal: one; error: three; fatal: four');
  });

  it('hold no terminal sequences and no more than 600 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (text) => {
        const said = sayable(`fatal: ${text}`);
        return said.length <= 600 && !/\p{Cc}/u.test(said);
      }),
    );
  });

  it.each([
    ['https://alice:s3cret@git.example.com/x', 'https://git.example.com/x'],
    ['https://s3cret@git.example.com/x', 'https://git.example.com/x'],
    ['https://alice:s3@cret@git.example.com/x', 'https://git.example.com/x'],
    ['ssh://git@git.example.com/x', 'ssh://git.example.com/x'],
    ['https://git.example.com/x@y', 'https://git.example.com/x@y'],
    ['/srv/war@room.git', '/srv/war@room.git'],
    ['git@git.example.com:x', 'git@git.example.com:x'],
  ])('%s is told as %s', (url, told) => {
    expect(withoutCredentials(url)).toBe(told);
    expect(sayable(`fatal: unable to access '${url}': no`)).toBe(`fatal: unable to access '${told}': no`);
  });
});
