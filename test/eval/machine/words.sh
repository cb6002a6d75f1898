# Words that the scripts of faults use. Read by bash before the script.

# unit NAME SETTING… [--unit SETTING…]: a service of systemd; `--unit` begins the settings of [Unit].
unit() {
  local name=$1 section=Service
  shift
  local file=/etc/systemd/system/$name.service own=() general=()
  for setting in "$@"; do
    if [ "$setting" = --unit ]; then section=Unit; continue; fi
    if [ "$section" = Service ]; then own+=("$setting"); else general+=("$setting"); fi
  done
  { printf '[Unit]\nDescription=%s\n' "the $name"; [ ${#general[@]} = 0 ] || printf '%s\n' "${general[@]}"
    printf '[Service]\n'; printf '%s\n' "${own[@]}"; } >"$file"
  systemctl daemon-reload
}

# listener PORT: a program that listens on all addresses.
listener() {
  unit app "ExecStart=/usr/bin/perl -MIO::Socket::INET -e 'my \$s = IO::Socket::INET->new(Listen => 5, LocalAddr => \"0.0.0.0\", LocalPort => $1); sleep 600'"
  systemctl start app
  sleep 1
}

# image: a container image with a shell.
image() {
  mkdir -p /tmp/image/bin && cp /usr/bin/busybox /tmp/image/bin/
  for name in sh sleep; do ln -s busybox "/tmp/image/bin/$name"; done
  tar -C /tmp/image -c . | podman import --quiet - localhost/app:1 >/dev/null
}

# threads COUNT: a program /opt/threads with so many threads.
threads() {
  printf '#include <pthread.h>\n#include <stdio.h>\n#include <string.h>\n#include <unistd.h>\nstatic void *rest(void *x){pause();return x;}\nint main(void){pthread_attr_t a;pthread_attr_init(&a);pthread_attr_setstacksize(&a,16384);for(int i=0;i<%s;i++){pthread_t t;int e=pthread_create(&t,&a,rest,0);if(e){fprintf(stderr,"cannot create thread: %%s\\n",strerror(e));fflush(stderr);break;}}sleep(600);}\n' "$1" >/tmp/threads.c
  gcc -pthread -o /opt/threads /tmp/threads.c
}

# postgres_setting NAME VALUE
postgres_setting() {
  echo "$1 = $2" >>/etc/postgresql/15/main/postgresql.conf
}

# login USER PASSWORD: one login over SSH with a password.
login() {
  printf '#!/bin/sh\necho %s\n' "$2" >/tmp/ask && chmod 700 /tmp/ask
  DISPLAY=:0 SSH_ASKPASS=/tmp/ask SSH_ASKPASS_REQUIRE=force setsid ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 "$1@192.0.2.10" true >/dev/null 2>&1 || true
}

# guess COUNT [USER]: wrong passwords over SSH.
guess() {
  local count=$1
  for number in $(seq "$count"); do login "${2:-admin$((number % 3))}" "wrong$number"; done
}

# program NAME: a script /opt/NAME of the lines on stdin.
program() {
  { echo '#!/bin/sh'; cat; } >"/opt/$1" && chmod 755 "/opt/$1"
}
