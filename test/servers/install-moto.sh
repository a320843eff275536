#!/bin/sh
# Puts moto, which the AWS truth server is held against, below the repository root. Safe to run again.
set -eu
cd "$(dirname "$0")/../.."
version=5.2.5
home=.servers/moto
if [ -x "$home/bin/python" ] &&
  "$home/bin/python" -m pip show moto 2>/dev/null | grep -qx "Version: $version"; then
  echo "moto $version is already in $home"
  exit 0
fi
python3 -m venv "$home"
# what answers requests is pinned with it
"$home/bin/python" -m pip install --quiet --disable-pip-version-check \
  "moto[server]==$version" boto3==1.44.5 botocore==1.44.5 Flask==3.1.3 Werkzeug==3.1.9
echo "moto $version is in $home"
