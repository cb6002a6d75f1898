import type { InventoryDatabase } from '../schema/generated.ts';
import type { Command, Target } from '../target/port.ts';

/** What a host runs, as far as its user may see it. */
export interface Discovery {
  /** Services that run, without those of the system itself. */
  readonly units: readonly string[];
  /** Names of compose projects. */
  readonly composeProjects: readonly string[];
  /** `443 nginx`: port, and program where it is shown. */
  readonly ports: readonly ListeningPort[];
  readonly databases: readonly InventoryDatabase[];
  /** What could not be seen, and why. */
  readonly gaps: readonly string[];
  /** No command gave an answer. */
  readonly isUnanswered: boolean;
}

export interface ListeningPort {
  readonly port: number;
  readonly address: string;
  readonly program?: string;
}

/** Fields that both engines fill; for JSON rows podman prints one long document. */
const CONTAINER_ROW = '{{.Names}} {{.Image}} {{.Labels}}';

const COMMANDS = {
  units: {
    argv: ['systemctl', 'list-units', '--type=service', '--state=running', '--plain', '--no-legend', '--no-pager'],
  },
  ports: { argv: ['ss', '-H', '-l', '-t', '-n', '-p'] },
  docker: { argv: ['docker', 'ps', '--format', CONTAINER_ROW], privilege: 'group:docker' },
  podman: { argv: ['podman', 'ps', '--format', CONTAINER_ROW] },
} as const;

/** Programs, units and images that are databases, with the port that each listens on by default (their own manuals). */
const DATABASES: readonly { readonly kind: InventoryDatabase['kind']; readonly word: RegExp; readonly port: number }[] =
  [
    { kind: 'postgresql', word: /postgres|postmaster|timescaledb|pgvector/u, port: 5432 },
    { kind: 'mysql', word: /mysqld?|mariadbd?/u, port: 3306 },
    { kind: 'redis', word: /redis|valkey/u, port: 6379 },
    { kind: 'mongodb', word: /mongo[ds]?\b|mongodb/u, port: 27017 },
    { kind: 'neo4j', word: /neo4j/u, port: 7687 },
    { kind: 'qdrant', word: /qdrant/u, port: 6333 },
    { kind: 'elasticsearch', word: /elasticsearch|opensearch/u, port: 9200 },
    { kind: 'memcached', word: /memcached/u, port: 11211 },
  ];

/** Looks at a host by a few commands that only read. */
export async function discoverHost(target: Target, signal: AbortSignal): Promise<Discovery> {
  const gaps: string[] = [];
  const read = async (command: Pick<Command, 'argv' | 'privilege'>): Promise<readonly string[]> => {
    const result = await target.run({ ...command, timeoutMs: 10_000, maxBytes: 1024 * 1024 }, signal);
    if (result.end.kind === 'exited' && result.end.exit === 0)
      return result.stdout.split('\n').filter((line) => line.trim() !== '');
    const said = result.stderr.split('\n').find((line) => line.trim() !== '');
    gaps.push(`${command.argv[0] ?? ''}: ${said ?? result.end.kind}`);
    return [];
  };
  const units = parseUnits(await read(COMMANDS.units));
  const ports = parsePorts(await read(COMMANDS.ports));
  const containers = [...(await read(COMMANDS.docker)), ...(await read(COMMANDS.podman))].flatMap(parseContainer);
  const composeProjects = [
    ...new Set(containers.flatMap(({ project }) => (project === undefined ? [] : [project]))),
  ].sort();
  const isUnanswered = gaps.length === Object.keys(COMMANDS).length;
  return { units, composeProjects, ports, databases: findDatabases({ units, ports, containers }), gaps, isUnanswered };
}

/** Parts of the operating system that are on every machine. */
const SYSTEM_UNIT =
  /^(?:systemd-|dbus|user@|user-runtime-dir@|getty@|serial-getty@|polkit|cron\b|crond|rsyslog|accounts-daemon|ModemManager|NetworkManager|networkd-|udisks2|unattended-upgrades|snapd|multipathd|rtkit|upower|chronyd|ssh\.service|sshd)/u;

export function parseUnits(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) => line.trim().split(/\s+/u)[0] ?? '')
    .filter((unit) => unit.endsWith('.service') && !SYSTEM_UNIT.test(unit))
    .sort();
}

/** Rows of `ss -H -l -t -n -p`: state, two queues, local address, peer, users. */
export function parsePorts(lines: readonly string[]): readonly ListeningPort[] {
  const found = new Map<number, ListeningPort>();
  for (const line of lines) {
    const match = /^LISTEN\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+users:\(\("([^"]{1,64})")?/u.exec(line.trim());
    if (match === null) continue;
    const [, address = '', port = '', program] = match;
    const known = found.get(Number(port));
    if (known?.program !== undefined) continue;
    found.set(Number(port), { port: Number(port), address, ...(program === undefined ? {} : { program }) });
  }
  return [...found.values()].sort((one, other) => one.port - other.port);
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly project: string | undefined;
}

/** A row of CONTAINER_ROW; labels are `a=b,c=d` for docker and `map[a:b c:d]` for podman. */
export function parseContainer(line: string): readonly Container[] {
  const [, name, image, labels = ''] = /^(\S+) (\S+)(?: (.*))?$/u.exec(line.trim()) ?? [];
  if (name === undefined || image === undefined) return [];
  const project = /(?:^|[[, ])com\.docker\.compose\.project[=:]([A-Za-z0-9_.-]{1,63})/u.exec(labels)?.[1];
  return [{ name, image, project }];
}

function findDatabases(seen: {
  readonly units: readonly string[];
  readonly ports: readonly ListeningPort[];
  readonly containers: readonly Container[];
}): readonly InventoryDatabase[] {
  return DATABASES.flatMap(({ kind, word, port }) => {
    const unit = seen.units.find((name) => word.test(name));
    const container = seen.containers.find(({ image }) => word.test(image.split('/').at(-1) ?? ''));
    const listening =
      seen.ports.find(({ program }) => program !== undefined && word.test(program)) ??
      seen.ports.find((each) => each.port === port && each.program === undefined);
    if (unit === undefined && container === undefined && listening === undefined) return [];
    return [
      {
        kind,
        ...(listening === undefined ? {} : { port: listening.port }),
        ...(unit === undefined ? {} : { unit }),
        ...(container === undefined ? {} : { container: container.name }),
      },
    ];
  });
}
