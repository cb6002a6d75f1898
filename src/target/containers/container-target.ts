import { judgeArgv } from '../../command-policy/policy.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Command, CommandResult, Target } from '../port.ts';
import { deniedResult, withInspectFilter } from './inspect-filter.ts';

/** Commands that only look; the policy below knows their flags. */
const ENGINE = 'ps, images, logs, inspect, stats, top, version and info';

/**
 * The containers of a machine, looked at from outside through the command line of their engine. Nothing runs inside of
 * them: `exec` is not reading, because a program in a container can do whatever the container may. Everything else of
 * the machine is denied, so this is a target for who may see containers and not their host.
 */
export function createContainerTarget(options: {
  readonly engine: 'docker' | 'podman';
  /** The machine where the engine runs. */
  readonly machine: Target;
  readonly clock: Clock;
}): Target {
  const { engine, clock } = options;
  const machine = withInspectFilter(options.machine, clock);

  async function run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    const problem = problemOf(command.argv);
    if (problem !== undefined) return deniedResult(problem, clock);
    return await machine.run({ ...command, privilege: command.privilege ?? 'group:docker' }, signal);
  }

  function problemOf(argv: readonly string[]): string | undefined {
    const [name = ''] = argv;
    if (name !== engine)
      return `this target shows the containers of ${engine} only, by ${ENGINE}; ${name} is something else`;
    const judgement = judgeArgv(argv, { evidenceDir: '/nonexistent' });
    if (judgement.kind === 'denied') return judgement.reason;
    const isBounded = argv.some((word) => /^(?:--tail|--since|-n)(?:=|$)/u.test(word) || /^-n\d/u.test(word));
    if (argv[1] === 'logs' && !isBounded) return 'logs without a limit can be endless; add --tail or --since';
    return undefined;
  }

  return {
    kind: engine,
    identify: async (signal) => {
      const { identity, name, platform } = await machine.identify(signal);
      return { kind: engine, identity, name, platform };
    },
    run,
    collect: async (collector) =>
      await Promise.resolve(deniedResult(`this target shows containers only, no ${collector}`, clock)),
    close: async () => {
      await machine.close();
    },
  };
}
