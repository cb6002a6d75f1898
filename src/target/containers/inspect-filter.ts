import type { Clock } from '../../lib/clock.ts';
import type { Command, CommandResult, Target } from '../port.ts';
import { reduceInspect } from './reduce-inspect.ts';

/** Enough for `inspect` of some hundred containers; half a document could not be reduced. */
const INSPECT_BYTES = 8 * 1024 * 1024;

/** Fields that a template may name; a template that names anything else could print the environment. */
const TEMPLATE_FIELD =
  /^\.(?:Id|Name|Image|ImageName|Created|RestartCount|Mounts|State(?:\.\w+)*|HostConfig\.(?:RestartPolicy|Memory|PortBindings)(?:\.\w+)*|NetworkSettings\.(?:Ports|IPAddress)|Config\.(?:Labels|Image|Hostname))$/u;

/**
 * A target whose `docker inspect` and `podman inspect` give the reduced form only, whatever runs on it. What cannot be
 * reduced is not given at all.
 */
export function withInspectFilter(target: Target, clock: Clock): Target {
  async function run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    const inspected = readInspect(command.argv);
    if (inspected === undefined) return await target.run(command, signal);
    if (inspected.template !== undefined) {
      const bad = templateProblem(inspected.template);
      return bad === undefined ? await target.run(command, signal) : deniedResult(bad, clock);
    }
    const result = await target.run({ ...command, maxBytes: INSPECT_BYTES }, signal);
    if (result.stdout.trim() === '') return result;
    const text = result.truncated ? undefined : reduceInspect(result.stdout);
    if (text === undefined) {
      const why = result.truncated ? `more than ${INSPECT_BYTES} bytes` : 'no whole JSON document';
      const stderr = `the output of inspect is withheld: it is ${why}, so secrets could not be left out`;
      return { ...result, end: failed(result), stdout: '', stderr };
    }
    const bytes = Buffer.from(text);
    const isCut = bytes.length > command.maxBytes;
    return { ...result, stdout: isCut ? bytes.subarray(0, command.maxBytes).toString('utf8') : text, truncated: isCut };
  }

  return {
    kind: target.kind,
    identify: async (signal) => await target.identify(signal),
    run,
    collect: async (collector, signal) => await target.collect(collector, signal),
    close: async () => {
      await target.close();
    },
  };
}

function failed({ end }: CommandResult): CommandResult['end'] {
  return end.kind === 'exited' && end.exit === 0 ? { kind: 'exited', exit: 1 } : end;
}

/** A command that was not started. */
export function deniedResult(why: string, clock: Clock): CommandResult {
  return { end: { kind: 'denied' }, stdout: '', stderr: why, truncated: false, startedAt: clock.now(), ms: 0 };
}

/** `inspect` of a container engine, with the template that shapes its output; undefined for every other command. */
function readInspect(argv: readonly string[]): { readonly template: string | undefined } | undefined {
  const engine = argv.findIndex((word) => /(?:^|\/)(?:docker|podman)$/u.test(word));
  const words = argv.slice(engine + 1);
  if (engine === -1 || !words.includes('inspect')) return undefined;
  const at = words.findIndex((word) => /^(?:-f|--format)(?:=|$)/u.test(word) || /^-f./u.test(word));
  if (at === -1) return { template: undefined };
  const flag = words[at] ?? '';
  const attached = /^(?:--format=|-f=?)(.+)$/su.exec(flag)?.[1];
  const template = attached ?? words[at + 1] ?? '';
  return { template: template === 'json' ? undefined : template };
}

/** One field in one action; everything else of the template language could reach what is not shown. */
const ACTION = /^\s*(?:(?:json|len)\s+)?(\.\S*)\s*$/u;

function templateProblem(template: string): string | undefined {
  for (const [action, body = ''] of template.matchAll(/\{\{(.*?)\}\}/gsu)) {
    const field = ACTION.exec(body)?.[1];
    if (field !== undefined && TEMPLATE_FIELD.test(field)) continue;
    return `a template of inspect may not say ${action}: it could print the environment of a container; leave it out`;
  }
  return undefined;
}
