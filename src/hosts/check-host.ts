import type { InventoryEntry } from '../domain/inventory-host.ts';
import type { CommandResult, Target } from '../target/port.ts';

export interface HostCheckRow {
  readonly name: 'reachable' | 'identity' | 'timeout' | 'sudo' | 'tools';
  /** unknown: it could not be asked, or a host with a wrapper does not say. */
  readonly state: 'good' | 'problem' | 'unknown';
  readonly detail: string;
}

export interface HostCheck {
  readonly host: string;
  readonly identity: string | undefined;
  readonly rows: readonly HostCheckRow[];
}

export interface CheckOptions {
  /** Programs that the playbooks for hosts call. */
  readonly tools: readonly string[];
  readonly signal: AbortSignal;
}

const LIMITS = { timeoutMs: 8000, maxBytes: 64 * 1024 };

/** Names of the arguments that are programs of the host, one a line. */
const LOOK_UP = 'for t; do if command -v "$t" > /dev/null 2>&1; then echo "$t"; fi; done';

/** Tries what a playbook needs of a host, and changes nothing there. */
export async function checkHost(
  entry: InventoryEntry,
  target: Target,
  { tools, signal }: CheckOptions,
): Promise<HostCheck> {
  const host = entry.name;
  const facts = await target.collect('host-facts', signal);
  if (facts.end.kind !== 'exited' || facts.end.exit !== 0) {
    const detail = firstLine(facts.stderr) ?? `it did not answer (${facts.end.kind})`;
    return { host, identity: undefined, rows: [{ name: 'reachable', state: 'problem', detail }] };
  }
  const identity = await target.identify(signal);
  const rows: HostCheckRow[] = [
    { name: 'reachable', state: 'good', detail: `${facts.ms} ms` },
    { name: 'identity', state: 'good', detail: `${identity.platform} ${identity.identity}` },
  ];
  if (entry.reach.kind === 'ssh' && entry.reach.ssh.mode === 'wrapper') {
    const detail = 'the host owns its commands and does not say';
    return { host, identity: identity.identity, rows: [...rows, { name: 'tools', state: 'unknown', detail }] };
  }
  const wanted = [...new Set(['timeout', 'sudo', ...tools])];
  const found = await target.run({ argv: ['sh', '-c', LOOK_UP, 'sh', ...wanted], ...LIMITS }, signal);
  const present = new Set(found.stdout.split('\n').filter((line) => line !== ''));
  rows.push(timeoutRow(present), await sudoRow(target, present, signal), toolsRow(found, tools, present));
  return { host, identity: identity.identity, rows };
}

function timeoutRow(present: ReadonlySet<string>): HostCheckRow {
  if (present.has('timeout')) return { name: 'timeout', state: 'good', detail: 'timeout of coreutils' };
  const detail = 'no timeout there: a command ends when the connection does; install coreutils';
  return { name: 'timeout', state: 'problem', detail };
}

async function sudoRow(target: Target, present: ReadonlySet<string>, signal: AbortSignal): Promise<HostCheckRow> {
  const who = await target.run({ argv: ['id', '-u'], ...LIMITS }, signal);
  if (who.stdout.trim() === '0') return { name: 'sudo', state: 'good', detail: 'the user is root' };
  const hint = 'steps that need root are denied; claude-warroom playbook sudoers  prints what to allow';
  if (!present.has('sudo')) return { name: 'sudo', state: 'problem', detail: `no sudo there: ${hint}` };
  const listed = await target.run({ argv: ['sudo', '-n', '-l'], ...LIMITS }, signal);
  if (listed.end.kind !== 'exited' || listed.end.exit !== 0) return { name: 'sudo', state: 'problem', detail: hint };
  const commands = listed.stdout.split('\n').filter((line) => line.includes('NOPASSWD')).length;
  return { name: 'sudo', state: 'good', detail: `${commands} rules without a password` };
}

function toolsRow(found: CommandResult, tools: readonly string[], present: ReadonlySet<string>): HostCheckRow {
  if (found.end.kind !== 'exited') return { name: 'tools', state: 'unknown', detail: firstLine(found.stderr) ?? '' };
  const missing = tools.filter((tool) => !present.has(tool));
  const detail = `${tools.length - missing.length} of ${tools.length}`;
  if (missing.length === 0) return { name: 'tools', state: 'good', detail };
  // A tool that is not there is a step that says so, never a wrong answer.
  return { name: 'tools', state: 'unknown', detail: `${detail}; not there: ${missing.join(', ')}` };
}

function firstLine(text: string): string | undefined {
  return text.split('\n').find((line) => line.trim() !== '');
}
