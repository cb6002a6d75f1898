import { readFile } from 'node:fs/promises';
import os from 'node:os';

/**
 * What the operating system tells every process, one key a line so that a line can be quoted.
 * Keys that this platform does not know are absent: free memory alone says nothing about memory that can be used.
 */
export async function readHostFacts(): Promise<string> {
  const cpus = Math.max(1, os.cpus().length);
  const [load1 = 0, load5 = 0, load15 = 0] = os.loadavg();
  const total = os.totalmem();
  const available = availableBytes(await readFile('/proc/meminfo', 'utf8').catch(() => ''));
  const facts = {
    platform: os.platform(),
    release: os.release(),
    hostname: os.hostname(),
    uptimeSeconds: Math.floor(os.uptime()),
    cpus,
    loadAverage1: round(load1),
    loadAverage5: round(load5),
    loadAverage15: round(load15),
    loadPerCpu5: round(load5 / cpus),
    loadPerCpu15: round(load15 / cpus),
    totalMemoryBytes: total,
    freeMemoryBytes: os.freemem(),
    ...(available === undefined
      ? {}
      : { availableMemoryBytes: available, availableMemoryPercent: round((available / total) * 100) }),
    networkInterfaces: Object.keys(os.networkInterfaces()).length,
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}

/** The kernel's own estimate of what can be given to programs without swapping. */
function availableBytes(meminfo: string): number | undefined {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/mu.exec(meminfo)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
