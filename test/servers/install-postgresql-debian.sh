#!/bin/sh
# Puts Debian's PostgreSQL with pg_cron below the repository root (Debian 12: 15 and 1.4.2), a second
# version beside the one of the npm package. Safe to run again.
set -eu
cd "$(dirname "$0")/../.."
. test/servers/from-debian.sh
name=PostgreSQL
version=15
home=.servers/postgresql-debian
program=usr/lib/postgresql/15/bin/postgres
says="\(PostgreSQL\) $version\."
# the second ones are what most machines have; one that has no server at all may lack them
from_debian postgresql-15 postgresql-15-cron libpq5 libicu72 libxml2 libldap-2.5-0 -- \
  libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libkeyutils1 libcom-err2 libsasl2-2 libssl3 \
  libpam0g libsystemd0 libselinux1 zlib1g libzstd1 liblz4-1 liblzma5 libcap2 libgcrypt20 libgpg-error0 \
  libaudit1 libcap-ng0 libuuid1 libstdc++6
