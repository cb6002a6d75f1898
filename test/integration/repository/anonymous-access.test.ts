import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anonymousAccess } from '../../../src/repository/git/anonymous-access.ts';
import { createGitHttpServer, type GitHttpServer } from '../../support/git-http-server.ts';
import { createBareRemote, pushFiles } from '../../support/git-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const path = process.env['PATH'] ?? '';
let temp: TempFolder;
const servers: GitHttpServer[] = [];

beforeEach(async () => {
  temp = await createTempFolder('anonymous');
  const remote = await createBareRemote({ folder: join(temp.path, 'served') });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await temp.close();
});

async function serve(credentials?: { user: string; password: string }): Promise<string> {
  const root = join(temp.path, 'served');
  const server = await createGitHttpServer({ root, ...(credentials === undefined ? {} : { credentials }) });
  servers.push(server);
  return server.url('warroom.git');
}

it('finds what strangers can read', async () => {
  expect(await anonymousAccess({ url: await serve(), path })).toEqual({ kind: 'readable' });
});

it('finds what strangers cannot read, and forgets a user in the address', async () => {
  const url = await serve({ user: 'processor', password: 'secret' });
  const withUser = url.replace('://', '://processor:secret@');
  expect(await anonymousAccess({ url: withUser, path })).toEqual({ kind: 'refused' });
});

it('does not ask where strangers have no way in, and knows when it does not know', async () => {
  expect(await anonymousAccess({ url: 'git@example.com:acme/w.git', path })).toEqual({ kind: 'refused' });
  const url = 'http://127.0.0.1:1/warroom.git';
  expect(await anonymousAccess({ url, path })).toMatchObject({ kind: 'unknown' });
});
