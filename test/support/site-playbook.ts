import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatYaml } from '../../src/schema/format-document.ts';

/** Adds a playbook of one command to the site folder below `folder` and returns that folder, for `playbookDir`. */
export async function writePlaybook(
  folder: string,
  strategy: string,
  argv: readonly [string, ...string[]],
): Promise<string> {
  const playbookDir = join(folder, 'playbooks');
  await mkdir(playbookDir, { recursive: true });
  const text = formatYaml('Playbook', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Playbook',
    metadata: { id: strategy, version: 1, title: `Playbook ${strategy}`, description: 'For tests' },
    spec: {
      strategies: [strategy],
      targets: ['host'],
      budget: { seconds: 60, outputBytes: 1_000_000, parallel: 1 },
      steps: [
        {
          id: 'only',
          title: 'the only step',
          access: 'read',
          timeoutSeconds: 50,
          output: { format: 'text' },
          argv: [...argv],
        },
      ],
      rules: [],
    },
  });
  await writeFile(join(playbookDir, `${strategy}.yaml`), text);
  return playbookDir;
}

/** A command that a test lets go: it counts its starts and ends when the gate is open. */
export interface Gate {
  readonly argv: readonly [string, ...string[]];
  starts(): Promise<number>;
  open(): Promise<void>;
}

export async function createGate(folder: string): Promise<Gate> {
  const script = join(folder, 'gate.sh');
  const [started, opened] = [join(folder, 'gate-started'), join(folder, 'gate-opened')];
  // Without its folder nobody will open it any more.
  const wait = `until [ -e '${opened}' ] || [ ! -e '${script}' ]; do sleep 0.05; done`;
  await writeFile(script, `#!/bin/sh\necho start >> '${started}'\n${wait}\necho passed\n`);
  await chmod(script, 0o755);
  return {
    argv: [script],
    starts: async () => (await readFile(started, 'utf8').catch(() => '')).split('\n').length - 1,
    open: () => writeFile(opened, ''),
  };
}

/** The same strategy with a step that tells of a slow disk, and a rule that calls it the cause. Returns its folder. */
export async function writeSickPlaybook(folder: string, strategy: string): Promise<string> {
  const playbookDir = await writePlaybook(folder, strategy, ['echo', '{"disk":"slow"}']);
  const file = join(playbookDir, `${strategy}.yaml`);
  const text = (await readFile(file, 'utf8')).replace('format: text', 'format: json').replace(
    '  rules: []\n',
    `  rules:
    - id: slow-disk
      title: a slow disk
      from: only
      where:
        - { path: disk, op: eq, value: slow }
      finding:
        code: SLOW_DISK
        severity: error
        object: disk/data
        title: The disk is slow
        explanation: Everything waits for it.
        confidence: 0.9
        disprovedBy: another disk is as slow
        explains: []
`,
  );
  await writeFile(file, text);
  return playbookDir;
}
