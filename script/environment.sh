# Sourced by the other scripts: makes .venv with the locked packages, and says how to run things in it.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
python="$root/.venv/bin/python"
export PYTHONPATH="$root" PYTHONSAFEPATH=1 # this checkout's code, wherever we are called from
unset PYTHONDONTWRITEBYTECODE # which a container may set: without bytecode each of a dozen processes compiles all anew

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

as_root_with_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"; }

# Prints each Python that is new enough: the one asked for by PYTHON, or else the system's own first, which is compiled
# to run a sixth faster than those that version managers compile.
find_pythons() {
  local candidate
  set -- /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11
  [ -z "${PYTHON:-}" ] || set -- "$PYTHON"
  for candidate; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
    fi
  done
}

# try_venv BASE: whether that Python could make .venv.
try_venv() {
  rm -rf "$root/.venv"
  "$1" -m venv "$root/.venv" >/dev/null 2>&1 </dev/null && return
  rm -rf "$root/.venv"
  return 1
}

make_venv() {
  local base bases
  bases=$(find_pythons)
  [ -n "$bases" ] || fail "Python 3.11 or later is needed, and none was found. If it has another name, set PYTHON to it."
  while IFS= read -r base; do
    try_venv "$base" && return
  done <<<"$bases"
  base=${bases%%$'\n'*}
  if as_root_with_apt; then
    echo "Installing Debian's package python3-venv." >&2
    apt_install python3-venv >/dev/null 2>&1 || true
    try_venv "$base" && return
  fi
  fail "$base cannot make a virtual environment. Install its venv module (Debian and Ubuntu: python3-venv), then try again."
}

# install_packages LIST: every package is named in the list, with its hashes; each is compiled when it is first used.
# Two at once, since fetching waits for the network and unpacking for the disk.
install_packages() {
  local half halves second failed=0
  halves=$(mktemp -d)
  for half in 0 1; do
    awk -v half="$half" '/^[^ #]/ { n++ } n % 2 == half' "$1" >"$halves/$half.txt"
  done
  install_half() {
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile -r "$halves/$1.txt"
  }
  install_half 1 &
  second=$!
  install_half 0 || failed=1
  wait "$second" || failed=1
  rm -rf "$halves"
  return $failed
}

# prepare_venv base|dev: .venv holds the locked packages. What was installed is remembered there, so that the next
# start installs nothing. The packages of base are all in dev.
prepare_venv() {
  local want="$root/requirements/$1.txt" have="$root/.venv/installed"
  "$python" -c '' 2>/dev/null || make_venv
  if cmp -s "$want" "$have/$1.txt"; then
    return
  fi
  echo "Installing the packages of requirements/$1.txt; this takes a minute or two." >&2
  rm -rf "$have"
  install_packages "$want" ||
    fail "The packages could not be installed. They need a network, and Linux with glibc (not Alpine) or macOS."
  mkdir "$have"
  cp "$want" "$have"
  [ "$1" = base ] || cp "$root/requirements/base.txt" "$have"
}

# Runs a command beside the servers it needs: those of a running portal, or its own until it ends.
with_servers() { exec "$python" -m cc2h.config.supervisor run "$@"; }

# step NAME COMMAND...: runs a check; says how long it took, or shows what it found and ends.
step() {
  local name=$1 begun=$SECONDS found
  shift
  if found=$("$@" 2>&1); then
    printf '  %-24s ok %4d s%s\n' "$name" $((SECONDS - begun)) "$(printf '%s' "$found" | sed -n '$s/^skipped/   skipped/p')"
  else
    printf '%s\n' "$found" >&2
    fail "script/${0##*/} stopped at: $name"
  fi
}
