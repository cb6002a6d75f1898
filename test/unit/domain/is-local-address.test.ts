import { expect, it } from 'vitest';
import { isLocalAddress, isLocalPath } from '../../../src/domain/is-local-address.ts';

it.each([
  '/srv/warroom.git',
  './warroom.git',
  '../a:b.git',
  'warroom.git',
  '/srv/a:b',
  'file:///srv/warroom.git',
  'FILE:///srv/warroom.git',
  'http://localhost/warroom.git',
  'http://LocalHost:8080/warroom.git',
  'https://127.0.0.1/warroom.git',
  'https://127.255.3.4:8443/warroom.git',
  'http://[::1]:3000/warroom.git',
  'http://alice:secret@localhost/warroom.git',
  'ssh://git@localhost:2222/srv/warroom.git',
  'ssh://git@[::1]/srv/warroom.git',
  'git://127.0.0.1/warroom.git',
  'git@localhost:warroom.git',
  'localhost:/srv/warroom.git',
  'git@127.0.0.1:warroom.git',
  'git@[::1]:warroom.git',
  '[localhost:2222]:warroom.git',
])('%s is on this machine', (address) => {
  expect(isLocalAddress(address)).toBe(true);
});

it.each([
  '',
  'https://github.com/acme/warroom.git',
  'git@github.com:acme/warroom.git',
  'ssh://git@10.0.0.1/warroom.git',
  'http://localhost.example.com/warroom.git',
  'http://localhost@example.com/warroom.git',
  'http://example.com/@localhost/warroom.git',
  'http://127.0.0.1\\@example.com/warroom.git',
  'http://127.0.0.1#@example.com/warroom.git',
  'http://127.0.0.1?@example.com/warroom.git',
  'http://127.0.0.1.example.com/warroom.git',
  'http://127.0.0.256/warroom.git',
  'http://128.0.0.1/warroom.git',
  'http://0.0.0.0/warroom.git',
  'http://[::2]/warroom.git',
  'http://localhost:80 @example.com/x',
  'http://local\nhost/x',
  'localhost@example.com:warroom.git',
  'localhost::https://example.com/warroom.git',
  'localhost://example.com/warroom.git',
  'ext::sh -c whoami',
  'fd::17',
  'ftp://localhost/warroom.git',
])('%s is not, as far as anybody can be sure', (address) => {
  expect(isLocalAddress(address)).toBe(false);
});

it('tells paths from addresses as git does', () => {
  expect(isLocalPath('a/b:c')).toBe(true);
  expect(isLocalPath('a:b/c')).toBe(false);
  expect(isLocalPath('file:///a')).toBe(false);
});
