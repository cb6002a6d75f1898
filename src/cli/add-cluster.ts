import { clusterRegistration, registerCluster } from '../client/register-cluster.ts';
import { fileUrl } from '../client/web-url.ts';
import { WarroomError } from '../domain/errors.ts';
import type { Target } from '../domain/request.ts';
import { createRedaction } from '../redaction/create-redaction.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { withWarRoom } from './session.ts';

export interface ClusterAddFlags {
  readonly type: Target['type'];
  readonly description?: string;
  readonly hub?: string;
  readonly owner?: string;
  readonly identity?: string;
  readonly namespace?: readonly string[];
  /** Seconds. */
  readonly maxTimeout?: number;
}

/** Registers a cluster and says how its processor is configured. */
export async function addCluster(context: CliContext, name: string, flags: ClusterAddFlags): Promise<ExitCode> {
  const { io, random, signal } = context;
  const registration = clusterRegistration(name, specOf(flags));
  return await withWarRoom(
    context,
    async ({ warRoom }) => {
      const redaction = createRedaction({ knownValues: [], key: random(32) });
      const outcome = await registerCluster(warRoom, registration, {
        redact: (text) => redaction.redact(text),
        signal,
      });
      const { path } = outcome;
      if (outcome.kind === 'different') {
        throw new WarroomError('conflict', `${name} is registered already, with other values`, {
          why: `${path} exists and is not overwritten`,
          hint: `change the file itself: ${fileUrl(warRoom, path) ?? path}`,
        });
      }
      if (context.flags.json) {
        const commit = outcome.kind === 'registered' ? outcome.commit : null;
        io.out(JSON.stringify({ name, path, commit, changed: outcome.kind === 'registered' }));
        return EXIT.done;
      }
      const tick = io.errorStyle.good('✔');
      io.err(`${tick} ${name} ${outcome.kind === 'registered' ? 'registered' : 'was registered before'}: ${path}`);
      io.err('Next: run its processor next to it, with a file like this:');
      const { address, branch, isLocal } = warRoom;
      const config = formatYaml('ProcessorConfig', {
        apiVersion: 'warroom.intility.io/v1',
        kind: 'ProcessorConfig',
        cluster: { name, type: flags.type },
        trust: isLocal ? 'open' : 'required',
        repository: { url: address, branch },
        stateDir: '/var/lib/claude-warroom',
      });
      for (const line of config.trimEnd().split('\n')) io.err(io.errorStyle.dim(`  ${line}`));
      io.err('  claude-warroom processor run -c processor.yaml');
      if (!io.isTerminal) io.out(path);
      return EXIT.done;
    },
    { isWriting: true },
  );
}

function specOf(flags: ClusterAddFlags): Parameters<typeof clusterRegistration>[1] {
  const { type, description, hub, owner, identity, namespace, maxTimeout } = flags;
  return {
    type,
    ...(description === undefined ? {} : { description }),
    ...(hub === undefined ? {} : { hub }),
    ...(identity === undefined ? {} : { identity }),
    ...(owner === undefined ? {} : { owner }),
    ...(namespace === undefined ? {} : { namespaces: [...namespace] }),
    ...(maxTimeout === undefined ? {} : { maxTimeout }),
  };
}
