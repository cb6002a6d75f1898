#!/bin/sh
# Programs of the system that a processor uses, from whichever package manager the base image has. What is there already is
# left alone, so that a base image with everything needs no network. ripgrep and tini are not in every distribution: without
# ripgrep its commands are refused as missing, and without tini somebody else must reap (podman --init, or Kubernetes with
# shareProcessNamespace).
set -eu
have() { command -v "$1" >/dev/null 2>&1; }

missing=
# tar and gzip are for whoever backs up the ledger (docs/operations.md); the smallest bases lack them.
for pair in git:git ssh-keygen:openssh jq:jq ps:procps tar:tar gzip:gzip; do
  have "${pair%%:*}" || missing="$missing ${pair##*:}"
done
optional=
for program in rg:ripgrep tini:tini; do
  have "${program%%:*}" || optional="$optional ${program##*:}"
done
wrapper() { find /usr/lib /usr/lib64 -name libnss_wrapper.so 2>/dev/null | head -n 1; }

if have apt-get; then
  # Debian calls the client openssh-client.
  names=$(printf '%s' "$missing" | sed 's/openssh/openssh-client/')
  [ -n "$(wrapper)" ] || optional="$optional libnss-wrapper"
  if [ -n "$names$optional" ]; then
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $names $optional
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*
  fi
elif have microdnf || have dnf; then
  manager=$(command -v microdnf || command -v dnf)
  names=$(printf '%s' "$missing" | sed -e 's/openssh/openssh-clients/' -e 's/procps/procps-ng/')
  [ -n "$(wrapper)" ] || optional="$optional nss_wrapper-libs"
  # shellcheck disable=SC2086
  if [ -n "$names" ]; then "$manager" install -y --setopt=install_weak_deps=0 --setopt=tsflags=nodocs $names; fi
  for name in $optional; do "$manager" install -y --setopt=install_weak_deps=0 "$name" || echo "$name: not in this distribution"; done
  "$manager" clean all
elif [ -n "$missing" ]; then
  echo "no package manager that is known, and these are missing:$missing" >&2
  exit 1
fi

# Numbers without an entry in the list of users: with-user-entry.sh says why. The one that the image names has one.
found=$(wrapper)
if [ -n "$found" ]; then ln -s "$found" /usr/local/lib/claude-warroom/libnss_wrapper.so; fi
for program in ssh ssh-keygen; do ln -s ../lib/claude-warroom/with-user-entry.sh "/usr/local/bin/$program"; done
grep -q '^[^:]*:[^:]*:10001:' /etc/passwd || echo 'warroom:x:10001:0:processor:/tmp:/sbin/nologin' >>/etc/passwd
