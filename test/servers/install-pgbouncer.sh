#!/bin/sh
# Puts the PgBouncer that the tests run against below the repository root (Debian 12: 1.18.0). Safe to run again.
set -eu
cd "$(dirname "$0")/../.."
. test/servers/from-debian.sh
name=PgBouncer
version=1.18.0
home=.servers/pgbouncer
program=usr/sbin/pgbouncer
says="^PgBouncer $version\$"
# the second ones are what most machines have; one that has no server at all may lack them
from_debian pgbouncer libc-ares2 libevent-2.1-7 -- \
  libssl3 libsystemd0 libpam0g libcap2 libgcrypt20 liblzma5 libzstd1 liblz4-1 libaudit1 libgpg-error0 libcap-ng0
