#!/usr/bin/env bash
# Prints the packages with tests, one a line, that belong to a group:
#   race   what runs with the race detector: no cloud SDK below it
#   plain  what links a Pulumi cloud SDK (aws, kubernetes, eks): the race detector
#          would compile those again, at several CPU-minutes and gigabytes
# sandbox/trials and packages below tests/trials and tests/rules run in make trials, those below tests/bench in make bench.
set -euo pipefail

group=${1:?usage: tools/packages.sh race|plain}
cd "$(dirname "$0")/.."

go list -test -f '{{.ImportPath}}|{{join .Deps " "}}' ./... | awk -F'|' -v group="$group" '
  $1 !~ /\.test$/ || $1 ~ /\/(tests\/(trials|rules|bench)|sandbox\/trials)/ { next }
  { heavy = ($2 ~ /github\.com\/pulumi\/pulumi-(aws|kubernetes|eks)\/sdk/)
    sub(/\.test$/, "", $1)
    if ((group == "plain") == heavy) print $1 }'
