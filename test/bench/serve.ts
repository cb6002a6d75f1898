import { createGitHttpServer } from '../support/git-http-server.ts';
import type { ServerMessage } from './server.ts';

/** The server process of the benchmark: serves the folder in its argument, and tells what it was asked when asked. */
const [root = ''] = process.argv.slice(2);
const server = await createGitHttpServer({ root });

process.on('message', () => {
  tell({ kind: 'requests', requests: [...server.requests] });
  server.forget();
});
process.on('disconnect', () => {
  void server.close();
});
tell({ kind: 'listening', url: server.url('') });

function tell(message: ServerMessage): void {
  process.send?.(message);
}
