import type { BindType } from '../../playbook/input-types.ts';
import type { PlaybookInput } from '../../schema/generated.ts';
import { quoteArgument } from './quote.ts';

/** Functions for the wrapper that say by their status whether a value has a type; the same grammar as expand.ts. */
export const INPUT_CHECKS = `# Whether $2 consists of the characters $1 only.
only() { [ "$(printf '%s' "$2" | tr -d "$1" | wc -c)" -eq 0 ]; }
name() {
  only 'a-z0-9.-' "$1" && [ \${#1} -le 253 ] || return 1
  case $1 in [a-z0-9] | [a-z0-9]*[a-z0-9]) ;; *) return 1 ;; esac
}
unit() {
  only 'A-Za-z0-9:_.@\\\\-' "$1" && [ \${#1} -le 208 ] || return 1
  case $1 in ?*.service | ?*.socket | ?*.timer | ?*.target | ?*.mount) ;; *) return 1 ;; esac
}
port() {
  only '0-9' "$1" && [ \${#1} -le 5 ] || return 1
  case $1 in [1-9]*) [ "$1" -le 65535 ] ;; *) return 1 ;; esac
}
duration() {
  only '0-9smhd' "$1" && [ \${#1} -le 5 ] || return 1
  case \${1%[smhd]} in "$1" | *[!0-9]*) return 1 ;; [1-9]*) ;; *) return 1 ;; esac
}
integer() {
  only '0-9' "$1" && [ \${#1} -ge 1 ] && [ \${#1} -le 15 ]
}
# A name that a program gave to something; never a path.
plain() {
  only 'A-Za-z0-9_.:@+=,%\\\\-' "$1" && [ \${#1} -le 253 ] || return 1
  case $1 in '' | . | ..) return 1 ;; esac
}
path() {
  only 'A-Za-z0-9_@%+=:,./-' "$1" && [ \${#1} -le 253 ] || return 1
  case $1/ in *//* | */./* | */../*) return 1 ;; /*) ;; *) return 1 ;; esac
}
`;

/**
 * Shell condition for the value in `$2`; undefined for an input whose values this program cannot describe to a shell, so
 * that the steps that need it are left out.
 */
export function inputCondition(input: PlaybookInput): string | undefined {
  const given = '"$2"';
  const exact = [...(input.allow ?? []), ...(input.default === undefined ? [] : [input.default])].map(String);
  switch (input.type) {
    case 'k8s-name':
      return `name ${given}`;
    case 'unit':
      return `unit ${given}`;
    case 'port':
      return `port ${given}`;
    case 'duration':
      return `duration ${given}`;
    case 'path':
      return exact.length === 0 ? undefined : `path ${given} && ${oneOf(exact.flatMap(folderPatterns))}`;
    default:
      return exact.length === 0 ? undefined : oneOf(exact.map(quoteArgument));
  }
}

/**
 * Shell condition for the value in `$2` that a step found in an earlier output. The host does not know that output, so it
 * takes every value of the grammar; a plain name without `/` is no way to a file.
 */
export function bindCondition({ type, allow = [] }: BindType): string | undefined {
  switch (type) {
    case 'name':
      return 'plain "$2"';
    case 'integer':
      return 'integer "$2"';
    default:
      return inputCondition({ type, description: '', allow: [...allow] });
  }
}

function folderPatterns(folder: string): readonly string[] {
  const trimmed = folder.replace(/\/+$/u, '');
  return [quoteArgument(trimmed === '' ? '/' : trimmed), `${quoteArgument(trimmed)}/*`];
}

function oneOf(patterns: readonly string[]): string {
  return `case $2 in ${patterns.join(' | ')}) : ;; *) false ;; esac`;
}
