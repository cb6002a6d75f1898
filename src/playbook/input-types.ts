import type { PlaybookInput } from '../schema/generated.ts';
import { parseDurationMs } from './duration.ts';
import { parsePattern } from './pattern.ts';

const KUBERNETES_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/u;
const UNIT = /^[A-Za-z0-9:_.@\\-]{1,200}\.(?:service|socket|timer|target|mount)$/u;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/u;
const PATH = /^(?:\/[\w@%+=:,.-]+)+$/u;
/** Text without a grammar of its own: printable, on one line, nothing that a shell or a quoting would read. */
const PLAIN_TEXT = /^[\w.:@/+=,%~ -]{1,253}$/u;
/** Names that programs give to things: containers, files, devices. */
const PLAIN_NAME = /^[\w.:@/+=,%~\\-]{1,253}$/u;

/** Words for what a value of each type must be. */
const EXPECTED: Readonly<Record<PlaybookInput['type'], string>> = {
  'k8s-name': 'a Kubernetes name',
  unit: 'the name of a systemd unit',
  host: 'a host that the playbook allows',
  port: 'a port from 1 to 65535',
  duration: 'a duration like 30m',
  path: 'a path below a folder that the playbook allows',
  enum: 'one of the values that the playbook allows',
  string: 'a text that the playbook allows',
  integer: 'a whole number',
  'target-kubeconfig': 'an absolute path',
};

/** What is wrong with a value from a request; undefined when it may be used. */
export function problemOf(input: PlaybookInput, value: string): string | undefined {
  const shown = JSON.stringify(value);
  // Whatever the type: an argument must never be read as an option.
  if (value.startsWith('-')) return `${shown} begins with a dash`;
  if (!hasType(input, value)) {
    const choice = input.type === 'enum' ? `: ${(input.allow ?? []).join(', ')}` : '';
    return `${shown} is not ${EXPECTED[input.type]}${choice}`;
  }
  return limitProblem(input, value);
}

/** What a name found in the output of a target must look like; a path also lies below one of the folders. */
export interface BindType {
  readonly type: 'k8s-name' | 'unit' | 'port' | 'integer' | 'name' | 'path';
  readonly allow?: readonly string[];
}

/** Whether a name found in the output of a target may stand in an argument. */
export function isBindable({ type, allow = [] }: BindType, value: string): boolean {
  if (value.startsWith('-')) return false;
  if (type === 'name') return PLAIN_NAME.test(value);
  return hasType({ type, description: '', allow: [...allow] }, value);
}

/**
 * Regular expression of what a value of the type looks like, for the rules of other programs; undefined when only a list
 * of values can say it.
 */
export function grammarOf(input: PlaybookInput): RegExp | undefined {
  switch (input.type) {
    case 'k8s-name':
      return KUBERNETES_NAME;
    case 'unit':
      return UNIT;
    case 'port':
      return /^[1-9][0-9]{0,4}$/u;
    case 'duration':
      return /^[1-9][0-9]{0,3}[smhd]$/u;
    case 'integer':
      return /^[0-9]{1,15}$/u;
    default:
      return undefined;
  }
}

function hasType(input: PlaybookInput, value: string): boolean {
  switch (input.type) {
    case 'k8s-name':
      return KUBERNETES_NAME.test(value);
    case 'unit':
      return UNIT.test(value);
    case 'host':
      return HOST.test(value) && (input.allow ?? []).includes(value);
    case 'port':
      return /^[1-9]\d{0,4}$/u.test(value) && Number(value) <= 65_535;
    case 'duration':
      return parseDurationMs(value) !== undefined;
    case 'path':
      return isPathBelow(value, input.allow ?? []);
    case 'enum':
      return (input.allow ?? []).includes(value);
    case 'integer':
      return /^\d{1,15}$/u.test(value);
    case 'string': {
      const pattern = input.pattern === undefined ? PLAIN_TEXT : parsePattern(`^(?:${input.pattern})$`);
      return value.length <= 253 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value) && pattern?.test(value) === true;
    }
    case 'target-kubeconfig':
      return value.startsWith('/') && !/[\p{Cc}]/u.test(value);
  }
}

function limitProblem({ type, min, max }: PlaybookInput, value: string): string | undefined {
  const measure = type === 'duration' ? parseDurationMs : Number;
  const size = measure(value);
  const low = min === undefined ? undefined : measure(String(min));
  const high = max === undefined ? undefined : measure(String(max));
  if (size === undefined) return undefined;
  if (low !== undefined && size < low) return `${value} is less than the ${String(min)} that is needed`;
  return high !== undefined && size > high ? `${value} is more than the ${String(max)} that is allowed` : undefined;
}

function isPathBelow(path: string, folders: readonly string[]): boolean {
  if (!PATH.test(path) || path.split('/').some((part) => part === '.' || part === '..')) return false;
  return folders.some((folder) => path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
}
