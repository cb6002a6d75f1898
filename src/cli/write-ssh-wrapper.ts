import { chmod } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createHostWrapper } from '../composition-targets.ts';
import { readVersion } from '../config/package-version.ts';
import { WarroomError } from '../domain/errors.ts';
import { nearestName } from '../lib/nearest-name.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../playbook/load-playbooks.ts';
import type { Playbook } from '../schema/generated.ts';
import { readInput } from './check-file.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { writeFilesInside } from './write-files.ts';

export interface WrapperFlags {
  readonly key: string;
  readonly path: string;
  readonly log?: string;
  readonly from?: string;
  readonly playbookDir?: string;
  readonly output?: string;
}

const SCRIPT = 'warroom-ro';
const KEYS = 'authorized_keys';

/** Makes the script of a host that owns its commands, and the line that ties a key to it. */
export async function writeSshWrapper(
  context: CliContext,
  strategies: readonly string[],
  flags: WrapperFlags,
): Promise<ExitCode> {
  const { io, cwd } = context;
  const playbooks = await choosePlaybooks(strategies, {
    ...(flags.playbookDir === undefined ? {} : { siteDir: resolve(cwd, flags.playbookDir) }),
  });
  const { script, authorizedKeys, steps, leftOut } = await createHostWrapper({
    playbooks,
    version: await readVersion(),
    publicKey: await readInput(flags.key, context),
    scriptPath: flags.path,
    ...(flags.log === undefined ? {} : { logFile: flags.log }),
    ...(flags.from === undefined ? {} : { from: flags.from }),
  });
  if (leftOut.length > 0) {
    io.err(
      `${io.errorStyle.warn('warning:')} not in the script, because a shell cannot check their inputs: ${leftOut.join(', ')}`,
    );
  }
  if (context.flags.json) {
    io.out(JSON.stringify({ script, authorizedKeys, steps, leftOut }, undefined, 2));
    return EXIT.done;
  }
  if (flags.output === undefined) {
    io.out(script.trimEnd());
    io.err(`line for authorized_keys of the user on the host:\n${authorizedKeys.trimEnd()}`);
    return EXIT.done;
  }
  const folder = resolve(cwd, flags.output);
  const files = new Map([
    [SCRIPT, Buffer.from(script)],
    [KEYS, Buffer.from(authorizedKeys)],
  ]);
  for (const path of await writeFilesInside(folder, files)) io.out(path);
  await chmod(join(folder, SCRIPT), 0o755);
  io.err(
    `${io.errorStyle.good('✔')} ${steps} commands; on the host, as root: install -D -m 755 ${SCRIPT} ${flags.path}`,
  );
  return EXIT.done;
}

async function choosePlaybooks(
  strategies: readonly string[],
  site: { readonly siteDir?: string },
): Promise<readonly Playbook[]> {
  const all = (await loadPlaybooks({ builtinDir: builtinPlaybookDir(), ...site }))
    .map(({ playbook }) => playbook)
    .filter(({ spec }) => spec.targets.includes('host'));
  const known = all.flatMap(({ spec }) => spec.strategies);
  for (const strategy of strategies) {
    if (known.includes(strategy)) continue;
    const nearest = nearestName(strategy, known);
    throw new WarroomError('usage', `no playbook for hosts has the strategy ${JSON.stringify(strategy)}`, {
      why: `known: ${known.join(', ')}`,
      ...(nearest === undefined ? {} : { hint: `did you mean ${nearest}?` }),
    });
  }
  if (strategies.length === 0) return all;
  return all.filter(({ spec }) => spec.strategies.some((strategy) => strategies.includes(strategy)));
}
