#!/usr/bin/env bash
# Sets up what is missing on this machine for `make demo` and `make test`: uv, bubblewrap, the Python environment; with
# the word `browser` also what drives pages in tests, with `clouds` the types and hosts of the clouds but AWS.
# Run again it changes nothing and takes about a second. Nothing is written outside this folder but what apt installs.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
stop() { printf 'setup: %s\n' "$*" >&2; exit 1; }

if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2>/dev/null; then sudo="sudo -n"; else sudo=none; fi

# install PACKAGE WHY: by apt, where there is an apt and the right to use it; else a line that says what to install.
install() {
  if ! command -v apt-get >/dev/null || [ "$sudo" = none ]; then
    printf 'setup: please install %s (%s)\n' "$1" "$2" >&2
    return 1
  fi
  say "installing $1 ($2)"
  local begun=$SECONDS
  # Nobody can answer a question here, and a new machine may be busy with updates of its own.
  local apt="$sudo env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -o DPkg::Lock::Timeout=120 -qq"
  # An old package list is refreshed only where it does not do.
  $apt install -y "$1" </dev/null >/dev/null 2>&1 ||
    { $apt update </dev/null >/dev/null 2>&1 && $apt install -y "$1" </dev/null >/dev/null; } || {
      printf 'setup: %s could not be installed by apt; please install it (%s)\n' "$1" "$2" >&2
      return 1
    }
  say "installed $1 in $((SECONDS - begun)) s"
}

groups=()
for word in "$@"; do
  case $word in
    browser)
      # Without it the tests that drive a browser are skipped, and say so.
      command -v chromium >/dev/null || install chromium "shows the pages in tests" || true
      groups+=(--inexact --group browser) ;;
    clouds) groups+=(--inexact --group gcp --group azure) ;;
    *) stop "'$word' is nothing to set up: browser or clouds" ;;
  esac
done

python=""
for each in python3 python3.13 python3.12 python3.11; do
  if command -v "$each" >/dev/null && "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(command -v "$each"); break
  fi
done
[ -n "$python" ] || stop "Python 3.11 or later is needed; Debian 12 and Ubuntu 24.04 have it as 'python3'"

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  uv=$PWD/.pilaster/tools/bin/uv
  if [ ! -x "$uv" ]; then
    say "installing uv (it makes the Python environment)"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install "$(basename "$(readlink -f "$python")")-venv" "Python's own environments" ||
      stop "then run this again"
    "$python" -m venv .pilaster/tools
    .pilaster/tools/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.8"
    say "installed uv in $SECONDS s"
  fi
fi

# Without bubblewrap functions still run, less apart from the machine; `pilaster status` says how far apart.
command -v bwrap >/dev/null || install bubblewrap "keeps functions apart from this machine" || true

start=$SECONDS
# An interpreter named by path would not match the environment it made (a shim, a link) and make it anew.
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT  # uv leaves lock files where temporary files go
TMPDIR=$scratch UV_PYTHON_DOWNLOADS=never "$uv" sync --frozen --quiet "${groups[@]}" || stop "the Python environment could not be made (above is why)"
[ $((SECONDS - start)) -lt 3 ] || say "Python environment ready in $((SECONDS - start)) s"
