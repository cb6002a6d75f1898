import { join } from 'node:path';
import { isLocalAddress } from '../../src/domain/is-local-address.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createRedaction } from '../../src/redaction/create-redaction.ts';
import type { RedactedText } from '../../src/domain/redacted-text.ts';
import { openClientWarRoom } from '../../src/repository/git/open-git-war-room.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import { closedEnvironment } from './closed-environment.ts';

/** The client's view of a war room, with a cache below `folder`. */
export function openTestWarRoom(options: {
  readonly url: string;
  readonly folder: string;
  readonly cache?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onRun?: (args: readonly string[]) => void;
}): WarRoom {
  const { onRun } = options;
  if (!isLocalAddress(options.url)) throw new Error(`tests talk to this machine only: ${options.url}`);
  return openClientWarRoom({
    repository: { url: options.url, branch: 'main', refNamespace: 'refs/warroom' },
    cacheDir: join(options.folder, options.cache ?? 'cache'),
    env: closedEnvironment(options.env),
    clock: systemClock,
    committer: { name: 'Test', email: 'test@example.com' },
    ...(onRun === undefined
      ? {}
      : {
          onRun: (args) => {
            onRun(args);
          },
        }),
  });
}

/** Text for publishing, through a real redaction that knows no secret. */
export async function redacted(text: string): Promise<RedactedText> {
  return await createRedaction({ knownValues: [], key: Buffer.alloc(32) }).redact(text);
}
