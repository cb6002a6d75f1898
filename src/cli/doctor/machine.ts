import { environmentValue, type Environment } from '../../config/environment.ts';
import { runChild } from '../../lib/child-process.ts';
import { findProgram } from '../../lib/find-program.ts';
import type { Check } from './check.ts';
import { checkClaude, type ClaudeChecks } from './claude.ts';

/** The oldest git whose partial clones and atomic pushes we rely on. */
const MIN_GIT: Version = [2, 39];
const MIN_NODE: Version = [20, 19];

type Version = readonly [number, number];

/** What is installed on this machine. Values of credentials are never read further than "is it set". */
export async function checkMachine(
  options: Omit<ClaudeChecks, 'credentials'> & { readonly nodeVersion: string; readonly signal: AbortSignal },
): Promise<readonly Check[]> {
  const { env, nodeVersion, signal } = options;
  const path = environmentValue(env, 'PATH');
  return [
    checkNode(nodeVersion),
    await checkGit(path, signal),
    await checkSshKeygen(path),
    ...(await checkClaude({ ...options, credentials: modelCredentials(env) })),
  ];
}

function checkNode(text: string): Check {
  const isNew = isAtLeast(parseVersion(text), MIN_NODE);
  if (isNew) return { name: 'node', state: 'ok', text: `Node.js ${text}` };
  const fix = `install Node.js ${MIN_NODE.join('.')} or newer`;
  return { name: 'node', state: 'fail', text: `Node.js ${text} is too old`, fix };
}

async function checkGit(path: string | undefined, signal: AbortSignal): Promise<Check> {
  const name = 'git';
  const fix = `install git ${MIN_GIT.join('.')} or newer and make sure that it is in PATH`;
  const file = await findProgram('git', path);
  if (file === undefined) return { name, state: 'fail', text: 'git is not in PATH', fix };
  const env = { PATH: path ?? '', LC_ALL: 'C' };
  const result = await runChild({ argv: [file, '--version'], env, timeoutMs: 10_000, maxBytes: 4096, signal });
  const version = /git version (\d+\.\d+[\w.]*)/u.exec(result.stdout.toString('utf8'))?.[1];
  if (version === undefined) return { name, state: 'fail', text: `${file} does not say its version`, fix };
  if (isAtLeast(parseVersion(version), MIN_GIT)) return { name, state: 'ok', text: `git ${version} · ${file}` };
  return { name, state: 'fail', text: `git ${version} is too old · ${file}`, fix };
}

async function checkSshKeygen(path: string | undefined): Promise<Check> {
  const name = 'ssh-keygen';
  const file = await findProgram('ssh-keygen', path);
  if (file !== undefined) return { name, state: 'ok', text: file };
  const fix = 'install the OpenSSH client; requests are signed with it';
  return { name, state: 'warn', text: 'not in PATH', fix };
}

const CREDENTIALS = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'];

/** Names of the variables that give access to a model here; never their values. */
export function modelCredentials(env: Environment): readonly string[] {
  return CREDENTIALS.filter((name) => environmentValue(env, name) !== undefined);
}

function parseVersion(text: string): Version {
  const [major = '0', minor = '0'] = text.replace(/^v/u, '').split('.');
  return [Number.parseInt(major, 10), Number.parseInt(minor, 10)];
}

function isAtLeast([major, minor]: Version, [leastMajor, leastMinor]: Version): boolean {
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
