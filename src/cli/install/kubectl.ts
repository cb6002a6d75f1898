import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WarroomError } from '../../domain/errors.ts';
import { findProgram } from '../../lib/find-program.ts';
import { runChild } from '../../lib/child-process.ts';
import { environmentValue, type Environment } from '../../config/environment.ts';
import { isRecord } from '../../schema/record.ts';

/** kubectl as the administrator uses it: with their kubeconfig, and whatever logs them in; what it keeps goes with it. */
export interface Kubectl {
  /** Asks for JSON; undefined when there is no such object. Throws `offline`, `authentication` or `not-allowed`. */
  json(args: readonly string[]): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The same for text, with something on standard input. */
  text(args: readonly string[], stdin?: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What kubectl and the programs by which people log in to clusters read. */
const VARIABLES =
  /^(?:PATH|HOME|USER|TMPDIR|KUBECONFIG|KUBERNETES_.+|XDG_.+|AWS_.+|AZURE_.+|GOOGLE_.+|CLOUDSDK_.+|SSL_CERT_FILE|SSL_CERT_DIR|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY)$/u;

const TIMEOUT_MS = 120_000;
const MAX_BYTES = 16 * 1024 * 1024;

export async function createKubectl(options: {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly kubeconfig?: string;
  readonly context?: string;
}): Promise<Kubectl> {
  const { env, signal, kubeconfig, context } = options;
  const path = environmentValue(env, 'PATH');
  const found = (await findProgram('kubectl', path)) ?? (await findProgram('oc', path));
  if (found === undefined) {
    throw new WarroomError('not-found', 'there is no kubectl in PATH', { hint: 'install kubectl or oc' });
  }
  const program = found;
  const kept = Object.entries(env).filter(([name]) => VARIABLES.test(name));
  // In the home of the user it would stay, and make one for a user who has none.
  const cacheDir = await mkdtemp(join(tmpdir(), 'warroom-kubectl-'));
  const childEnv = {
    ...Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    KUBECACHEDIR: cacheDir,
  };
  const where = [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
    '--request-timeout=20s',
  ];
  async function text(args: readonly string[], stdin?: string): Promise<string | undefined> {
    const result = await runChild({
      argv: [program, ...where, ...args],
      env: childEnv,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      signal,
      ...(stdin === undefined ? {} : { stdin }),
    });
    const said = result.stderrTail.toString('utf8').trim();
    if (result.end.kind === 'exited' && result.end.exit === 0) return result.stdout.toString('utf8');
    if (/\(NotFound\)|doesn't have a resource type/u.test(said)) return undefined;
    throw failure(args, said);
  }

  return {
    text,
    async close() {
      await rm(cacheDir, { recursive: true, force: true });
    },
    async json(args) {
      const answer = await text([...args, '-o', 'json']);
      const value: unknown = answer === undefined ? undefined : JSON.parse(answer);
      return isRecord(value) ? value : undefined;
    },
  };
}

function failure(args: readonly string[], said: string): WarroomError {
  const message = `kubectl ${args.slice(0, 2).join(' ')} failed`;
  const why = said.split('\n').at(-1)?.slice(0, 300) ?? '';
  if (/\(Forbidden\)/u.test(said)) {
    return new WarroomError('not-allowed', message, { why, hint: 'ask as an administrator of the cluster' });
  }
  if (/\(Unauthorized\)|must be logged in/u.test(said)) {
    return new WarroomError('authentication', message, { why, hint: 'log in to the cluster again' });
  }
  return new WarroomError('offline', message, { why, hint: 'try  kubectl version   with the same kubeconfig' });
}
