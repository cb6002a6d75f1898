import { describe, expect, it } from 'vitest';
import { fileUrl, folderUrl } from '../../../src/client/web-url.ts';

describe('fileUrl', () => {
  it.each([
    ['https://github.com/acme/warroom.git', 'https://github.com/acme/warroom/blob/main/a/b.yaml'],
    ['https://github.com/acme/warroom', 'https://github.com/acme/warroom/blob/main/a/b.yaml'],
    ['git@github.com:acme/warroom.git', 'https://github.com/acme/warroom/blob/main/a/b.yaml'],
    ['ssh://git@github.com:22/acme/warroom.git', 'https://github.com/acme/warroom/blob/main/a/b.yaml'],
    ['https://gitlab.example.com:8443/g/sub/w.git', 'https://gitlab.example.com:8443/g/sub/w/-/blob/main/a/b.yaml'],
    ['git@gitlab.com:g/w.git', 'https://gitlab.com/g/w/-/blob/main/a/b.yaml'],
  ])('of %s is %s', (address, expected) => {
    expect(fileUrl({ address, branch: 'main' }, 'a/b.yaml')).toBe(expected);
  });

  it.each(['/srv/git/warroom.git', 'file:///srv/github/w.git', 'C:/w.git', 'https://git.example.com/w.git', ''])(
    'is unknown for %j',
    (address) => {
      expect(fileUrl({ address, branch: 'main' }, 'a')).toBeUndefined();
    },
  );
});

describe('folderUrl', () => {
  it('shows the folder, and escapes the name of the branch', () => {
    const place = { address: 'https://github.com/acme/w', branch: 'war room' };
    expect(folderUrl(place, 'results/x')).toBe('https://github.com/acme/w/tree/war%20room/results/x');
  });
});
