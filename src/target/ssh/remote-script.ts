import { COMMAND_ENVIRONMENT } from '../closed-environment.ts';
import { quoteArguments } from './quote.ts';

/**
 * Runs `"$@"` on the other side, for any POSIX shell: `mark seconds privilege command…`.
 *
 * - A mark on both streams says where our text begins, whatever a banner or a start-up file printed before, and the
 *   last line of stderr says the exit code: ssh itself ends with 255 for an error of its own, and so can a command.
 * - The command sees no standard input. Ours is a lifeline: when it ends, because the client is gone or has given up,
 *   the process group ends too, politely first. `timeout` has a group of its own, with its own number.
 * - `timeout` is used where it works as on GNU systems; else the client's own deadline cuts the lifeline.
 *
 * One line without single quotes and backslashes: the wrapper of a host holds it between single quotes.
 */
export const RUN = [
  'm=$1 t=$2 p=$3',
  'shift 3',
  'echo "$m start"',
  'echo "$m start">&2',
  'cd /',
  'u=$(id -u)',
  'if [ "$p" = root ]&&[ "$u" != 0 ];then set -- sudo -n -- "$@";fi',
  'case $p in group:*)case " $(id -Gn) " in *" ${p#group:} "*);;*)if [ "$u" != 0 ]&&sudo -n -l -- "$@">/dev/null 2>&1;then set -- sudo -n -- "$@";fi;;esac;;esac',
  'if timeout -k 2 "$t" true 2>/dev/null;then set -- timeout -k 2 "$t" "$@";fi',
  'exec 3<&0 </dev/null',
  '"$@" 3<&- & c=$!',
  '(exec >/dev/null 2>&1;while read -r x<&3;do :;done;trap "" TERM;kill -s TERM -- -$c;kill -s TERM $c;kill -s TERM 0;sleep 1;kill -s KILL -- -$c;kill -s KILL $c;kill -s KILL 0)& w=$!',
  'exec 3<&-',
  'wait $c 2>/dev/null;r=$?',
  'echo>&2;echo "$m exit $r">&2',
  'exec 2>/dev/null;kill -s KILL $w;wait $w',
  'exit $r',
].join(';');

/** What a host is and how it stands, as `key=value` lines and one part of a file each; for any POSIX shell. */
export const FACTS = [
  'echo platform=$(uname -s)',
  'echo release=$(uname -r)',
  'echo hostname=$(uname -n)',
  'echo user=$(id -un)',
  'for f in /etc/machine-id /proc/uptime /proc/loadavg;do if [ -r $f ];then read -r l<$f;echo "$f=$l";fi;done',
  'echo cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null)',
  'while read -r k v x;do case $k in MemTotal:|MemFree:|MemAvailable:)echo "$k=$v";;esac;done 2>/dev/null</proc/meminfo',
  'echo interfaces=$(ip -o addr show up 2>/dev/null|cut -d " " -f 2|sort -u|wc -l)',
  'echo boottime=$(sysctl -n kern.boottime 2>/dev/null)',
  'echo loads=$(sysctl -n vm.loadavg 2>/dev/null)',
  'echo memsize=$(sysctl -n hw.memsize 2>/dev/null)',
  'for c in timeout sudo;do if command -v $c>/dev/null 2>&1;then echo has=$c;fi;done',
].join(';');

/** Argument list of the facts, for a target that runs argument lists. */
export const FACTS_ARGV: readonly string[] = ['sh', '-c', FACTS];

export interface RemoteRun {
  /** Text that only this run knows. */
  readonly mark: string;
  /** Whole seconds. */
  readonly seconds: number;
  readonly privilege: string;
  readonly argv: readonly string[];
}

/** The line for the login shell. It gives itself up for a closed environment at once. */
export function remoteCommand(run: RemoteRun): string {
  const environment = Object.entries(COMMAND_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  const shell = ['/usr/bin/env', '-i', ...environment, '/bin/sh', '-c', RUN, 'warroom'];
  return `exec ${quoteArguments([...shell, run.mark, String(run.seconds), run.privilege, ...run.argv])}`;
}
