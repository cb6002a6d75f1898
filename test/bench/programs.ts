import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ProcessorConfig } from '../../src/schema/generated.ts';
import { CLI_ARGV, createCliHome, runCli, startCli, type CliHome } from '../support/cli.ts';
import { processorConfigText } from '../support/processor-rig.ts';
import type { Room } from './fixture.ts';
import type { Bench, Measure, Part } from './measure.ts';
import { readEndedChildrenSeconds, readTreeCost } from './process-cost.ts';
import { median, timed } from './sampling.ts';

const run = promisify(execFile);

/** A processor with the pace of one that nobody has configured. */
const IDLE: Partial<ProcessorConfig> = {
  // Nobody asks this one.
  cluster: { type: 'host', name: 'idle-host' },
  polling: { minSeconds: 10, maxSeconds: 60 },
  lease: { seconds: 120, renewSeconds: 40 },
  progressSeconds: 15,
  indexSeconds: 120,
  pushesPerMinute: 6,
};

/** The real command line as processes. */
export async function measurePrograms(bench: Bench, room: Room): Promise<Part> {
  const home = await createCliHome();
  try {
    return {
      measures: [
        await measureHelp(bench, home),
        ...(await measureIdleProcessor(bench, home, room)),
        await measureDemo(bench, home),
      ],
      timings: [],
    };
  } finally {
    await home.close();
  }
}

/** Time of the processor, not of the clock: what else the machine does matters less. */
async function measureHelp(bench: Bench, home: CliHome): Promise<Measure> {
  const batches = bench.isQuick ? 2 : 7;
  const [node = process.execPath, ...script] = CLI_ARGV;
  const cost = async (args: readonly string[]): Promise<number> => {
    const before = await readEndedChildrenSeconds();
    for (let index = 0; index < 10; index++) await run(node, [...args], { cwd: home.path, env: home.env });
    return (await readEndedChildrenSeconds()) - before;
  };
  const help: number[] = [];
  const bare: number[] = [];
  for (let batch = 0; batch <= batches; batch++) {
    const seconds = { help: await cost([...script, '--help']), bare: await cost(['-e', '0']) };
    if (batch === 0) continue;
    help.push(seconds.help);
    bare.push(seconds.bare);
  }
  return {
    what: '`claude-warroom --help` ÷ `node -e 0`, processor time',
    atMost: 1.4,
    unit: 'ratio',
    values: [median(help) / median(bare)],
    rounds: batches * 10,
  };
}

async function measureIdleProcessor(bench: Bench, home: CliHome, room: Room): Promise<readonly Measure[]> {
  const seconds = bench.isQuick ? 20 : 60;
  const config = join(home.path, 'processor.yaml');
  const stateDir = join(home.path, 'processor');
  await writeFile(config, processorConfigText({ url: room.url, stateDir, change: IDLE }));
  const processor = startCli(['processor', 'run', '-c', config], { home });
  try {
    await processor.waitFor(/synced/u, 60_000);
    // The first cycle ends with the index page.
    await sleep(3000);
    await bench.server.takeRequests();
    const before = await readTreeCost(processor.pid);
    const ms = await timed(() => sleep(seconds * 1000));
    const after = await readTreeCost(processor.pid);
    const polls = (await bench.server.takeRequests()).filter(
      ({ path }) => path.endsWith('git-upload-pack') && path.includes('info/refs'),
    ).length;
    const single = { rounds: 1 } as const;
    return [
      {
        what: `idle processor: share of one core over ${seconds} s`,
        atMost: 1,
        unit: 'percent',
        values: [((after.cpuSeconds - before.cpuSeconds) / (ms / 1000)) * 100],
        ...single,
      },
      {
        what: 'idle processor: memory with its children',
        atMost: 100,
        unit: 'megabytes',
        values: [after.residentBytes / 1e6],
        ...single,
      },
      { what: '… polls in that time', unit: 'count', values: [polls], ...single },
    ];
  } finally {
    processor.signal('SIGTERM');
    await processor.result(30_000).catch(() => undefined);
    await processor.close();
  }
}

async function measureDemo(bench: Bench, home: CliHome): Promise<Measure> {
  const rounds = bench.isQuick ? 1 : 3;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const args = ['demo', '--engine', 'diagnostics', '--json'];
    times.push(
      await timed(async () => {
        const { exit, stderr } = await runCli(args, { home, timeoutMs: 120_000 });
        if (exit !== 0) throw new Error(`claude-warroom demo ended with ${exit}: ${stderr}`);
      }),
    );
  }
  return {
    what: '`claude-warroom demo`, the whole loop without a model',
    atMost: 15,
    unit: 'seconds',
    values: [median(times) / 1000],
    rounds,
  };
}
