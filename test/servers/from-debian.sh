# For the install scripts beside it: takes a server out of the distribution's own packages, without
# installing them. Expects `name`, `version`, `home`, `program` below it, and what `program --version` says.

installed() {
  LD_LIBRARY_PATH="$(echo "$PWD/$home"/usr/lib/*-linux-gnu)" "$home/$program" --version 2>/dev/null |
    grep -qE "$says"
}

fetch() {
  packages=$(mktemp -d)
  (
    cd "$packages"
    # a machine that never asked has no lists of packages yet
    apt-get download -qq "$@" || { apt-get update -qq && apt-get download -qq "$@"; }
  )
  for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$home"; done
  rm -rf "$packages"
}

# from_debian PACKAGE… -- PACKAGE…: the second ones where the server does not start with the first
from_debian() {
  if installed; then
    echo "$name $version is already in $home"
    return
  fi
  rm -rf "$home"
  mkdir -p "$home"
  first=''
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    first="$first $1"
    shift
  done
  # shellcheck disable=SC2086
  fetch $first
  if ! installed && [ $# -gt 1 ]; then
    shift
    fetch "$@"
  fi
  if ! installed; then
    echo "$home does not hold a $name $version that starts" >&2
    return 1
  fi
  echo "$name $version is in $home"
}
