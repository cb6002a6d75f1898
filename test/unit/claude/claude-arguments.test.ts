import { expect, it } from 'vitest';
import { claudeCommand, type ClaudeCommandOptions } from '../../../src/claude/claude-arguments.ts';

const OPTIONS: ClaudeCommandOptions = {
  binary: '/opt/claude',
  launcher: ['setpriv', '--pdeathsig', 'INT', '--'],
  folders: { home: '/run/1/home', config: '/run/1/config', temp: '/run/1/tmp', work: '/run/1/work' },
  shimFolder: '/opt/shims',
  access: {
    kind: 'broker',
    baseUrl: 'http://127.0.0.1:1234',
    token: 'token-of-the-run',
    spentUsd: () => 0,
    refusal: () => undefined,
  },
  sessionId: '11111111-1111-4111-8111-111111111111',
  conversation: { kind: 'once' },
  systemPrompt: 'look',
  schema: { type: 'object' },
  model: 'claude-opus-5-5',
  fallbackModel: 'claude-sonnet-5-5',
  maxTurns: 40,
  maxBudgetUsd: 2,
  commandSeconds: 60,
};

it('is the command line that was measured to be safe', () => {
  expect(claudeCommand(OPTIONS).argv).toEqual([
    ...['setpriv', '--pdeathsig', 'INT', '--', '/opt/claude', '-p'],
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    ...['--permission-prompt-tool', 'stdio', '--tools', 'Bash'],
    ...['--settings', '{"permissions":{"ask":["Bash"],"deny":["Read(//var/run/secrets/**)"]}}'],
    ...['--setting-sources', '', '--strict-mcp-config', '--disable-slash-commands'],
    ...['--system-prompt', 'look', '--json-schema', '{"type":"object"}'],
    ...['--model', 'claude-opus-5-5', '--fallback-model', 'claude-sonnet-5-5'],
    ...['--max-turns', '40', '--max-budget-usd', '2'],
    ...['--session-id', '11111111-1111-4111-8111-111111111111', '--no-session-persistence'],
  ]);
});

it('names no fallback that is the model itself', () => {
  const { argv } = claudeCommand({ ...OPTIONS, fallbackModel: 'claude-opus-5-5' });
  expect(argv).not.toContain('--fallback-model');
});

it('keeps or resumes a conversation when that is asked for', () => {
  const kept = claudeCommand({ ...OPTIONS, conversation: { kind: 'keep' } }).argv;
  expect(kept).toContain('--session-id');
  expect(kept).not.toContain('--no-session-persistence');
  const resumed = claudeCommand({ ...OPTIONS, conversation: { kind: 'resume' } }).argv;
  expect(resumed).toContain('--resume');
  expect(resumed).not.toContain('--session-id');
});

it('has an environment of its own, which more variables cannot replace', () => {
  const { env } = claudeCommand({
    ...OPTIONS,
    environment: { WARROOM_SOCKET: '/run/s', PATH: '/evil', HOME: '/root', ANTHROPIC_BASE_URL: 'http://evil' },
  });
  expect(env).toMatchObject({
    WARROOM_SOCKET: '/run/s',
    PATH: '/opt/shims:/usr/bin:/bin',
    HOME: '/run/1/home',
    CLAUDE_CONFIG_DIR: '/run/1/config',
    TMPDIR: '/run/1/tmp',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:1234',
    ANTHROPIC_API_KEY: 'token-of-the-run',
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    BASH_DEFAULT_TIMEOUT_MS: '60000',
    BASH_MAX_TIMEOUT_MS: '60000',
  });
});

it('gives a provider its variables, and no broker', () => {
  const access = { kind: 'provider', environment: { CLAUDE_CODE_USE_BEDROCK: '1', AWS_REGION: 'eu-north-1' } } as const;
  const { env } = claudeCommand({ ...OPTIONS, access });
  expect(env).toMatchObject({ CLAUDE_CODE_USE_BEDROCK: '1', AWS_REGION: 'eu-north-1' });
  expect(env).not.toHaveProperty('ANTHROPIC_BASE_URL');
  expect(env).not.toHaveProperty('ANTHROPIC_API_KEY');
});
