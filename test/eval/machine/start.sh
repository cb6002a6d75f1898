#!/bin/bash
# Starts a throwaway machine in namespaces and control groups of its own. Prints nothing; it lives until its PID 1 is
# killed, and then takes its control groups away. Needs root on a Debian with systemd's package installed.
# usage: start.sh NAME FOLDER PROJECT
set -euo pipefail
name=$1 folder=$2 project=$3
here=$(dirname "$(readlink -f "$0")")
controllers=(systemd memory pids cpu cpuacct cpuset devices freezer blkio)
for controller in "${controllers[@]}"; do
  mkdir -p "/sys/fs/cgroup/$controller/$name"
  # A new group has no processors and no memory nodes of its own.
  if [ "$controller" = cpuset ]; then
    for file in cpuset.cpus cpuset.mems; do cat "/sys/fs/cgroup/cpuset/$file" >"/sys/fs/cgroup/cpuset/$name/$file"; done
  fi
  echo $$ >"/sys/fs/cgroup/$controller/$name/cgroup.procs"
done
unshare --mount --uts --ipc --net --pid --cgroup --fork --propagation private --kill-child "$here/boot.sh" "$folder" "$project" || true
for controller in "${controllers[@]}"; do
  echo $$ >"/sys/fs/cgroup/$controller/cgroup.procs"
  find "/sys/fs/cgroup/$controller/$name" -depth -type d -exec rmdir {} + 2>/dev/null || true
done
