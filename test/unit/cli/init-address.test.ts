import { describe, expect, it } from 'vitest';
import { githubUrl, shownAddress } from '../../../src/cli/init-address.ts';

describe('address of a war room', () => {
  it.each([
    ['acme/warroom', {}, 'https://github.com/acme/warroom.git'],
    ['acme/warroom.git', {}, 'https://github.com/acme/warroom.git'],
    ['acme/war.room_1', { GH_HOST: 'github.example.com' }, 'https://github.example.com/acme/war.room_1.git'],
  ])('turns %s into a URL', (name, env, url) => {
    expect(githubUrl(name, env)).toBe(url);
  });

  it.each([['acme'], ['acme/war room'], ['acme/a/b'], ['-x/y'], ['https://github.com/acme/x'], ['../x']])(
    'refuses %s as the name of a GitHub repository',
    (name) => {
      expect(() => githubUrl(name, {})).toThrow('is not the name of a GitHub repository');
    },
  );

  it.each([
    ['https://alice:secret@git.example.com/x.git', 'https://git.example.com/x.git'],
    ['git@git.example.com:x.git', 'git@git.example.com:x.git'],
    ['/srv/x.git', '/srv/x.git'],
  ])('shows %s without credentials', (url, shown) => {
    expect(shownAddress(url)).toBe(shown);
  });
});
