#!/bin/sh
# Puts the Redis that the tests run against below the repository root (Debian 12: 7.0.15). Safe to run again.
set -eu
cd "$(dirname "$0")/../.."
. test/servers/from-debian.sh
name=Redis
version=7.0.15
home=.servers/redis
program=usr/bin/redis-server
says="v=$version "
from_debian redis-server redis-tools libjemalloc2 liblzf1 libatomic1
