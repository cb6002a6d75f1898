import { describe, expect, it } from 'vitest';
import { parsePorcelain, refusedPush } from '../../../src/repository/git/push.ts';

const MAIN = 'refs/heads/main';

function answer(line: string, stderr = ''): ReturnType<typeof parsePorcelain> {
  return parsePorcelain(`To http://127.0.0.1/warroom.git\n${line}\nDone\n`, stderr);
}

describe('the answer to a push', () => {
  it.each([
    [' ', 'abc..def'],
    ['+', 'abc...def (forced update)'],
    ['*', '[new reference]'],
    ['-', '[deleted]'],
  ])('with flag %j is an update', (flag, summary) => {
    expect(answer(`${flag}\tdef:${MAIN}\t${summary}`).get(MAIN)).toEqual({ kind: 'updated' });
  });

  it('with nothing new is no update, although git ends with 0', () => {
    expect(answer(`=\tdef:${MAIN}\t[up to date]`).get(MAIN)).toEqual({ kind: 'unchanged' });
  });

  it.each([
    '[rejected] (fetch first)',
    '[rejected] (non-fast-forward)',
    '[rejected] (stale info)',
    '[rejected] (atomic push failed)',
    '[remote rejected] (failed to update ref)',
    '[remote rejected] (cannot lock ref)',
    '[remote rejected] (incorrect old value provided)',
    '[remote rejected] (atomic transaction failed)',
    '[remote rejected] (reference already exists)',
  ])('%s is a race', (summary) => {
    expect(answer(`!\tdef:${MAIN}\t${summary}`).get(MAIN)).toEqual({ kind: 'raced', reason: summary });
  });

  it.each([
    '[remote rejected] (hook declined)',
    '[remote rejected] (pre-receive hook declined)',
    '[remote rejected] (protected branch hook declined)',
    '[remote rejected] (deny updating a hidden ref)',
    '[remote rejected] (shallow update not allowed)',
    '[remote rejected] (deletion prohibited)',
  ])('%s is final, with the words of the server', (summary) => {
    const said = 'remote: error: GH006: Protected branch update failed\nnoise\n';
    expect(answer(`!\tdef:${MAIN}\t${summary}`, said).get(MAIN)).toEqual({
      kind: 'refused',
      reason: `${summary}; remote: error: GH006: Protected branch update failed`,
    });
  });

  it('holds every ref of an atomic push, deletions too', () => {
    const refs = answer(
      `!\tdef:${MAIN}\t[rejected] (atomic push failed)\n!\t:refs/warroom/claims/h/x\t[rejected] (stale info)`,
    );
    expect([...refs]).toEqual([
      [MAIN, { kind: 'raced', reason: '[rejected] (atomic push failed)' }],
      ['refs/warroom/claims/h/x', { kind: 'raced', reason: '[rejected] (stale info)' }],
    ]);
  });

  it.each(['', 'Done\n', 'error: failed to push some refs', `${MAIN}\n`, ' \tno-colon\tx\n'])(
    'is empty for %j',
    (text) => {
      expect(parsePorcelain(text, '').size).toBe(0);
    },
  );
});

describe('a refused push', () => {
  it('says what to change for a branch and for other refs', () => {
    const branch = refusedPush(MAIN, 'hook declined', '/srv/warroom.git');
    expect([branch.code, branch.message, branch.why]).toEqual([
      'protected',
      'the war room at /srv/warroom.git does not accept a push to refs/heads/main',
      'hook declined',
    ]);
    expect(branch.hint).toContain('repository.branch');
    expect(refusedPush('refs/warroom/inbox/x', 'hidden', '/srv').hint).toContain('repository.refNamespace');
  });

  it('is tried again later when only the disk of the server is full', () => {
    const said =
      'remote: fatal: write error: No space left on device        \nerror: remote unpack failed: index-pack abnormal exit';
    const refused = answer(`!\tHEAD:${MAIN}\t[remote rejected] (unpacker error)`, said).get(MAIN);
    const failure = refusedPush(MAIN, refused?.kind === 'refused' ? refused.reason : '', '/srv/warroom.git');
    expect([failure.code, failure.message]).toEqual([
      'offline',
      'the disk of the git server is full: /srv/warroom.git',
    ]);
    expect(failure.hint).toContain('tell whoever runs the server');
  });
});
