#!/usr/bin/env bash
# docker/base.sh NAME TAG: makes an image TAG that stands in for the official image NAME, such as node:24-bookworm-slim, where
# that cannot be pulled: the same Debian and the same major version of Node, from Debian's and npm's packages.
set -euo pipefail

[[ $1 =~ ^node:([0-9]+)-([a-z]+)-slim$ ]] || { echo "$1 is not named like node:24-bookworm-slim" >&2; exit 1; }
node=${BASH_REMATCH[1]}
debian=${BASH_REMATCH[2]}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

debootstrap --variant=minbase --include=ca-certificates,libstdc++6,libatomic1 "$debian" "$root" >"$work/log" ||
  { tail -n 20 "$work/log" >&2; exit 1; }
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/archives/*.deb

# This package holds what Node's own archive does, headers included, but no npm.
distribution=node-linux-$(node -p process.arch)
npm install --prefix "$work" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "$distribution@$node" npm@11 >&2
cp -r "$work/node_modules/$distribution"/{bin,include} "$root/usr/local/"
cp -r "$work/node_modules/npm" "$root/usr/local/lib/"
ln -s ../lib/npm/bin/npm-cli.js "$root/usr/local/bin/npm"

# Whatever certificates this machine trusts: its way to the npm registry may lead through a proxy.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
mkdir -p "$root/usr/local/etc"
echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$root/usr/local/etc/npmrc"

echo 'node:x:1000:' >>"$root/etc/group"
echo 'node:x:1000:1000::/home/node:/bin/bash' >>"$root/etc/passwd"
install -d -o 1000 -g 1000 "$root/home/node"

container=$(buildah from scratch)
buildah add --quiet "$container" "$root" / >/dev/null
buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --cmd node "$container"
buildah commit --quiet --rm --format docker "$container" "$2" >/dev/null
