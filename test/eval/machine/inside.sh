#!/bin/bash
# Runs a command inside a throwaway machine. usage: inside.sh PID-OF-START COMMAND…
set -euo pipefail
unshare_pid=$(pgrep --parent "$1")
init=$(pgrep --parent "$unshare_pid" | head -n 1)
shift
exec nsenter --target "$init" --mount --uts --ipc --net --pid --cgroup --root \
  env --chdir=/ -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
