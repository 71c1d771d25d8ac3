#!/usr/bin/env bash
# Prints the path of a Pulumi CLI that is new enough, and builds the pinned one
# into .ladder/bin when PATH has none. Usage: tools/pulumi.sh VERSION
#
# LADDER_PULUMI in the environment wins: its owner answers for the version.
# The built one is stamped with its version, because the Automation API refuses
# an unstamped CLI for refresh and destroy (docs/adr/0001-compile-cost.md).
set -euo pipefail

want=${1:?usage: tools/pulumi.sh VERSION}
root=$(cd "$(dirname "$0")/.." && pwd)
built="$root/.ladder/bin/pulumi-$want"

say() { printf '%s\n' "$*" >&2; }

# at_least A B: version A is B or newer.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

if [ -n "${LADDER_PULUMI:-}" ]; then
  if [ ! -x "$LADDER_PULUMI" ]; then
    say "tools/pulumi.sh: LADDER_PULUMI=$LADDER_PULUMI is not an executable file; unset it to build Pulumi $want"
    exit 1
  fi
  echo "$LADDER_PULUMI"
  exit 0
fi

if [ -x "$built" ]; then
  echo "$built"
  exit 0
fi

if found=$(command -v pulumi); then
  # A CLI that cannot say its version (unstamped, broken) counts as too old.
  have=$("$found" version 2>/dev/null || true)
  have=${have#v}
  if [[ $have =~ ^[0-9]+\.[0-9]+\.[0-9]+ ]] && at_least "${have%%-*}" "$want"; then
    say "Pulumi $have on PATH is new enough: $found"
    echo "$found"
    exit 0
  fi
  say "Pulumi on PATH says \"$have\", $want or newer is needed; building it instead"
fi

say "Building the Pulumi CLI $want from source, once, into .ladder/bin."
say "Measured: 3.5 minutes on two cores with an empty Go cache; nothing is printed meanwhile."
start=$SECONDS
mkdir -p "$root/.ladder/bin"
go build -C "$root/tools" -buildvcs=false \
  -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$want" \
  -o "$built.part" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi >&2
mv "$built.part" "$built" # an interrupted build leaves no half-made CLI behind
say "Built in $((SECONDS - start)) s."
echo "$built"
