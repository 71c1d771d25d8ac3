#!/usr/bin/env bash
# Holds .gitlab-ci.yml against GitLab's own JSON schema, which gitlab-ci-local
# carries, and lists its jobs. Installs it once; no script of any package is run.
# LADDER_CACHE, else the user's cache, holds it. Usage: tools/gitlab.sh
set -euo pipefail

version=4.62.0 # the last series that runs on Node.js 20
root=$(cd "$(dirname "$0")/.." && pwd)
dir="${LADDER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ladder}/gitlab-ci-local-$version"

if [ ! -f "$dir/installed" ]; then
  for tool in node npm; do
    command -v "$tool" >/dev/null || { echo "tools/gitlab.sh: $tool is not on PATH; install Node.js 20 or newer" >&2; exit 1; }
  done
  mkdir -p "$dir"
  echo '{"private":true}' >"$dir/package.json"
  if ! out=$(cd "$dir" && npm install --ignore-scripts --no-audit --no-fund --save-exact "gitlab-ci-local@$version" 2>&1); then
    echo "$out" >&2
    echo "tools/gitlab.sh: npm could not install gitlab-ci-local $version in $dir" >&2
    exit 1
  fi
  : >"$dir/installed" # an interrupted install is begun again
fi

# It wants a repository with a remote, and leaves files in it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root/.gitlab-ci.yml" "$work"
git -C "$work" init -q -b main
git -C "$work" remote add origin https://gitlab.example.com/platform/ladder.git
out=$(cd "$work" && "$dir/node_modules/.bin/gitlab-ci-local" --list 2>&1) || { echo "$out" >&2; exit 1; }
grep -q 'json schema validated' <<<"$out" || { echo "$out" >&2; echo "tools/gitlab.sh: the schema was not asked" >&2; exit 1; }
sed -n "/json schema validated/,\$p" <<<"$out"
