#!/bin/sh
# Starts the program below something that reaps orphans, where the image has it; as PID 1 of a pod with a shared process
# namespace, or under podman --init, something else does. exec keeps signals and exit codes those of the program.
if [ "$$" = 1 ] && command -v tini >/dev/null 2>&1; then
  exec tini -g -- claude-warroom "$@"
fi
exec claude-warroom "$@"
