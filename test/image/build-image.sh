#!/usr/bin/env bash
# Builds the image for real and runs it as a cluster would: a root file system of Debian, the Node.js of this machine, then
# manifests/image/Containerfile, then runc with a read-only root, a user without an entry, no network and no capability.
# Needs root, buildah, runc and mmdebstrap (packages of Debian), and the registries of Debian and npm.
#   npm run test:image            keeps nothing; prints the sizes
#   WITH_CLAUDE=false npm run test:image
set -euo pipefail
cd "$(dirname "$0")/../.."

skip() {
  echo "skip: the image is not built: $1"
  exit 0
}
[ "$(id -u)" = 0 ] || skip 'only root can make a root file system'
command -v apt-get >/dev/null || skip 'this is no Debian'
for program in buildah mmdebstrap runc; do
  command -v "$program" >/dev/null || apt-get install -y -qq --no-install-recommends "$program" >/dev/null || skip "$program cannot be installed"
done

work=$(mktemp -d)
name=localhost/claude-warroom-test
containers=()
finish() {
  for container in "${containers[@]}"; do buildah rm "$container" >/dev/null 2>&1 || true; done
  buildah rmi -f "$name:base" "$name:image" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

echo '== a root file system of Debian with the Node.js of this machine'
npm_root=$(npm root -g)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mmdebstrap --quiet --variant=minbase --include=ca-certificates,libstdc++6 "$suite" "$work/base.tar"
mkdir "$work/root"
tar -xf "$work/base.tar" -C "$work/root" --exclude='./dev/*'
install -D "$(node -p process.execPath)" "$work/root/usr/bin/node"
mkdir -p "$work/root/usr/lib/node_modules"
cp -a "$npm_root/npm" "$work/root/usr/lib/node_modules/"
ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$work/root/usr/bin/npm"
ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$work/root/usr/bin/npx"
container=$(buildah from scratch)
containers+=("$container")
buildah add -q "$container" "$work/root" / >/dev/null
buildah commit -q "$container" "$name:base" >/dev/null

echo '== the image'
# What this machine needs to reach its registry, and what npm has in its cache.
authority=$(npm config get cafile)
[ -r "$authority" ] || authority=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
printf 'cafile=/etc/test-authority.pem\nprefer-offline=true\n' >"$work/npmrc"
mkdir -p "$HOME/.npm"
buildah bud --quiet --isolation chroot --network host --format docker \
  --volume "$authority:/etc/test-authority.pem:ro" --volume "$work/npmrc:/root/.npmrc:ro" --volume "$HOME/.npm:/root/.npm" \
  --build-arg "BASE=$name:base" --build-arg "WITH_CLAUDE=${WITH_CLAUDE:-true}" \
  -f manifests/image/Containerfile -t "$name:image" . >/dev/null

container=$(buildah from "$name:image")
containers+=("$container")
node --import ./test/support/register-typescript.js test/image/run-image.ts "$(buildah mount "$container")" "$work"
