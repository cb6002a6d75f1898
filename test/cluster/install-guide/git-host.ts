import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import { createServerCertificate } from '../../../src/cluster-broker/server-certificate.ts';
import { createGitHttpServer } from '../../support/git-http-server.ts';

export interface GitHost {
  /** PEM, by itself the authority of it. */
  readonly certificate: string;
  close(): Promise<void>;
}

/** A host of Git repositories on port 443 of an address of loopback, which wants a token as the password. */
export async function startGitHost(options: {
  readonly root: string;
  readonly host: string;
  readonly address: string;
  readonly token: string;
}): Promise<GitHost> {
  const git = await createGitHttpServer({ root: options.root });
  const behind = new URL(git.url(''));
  const { certificate, key } = createServerCertificate([options.host], new Date());
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const [, given = ''] = (request.headers.authorization ?? '').split(' ');
    if (!Buffer.from(given, 'base64').toString('utf8').endsWith(`:${options.token}`)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const { authorization: _, ...headers } = request.headers;
    const { method, url: path } = request;
    const passed = httpRequest({ host: behind.hostname, port: behind.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  server.listen(443, options.address);
  await once(server, 'listening');
  return {
    certificate,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await git.close();
    },
  };
}
