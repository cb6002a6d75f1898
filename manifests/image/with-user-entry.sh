#!/bin/sh
# Stands before ssh and ssh-keygen in PATH. Both want an entry in the list of users for the number that they run as, and a
# number that a cluster has chosen has none; the list itself cannot be written to. nss_wrapper gives them one of their own.
program=/usr/bin/${0##*/}
number=$(id -u)
if getent passwd "$number" >/dev/null 2>&1 || [ ! -r /usr/local/lib/claude-warroom/libnss_wrapper.so ]; then
  exec "$program" "$@"
fi
list=/tmp/.claude-warroom-passwd
if [ ! -r "$list" ]; then
  printf 'warroom:x:%s:0:processor:/tmp:/bin/sh\n' "$number" >"$list.$$" && mv "$list.$$" "$list"
fi
export LD_PRELOAD=/usr/local/lib/claude-warroom/libnss_wrapper.so NSS_WRAPPER_PASSWD=$list NSS_WRAPPER_GROUP=/etc/group
exec "$program" "$@"
