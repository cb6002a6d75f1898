import { loadClientConfig } from '../config/client-config.ts';
import { DEFAULT_REF_NAMESPACE } from '../config/repository-defaults.ts';
import { saveClientConfig } from '../config/save-client-config.ts';
import type { ClientConfig } from '../schema/generated.ts';
import type { CliContext, RepositoryAddress } from './context.ts';
import { shownAddress } from './init-address.ts';
import { createPrompts } from './prompts.ts';

/** `kept`: the file names another war room and still does. */
export type Configured = 'written' | 'unchanged' | 'kept';

/** Lets the configuration of this machine name the war room; another one in it is replaced only when somebody says so. */
export async function configure(
  context: CliContext,
  known: {
    readonly repository: RepositoryAddress;
    readonly existing: ClientConfig | undefined;
    readonly configFile: string;
    readonly isYes: boolean;
  },
): Promise<Configured> {
  const { io } = context;
  const { repository, existing, configFile } = known;
  const before = existing?.repository;
  if (before?.url === repository.url && (before.branch ?? 'main') === repository.branch) {
    await warnAboutOthers(context, repository);
    return 'unchanged';
  }
  if (before?.url !== undefined && !known.isYes && !(await mayReplace(context, before.url))) {
    io.err(
      `${io.errorStyle.warn('warning:')} ${configFile} still names ${shownAddress(before.url)}; replace it with --yes`,
    );
    return 'kept';
  }
  const { url, branch, refNamespace } = repository;
  await saveClientConfig(configFile, {
    ...existing,
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ClientConfig',
    repository: { url, branch, ...(refNamespace === DEFAULT_REF_NAMESPACE ? {} : { refNamespace }) },
  });
  io.err(`${io.errorStyle.good('✔')} configuration written to ${configFile}`);
  await warnAboutOthers(context, repository);
  return 'written';
}

async function mayReplace({ io, signal }: CliContext, url: string): Promise<boolean> {
  if (!io.isInteractive) return false;
  const prompts = await createPrompts(io, signal);
  return await prompts.confirm({
    message: `The configuration names ${shownAddress(url)}. Replace it?`,
    default: false,
  });
}

/** A project file or a variable may name another war room, and would win. */
async function warnAboutOthers({ io, env, cwd, flags }: CliContext, repository: RepositoryAddress): Promise<void> {
  const { config } = flags;
  const effective = await loadClientConfig({ env, cwd, flags: { config } });
  const url = effective.repository?.url;
  if (url === undefined || url === repository.url) return;
  const source = effective.source['repository.url'] ?? 'the configuration';
  io.err(`${io.errorStyle.warn('warning:')} commands here use ${shownAddress(url)}, because of ${source}`);
}
