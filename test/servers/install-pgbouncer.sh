#!/bin/sh
# Puts the PgBouncer that the tests run against below the repository root, from the distribution's own
# packages (Debian 12: 1.18.0), without installing them. Safe to run again.
set -eu
cd "$(dirname "$0")/../.."
version=1.18.0
home=.servers/pgbouncer
installed() {
  LD_LIBRARY_PATH="$(echo "$PWD/$home"/usr/lib/*-linux-gnu)" "$home/usr/sbin/pgbouncer" --version 2>/dev/null |
    grep -qx "PgBouncer $version"
}
if installed; then
  echo "PgBouncer $version is already in $home"
  exit 0
fi
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
fetch() {
  (cd "$packages" && rm -f ./*.deb && apt-get download -qq "$@")
  for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$home"; done
}
rm -rf "$home"
mkdir -p "$home"
fetch pgbouncer libc-ares2 libevent-2.1-7
# what most machines have; one that has no server at all may lack it
installed || fetch libssl3 libsystemd0 libpam0g libcap2 libgcrypt20 liblzma5 libzstd1 liblz4-1 libaudit1 libgpg-error0 libcap-ng0
if ! installed; then
  echo "$home does not hold a PgBouncer $version that starts" >&2
  exit 1
fi
echo "PgBouncer $version is in $home"
