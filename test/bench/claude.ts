import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPackagedClaude } from '../../src/claude/find-claude.ts';
import { runChild } from '../../src/lib/child-process.ts';
import { createCliHome, startCli } from '../support/cli.ts';
import { newRequest, processorConfigText, processorSettings, send, startProcessor } from '../support/processor-rig.ts';
import { bash, startScriptedModelApi, structured, type ScriptStep } from '../support/scripted-model-api.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createBareRemote, pushFiles, type BareRemote } from '../support/git-rig.ts';
import type { Bench, Measure, Part } from './measure.ts';
import { median, timed } from './sampling.ts';

const KEY = 'sk-bench-key';
const DRAFT = {
  bottomLine: 'Nothing is wrong.',
  outcome: 'inconclusive',
  findings: [],
  timeline: [],
  ruledOut: [],
  recommendations: [],
  unknowns: [],
  confidence: 0.5,
};
const SCRIPT: readonly ScriptStep[] = [bash('uname -a'), structured(DRAFT)];

/** What the loop adds to Claude Code itself, on the same script; nothing where Claude Code is not installed. */
export async function measureClaude(bench: Bench): Promise<Part> {
  const binary = findPackagedClaude();
  if (binary === undefined) return { measures: [], timings: [] };
  const folder = join(bench.folder, 'claude');
  await mkdir(folder, { recursive: true });
  const remote = await createBareRemote({ folder });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  return {
    measures: [await measureOverhead(bench, { binary, folder, remote }), await measureMemory(folder, remote)],
    timings: [],
  };
}

interface Place {
  readonly binary: string;
  readonly folder: string;
  readonly remote: BareRemote;
}

async function measureOverhead(bench: Bench, { binary, folder, remote }: Place): Promise<Measure> {
  const rounds = bench.isQuick ? 2 : 5;
  const api = await startScriptedModelApi(SCRIPT);
  const client = openTestWarRoom({ url: remote.url, folder });
  const beyond: number[] = [];
  const settings = processorSettings({ url: remote.url, folder });
  const env = { PATH: process.env['PATH'] ?? '', ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: api.url };
  try {
    for (let round = 0; round < rounds; round++) {
      const bare = await timed(() => runBare(binary, join(folder, `bare-${round}`), api.url));
      await send(client, newRequest({}, { slug: `round ${round}` }));
      const marks = new Map<string, number>();
      const processor = startProcessor(settings, {
        once: true,
        env,
        onEvent: (event) => {
          if (event.type === 'claimed') marks.set('claimed', performance.now());
          if (event.type === 'progress' && event.phase === 'collecting') marks.set('collected', performance.now());
          if (event.type === 'published') marks.set('published', performance.now());
        },
      });
      await processor.done;
      const at = (name: string): number => marks.get(name) ?? NaN;
      beyond.push(at('published') - at('collected') - bare);
    }
  } finally {
    await client.close();
    await api.close();
  }
  return {
    what: 'investigation with Claude, from the last check to the published report, − bare `claude -p`',
    atMost: 0.5,
    unit: 'seconds',
    values: [median(beyond) / 1000],
    rounds,
  };
}

/** The same script without us: claude runs the command itself. */
async function runBare(binary: string, home: string, url: string): Promise<void> {
  await mkdir(home, { recursive: true });
  const result = await runChild({
    argv: [
      binary,
      '-p',
      '--output-format',
      'json',
      '--tools',
      'Bash',
      '--allowedTools',
      'Bash',
      '--model',
      'claude-opus-5-5',
      '--json-schema',
      '{"type":"object"}',
      '--setting-sources',
      '',
      '--strict-mcp-config',
      'look',
    ],
    cwd: home,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: home,
      ANTHROPIC_API_KEY: KEY,
      ANTHROPIC_BASE_URL: url,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    },
    timeoutMs: 60_000,
    maxBytes: 1024 * 1024,
  });
  if (result.end.kind !== 'exited' || result.end.exit !== 0) {
    throw new Error(`bare claude: ${JSON.stringify(result.end)} ${result.stdout.toString().slice(0, 300)}`);
  }
}

async function measureMemory(folder: string, remote: BareRemote): Promise<Measure> {
  const api = await startScriptedModelApi([{ kind: 'hang' }]);
  const client = openTestWarRoom({ url: remote.url, folder });
  const home = await createCliHome();
  const config = join(folder, 'four.yaml');
  await writeFile(
    config,
    processorConfigText({ url: remote.url, stateDir: join(folder, 'four'), change: { concurrency: 4 } }),
  );
  for (let index = 0; index < 4; index++) await send(client, newRequest({}, { slug: `four ${index}` }));
  const processor = startCli(['processor', 'run', '-c', config], {
    home,
    env: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: api.url },
  });
  try {
    await waitUntil(() => api.turns.length >= 4, { what: 'four runs at once', timeoutMs: 60_000 });
    const status = await readFile(`/proc/${processor.pid}/status`, 'utf8');
    const kib = Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? NaN);
    return {
      what: 'processor during 4 investigations with Claude: memory without its children',
      unit: 'megabytes',
      values: [(kib * 1024) / 1e6],
      rounds: 1,
    };
  } finally {
    processor.signal('SIGTERM');
    processor.signal('SIGTERM');
    await processor.close();
    await home.close();
    await client.close();
    await api.close();
  }
}
