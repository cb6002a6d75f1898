import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { namesIn } from './stored-objects.ts';

/** Folders that a must-gather is wrapped in: its own, and one named like the image. */
const MAX_DEPTH = 3;

/** The folder inside `dir` that holds the recording of a cluster; undefined when there is none. */
export async function findRecording(dir: string, depth = MAX_DEPTH): Promise<string | undefined> {
  const names = await namesIn(dir);
  const isTree = names.includes('namespaces') || names.includes('cluster-scoped-resources');
  if (isTree || names.some((name) => /^[a-z]+(?:\.[a-z0-9.-]+)?\.json(?:\.gz)?$/u.test(name))) return dir;
  if (depth === 0) return undefined;
  for (const name of names) {
    const folder = join(dir, name);
    const isFolder = await stat(folder).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    const found = isFolder ? await findRecording(folder, depth - 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Fields that say when something was last seen; the newest of them is close to the capture time. */
const SEEN = /"?(?:lastTimestamp|lastHeartbeatTime|renewTime)"?: ?"?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z/gu;

/**
 * When a cluster was recorded: what the must-gather says, else the newest moment at which its events and nodes were
 * seen. Undefined when neither is there.
 */
export async function captureTimeOf(root: string): Promise<Date | undefined> {
  const stamp = await readFile(join(root, 'timestamp'), 'utf8').catch(() => '');
  const last = [...stamp.matchAll(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})/gu)].at(-1);
  if (last !== undefined) {
    const [, day = '', time = '', zone = ''] = last;
    return new Date(`${day}T${time}${zone.slice(0, 3)}:${zone.slice(3)}`);
  }
  let newest = '';
  for (const file of await timedFiles(root)) {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) continue;
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const [, moment = ''] of text.matchAll(SEEN)) if (moment > newest) newest = moment;
  }
  return newest === '' ? undefined : new Date(`${newest}Z`);
}

async function timedFiles(root: string): Promise<readonly string[]> {
  const lists = ['events.json', 'events.json.gz', 'nodes.json', 'nodes.json.gz'].map((name) => join(root, name));
  const namespaces = await namesIn(join(root, 'namespaces'));
  const events = namespaces.map((name) => join(root, 'namespaces', name, 'core', 'events.yaml'));
  const nodes = join(root, 'cluster-scoped-resources', 'core', 'nodes');
  return [...lists, ...events, ...(await namesIn(nodes)).map((name) => join(nodes, name))];
}
