import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePlaybook } from './site-playbook.ts';

/** The strategy `marked`: whenever anything runs for a request, the marker grows by a line. */
export interface Marker {
  /** How often the command ran. */
  runs(): Promise<number>;
}

export async function createMarker(folder: string): Promise<Marker> {
  const [script, file] = [join(folder, 'marker.sh'), join(folder, 'marker')];
  await writeFile(script, `#!/bin/sh\necho ran >> '${file}'\n`);
  await chmod(script, 0o755);
  await writePlaybook(folder, 'marked', [script]);
  return { runs: async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').length - 1 };
}
