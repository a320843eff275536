#!/bin/sh
# Puts the Redis that the tests run against below the repository root, from the distribution's own
# packages (Debian 12: 7.0.15), without installing them. Safe to run again.
set -eu
cd "$(dirname "$0")/../.."
version=7.0.15
home=.servers/redis
installed() {
  LD_LIBRARY_PATH="$(echo "$PWD/$home"/usr/lib/*-linux-gnu)" "$home/usr/bin/redis-server" --version 2>/dev/null |
    grep -q "v=$version "
}
if installed; then
  echo "Redis $version is already in $home"
  exit 0
fi
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
(cd "$packages" && apt-get download -qq redis-server redis-tools libjemalloc2 liblzf1 libatomic1)
rm -rf "$home"
mkdir -p "$home"
for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$home"; done
if ! installed; then
  echo "$home does not hold a Redis $version that starts" >&2
  exit 1
fi
echo "Redis $version is in $home"
