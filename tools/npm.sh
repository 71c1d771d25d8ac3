#!/usr/bin/env bash
# Prints the directory whose node_modules has @pulumi/pulumi, and installs it
# there once. Usage: tools/npm.sh VERSION
#
# Only the TypeScript consumer of the contract needs it (tests/consumers). No
# script of any package is run. LADDER_CACHE, else the user's cache, holds it.
set -euo pipefail

want=${1:?usage: tools/npm.sh VERSION}
dir="${LADDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ladder}/npm-pulumi-$want"

say() { printf '%s\n' "$*" >&2; }

if [ ! -f "$dir/installed" ]; then
  for tool in node npm; do
    if ! command -v "$tool" >/dev/null; then
      say "tools/npm.sh: $tool is not on PATH; install Node.js 20 or newer"
      exit 1
    fi
  done
  mkdir -p "$dir"
  echo '{"private":true}' >"$dir/package.json"
  if ! out=$(cd "$dir" && npm install --ignore-scripts --no-audit --no-fund --save-exact "@pulumi/pulumi@$want" 2>&1); then
    say "$out"
    say "tools/npm.sh: npm could not install @pulumi/pulumi $want in $dir"
    exit 1
  fi
  : >"$dir/installed" # an interrupted install is begun again
fi
echo "$dir"
