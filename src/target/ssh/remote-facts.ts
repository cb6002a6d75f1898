import { sha256 } from '../../lib/digest.ts';

/** What the lines of FACTS say; what a system does not know is absent. */
export interface RemoteFacts {
  readonly platform: string;
  readonly hostname: string;
  readonly user: string;
  /** Machine id; where there is none, a digest of the host name. */
  readonly identity: string;
  readonly hasTimeout: boolean;
  readonly hasSudo: boolean;
  /** The same keys as the local collector, one on each line. */
  readonly json: string;
}

/** Reads the output of FACTS; undefined when it is not that. */
export function parseRemoteFacts(stdout: string, now: Date): RemoteFacts | undefined {
  const lines = stdout.split('\n').map((line) => {
    const at = line.indexOf('=');
    return at === -1 ? undefined : ([line.slice(0, at), line.slice(at + 1).trim()] as const);
  });
  const pairs = lines.filter((pair) => pair !== undefined);
  const values = new Map(pairs);
  const platform = values.get('platform')?.toLowerCase() ?? '';
  if (platform === '') return undefined;
  const tools = pairs.filter(([key]) => key === 'has').map(([, value]) => value);
  const hostname = values.get('hostname') ?? '';
  const machineId = /^[0-9a-f]{32}$/u.exec(values.get('/etc/machine-id') ?? '')?.[0];
  return {
    platform,
    hostname,
    user: values.get('user') ?? '',
    identity: machineId ?? sha256(hostname),
    hasTimeout: tools.includes('timeout'),
    hasSudo: tools.includes('sudo'),
    json: `${JSON.stringify(hostFacts(values, now), undefined, 2)}\n`,
  };
}

/** Key order and meaning as in ../local/host-facts.ts; undefined values are left out by JSON. */
function hostFacts(values: ReadonlyMap<string, string>, now: Date): Record<string, string | number | undefined> {
  const [load1, load5, load15] = numbers(values.get('/proc/loadavg') ?? values.get('loads') ?? '');
  const cpus = positive(values.get('cpus'));
  const total = bytes(values.get('MemTotal:')) ?? positive(values.get('memsize'));
  const available = bytes(values.get('MemAvailable:'));
  const interfaces = positive(values.get('interfaces'));
  return {
    platform: values.get('platform')?.toLowerCase(),
    release: values.get('release'),
    hostname: values.get('hostname'),
    uptimeSeconds: uptimeSeconds(values, now),
    cpus,
    loadAverage1: round(load1),
    loadAverage5: round(load5),
    loadAverage15: round(load15),
    loadPerCpu5: ratio(load5, cpus),
    loadPerCpu15: ratio(load15, cpus),
    totalMemoryBytes: total,
    freeMemoryBytes: bytes(values.get('MemFree:')),
    availableMemoryBytes: available,
    availableMemoryPercent: available === undefined ? undefined : ratio(available * 100, total),
    networkInterfaces: interfaces,
  };
}

function uptimeSeconds(values: ReadonlyMap<string, string>, now: Date): number | undefined {
  const [seconds] = numbers(values.get('/proc/uptime') ?? '');
  if (seconds !== undefined) return Math.floor(seconds);
  // `{ sec = 1763640000, usec = 0 } Thu Nov 20 …` on BSD systems.
  const boot = /\bsec = (\d+)/u.exec(values.get('boottime') ?? '')?.[1];
  return boot === undefined ? undefined : Math.max(0, Math.floor(now.getTime() / 1000) - Number(boot));
}

function numbers(text: string): readonly number[] {
  return (text.match(/\d+(?:\.\d+)?/gu) ?? []).map(Number);
}

function positive(text: string | undefined): number | undefined {
  const value = /^\d+$/u.test(text ?? '') ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

/** From the KiB of /proc/meminfo. */
function bytes(text: string | undefined): number | undefined {
  return /^\d+$/u.test(text ?? '') ? Number(text) * 1024 : undefined;
}

function ratio(value: number | undefined, by: number | undefined): number | undefined {
  return value === undefined || by === undefined || by === 0 ? undefined : round(value / by);
}

function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 100) / 100;
}
