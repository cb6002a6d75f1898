import type { ModelAccess } from './model-access.ts';
import type { RunFolders } from './run/run-folder.ts';

/** Whether claude keeps the conversation in the run folder, and whether it goes on with one that is there. */
export type Conversation =
  /** Nothing of the conversation is written. */
  | { readonly kind: 'once' }
  /** A new one that can be resumed as long as the run folder exists. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'resume' };

export interface ClaudeCommandOptions {
  readonly binary: string;
  /** Program and arguments in front of the binary, see `findLauncher`. */
  readonly launcher: readonly string[];
  readonly folders: RunFolders;
  /** Folder that comes first in `PATH`; holds the programs that an allowed command may start. */
  readonly shimFolder: string;
  readonly access: ModelAccess;
  readonly sessionId: string;
  readonly conversation: Conversation;
  readonly systemPrompt: string;
  /** JSON Schema draft-07 of an object, without `$schema` and `format`: both are ignored or refused by claude. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly fallbackModel?: string | undefined;
  readonly maxTurns: number;
  readonly maxBudgetUsd: number;
  /** Seconds that a command of the agent has. */
  readonly commandSeconds: number;
  /** More variables, for example for the programs of `shimFolder`; they never replace one of ours. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface ClaudeCommand {
  readonly argv: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Without the ask rule a built-in set of commands runs unasked; with it every command is asked for over stdio, and an
 * answer that is late, wrong or missing is a denial.
 */
const SETTINGS = { permissions: { ask: ['Bash'], deny: ['Read(//var/run/secrets/**)'] } };

/** The command line and the environment of one run, as measured to be safe on the versions of `CLAUDE_VERSIONS`. */
export function claudeCommand(options: ClaudeCommandOptions): ClaudeCommand {
  const { launcher, binary, sessionId, conversation, fallbackModel } = options;
  return {
    argv: [
      ...launcher,
      binary,
      ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
      ...['--permission-prompt-tool', 'stdio', '--tools', 'Bash', '--settings', JSON.stringify(SETTINGS)],
      ...['--setting-sources', '', '--strict-mcp-config', '--disable-slash-commands'],
      ...['--system-prompt', options.systemPrompt, '--json-schema', JSON.stringify(options.schema)],
      ...['--model', options.model],
      ...(fallbackModel === undefined || fallbackModel === options.model ? [] : ['--fallback-model', fallbackModel]),
      ...['--max-turns', String(options.maxTurns), '--max-budget-usd', String(options.maxBudgetUsd)],
      ...(conversation.kind === 'resume' ? ['--resume', sessionId] : ['--session-id', sessionId]),
      ...(conversation.kind === 'once' ? ['--no-session-persistence'] : []),
    ],
    env: claudeEnvironment(options),
  };
}

function claudeEnvironment(options: ClaudeCommandOptions): Readonly<Record<string, string>> {
  const { folders, shimFolder, commandSeconds } = options;
  return {
    ...options.environment,
    ...accessEnvironment(options.access),
    PATH: `${shimFolder}:/usr/bin:/bin`,
    HOME: folders.home,
    // Else claude takes zsh where it is installed, which reads other files at its start and words other texts otherwise.
    SHELL: '/bin/bash',
    CLAUDE_CONFIG_DIR: folders.config,
    CLAUDE_CODE_TMPDIR: folders.temp,
    TMPDIR: folders.temp,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    // One call of the network and no other: the Messages API.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_UPDATES: '1',
    // Without this, `@/path` in a prompt puts the content of that file before the model.
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    // Without this, a command that takes too long goes on in the background, and the run with it.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1',
    CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS: '1',
    // Four retries are about 8 s; the default of ten is over three minutes.
    CLAUDE_CODE_MAX_RETRIES: '4',
    API_TIMEOUT_MS: '120000',
    BASH_DEFAULT_TIMEOUT_MS: String(commandSeconds * 1000),
    BASH_MAX_TIMEOUT_MS: String(commandSeconds * 1000),
  };
}

function accessEnvironment(access: ModelAccess): Readonly<Record<string, string>> {
  if (access.kind === 'provider') return access.environment;
  return { ANTHROPIC_BASE_URL: access.baseUrl, ANTHROPIC_API_KEY: access.token };
}
