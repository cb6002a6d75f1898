import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatYaml } from '../../src/schema/format-document.ts';
import { closedEnvironment } from '../support/closed-environment.ts';
import { createBareRemote, git, type BareRemote } from '../support/git-rig.ts';
import { API_TIMEOUT, aRequest, aStatus } from '../support/war-room-content.ts';

/** A generated war room on the server. */
export interface Room {
  readonly name: string;
  readonly remote: BareRemote;
  readonly url: string;
  /** Requests with a result, in the tip and in older commits. */
  readonly records: number;
  /** Files and folders in the tip. */
  readonly entries: number;
}

export interface RoomSize {
  readonly records: number;
  /** Over how many days they are spread. */
  readonly days: number;
}

/** Days that stay in the tip; what is older is in earlier commits only. */
export const HOT_DAYS = 90;

const DAY_MS = 86_400_000;
const README_BYTES = 4096;
const SLUGS = ['api-timeout', 'nodes-notready', 'ingress-503', 'etcd-slow', 'disk-full', 'image-pull'];
const WORDS =
  'etcd lease lost volume slow fsync leader changes node pressure memory cpu pod restarts image pull probe failed timeout connection refused certificate valid until quota exceeded events normal warning scheduled evicted reason cluster operator degraded available progressing ready'.split(
    ' ',
  );

/** Makes a war room with one commit a day: a request file, a report and a status for each record. */
export async function createRoom(size: RoomSize, options: { folder: string; url: string; now: Date }): Promise<Room> {
  const name = `records-${size.records}.git`;
  const remote = await createBareRemote({ folder: options.folder, name });
  // Speed of making it is all that matters: no delta, little compression, no flush.
  const settings = ['-c', 'core.fsync=none', '-c', 'pack.compression=1'];
  const child = spawn('git', [...settings, 'fast-import', '--quiet', '--done', '--date-format=raw', '--depth=0'], {
    cwd: remote.path,
    env: closedEnvironment(),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  await pipeline(Readable.from(importStream(size, options.now)), child.stdin);
  const [exit] = (await ended) as [number | null];
  if (exit !== 0) throw new Error(`git fast-import ended with ${String(exit)}`);
  const tree = await git(['ls-tree', '-r', '-t', '--name-only', 'main'], { cwd: remote.path, timeoutMs: 120_000 });
  return { name, remote, url: `${options.url}${name}`, records: size.records, entries: tree.split('\n').length };
}

function* importStream(size: RoomSize, now: Date): Generator<string> {
  const random = createRandom(size.records);
  const request = formatYaml('TroubleshootingRequest', aRequest());
  const status = formatYaml('Status', aStatus());
  const yesterday = Math.floor(now.getTime() / DAY_MS) * DAY_MS - DAY_MS;
  let made = 0;
  for (let day = 0; day < size.days; day++) {
    const at = new Date(yesterday - (size.days - 1 - day) * DAY_MS);
    const parts = [
      'commit refs/heads/main\n',
      `committer Bench <bench@example.com> ${at.getTime() / 1000} +0000\n`,
      data(`records of ${dateOf(at)}`),
    ];
    if (day === 0) parts.push(file('README.md', '# A war room\n'));
    for (const end = Math.round(((day + 1) * size.records) / size.days); made < end; made++) {
      const id = recordId(at, made);
      const folder = dateOf(at).replaceAll('-', '/');
      const dated = (text: string): string =>
        text
          .replaceAll(API_TIMEOUT, id)
          .replaceAll('2026-11-20T14:', `${dateOf(at)}T${id.slice(11, 13)}:`)
          .replaceAll('2026-11-21T14:', `${dateOf(new Date(at.getTime() + DAY_MS))}T${id.slice(11, 13)}:`);
      parts.push(
        file(`requests/${folder}/${id}.yaml`, dated(request)),
        file(`results/${folder}/${id}/README.md`, reportText(random)),
        file(`results/${folder}/${id}/status.yaml`, dated(status)),
      );
    }
    if (day >= HOT_DAYS) {
      const cooled = dateOf(new Date(at.getTime() - HOT_DAYS * DAY_MS)).replaceAll('-', '/');
      parts.push(`D requests/${cooled}\n`, `D results/${cooled}\n`);
    }
    yield parts.join('');
  }
  yield 'done\n';
}

function dateOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Unique by the four characters at its end; at half past an hour, as the template is. */
function recordId(at: Date, number: number): string {
  const hour = String(number % 24).padStart(2, '0');
  const slug = SLUGS[number % SLUGS.length] ?? 'request';
  return `${dateOf(at)}-${hour}30-${slug}-${number.toString(16).slice(-4).padStart(4, '0')}`;
}

/** Text that compresses about as well as a report. */
function reportText(random: () => number): string {
  let text = '# Report\n\n';
  while (text.length < README_BYTES) {
    text += `${WORDS[Math.floor(random() * WORDS.length)] ?? ''} ${random() < 0.1 ? `${Math.floor(random() * 1e6)}\n` : ''}`;
  }
  return `${text.slice(0, README_BYTES - 1)}\n`;
}

/** The same numbers in every run (a linear congruential generator with the constants of Numerical Recipes). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function file(path: string, content: string): string {
  return `M 100644 inline ${path}\n${data(content)}`;
}

function data(content: string): string {
  return `data ${Buffer.byteLength(content)}\n${content}\n`;
}
