#!/usr/bin/env bash
# One fuzz target for $SECONDS_EACH seconds: the corpus that is kept, and what earlier hunts found, to begin with.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1 found=build/fuzz/corpus/$1 log=build/fuzz/$1.log
mkdir -p "$found"
seeds=()
[ ! -d "tests/fuzz/corpus/$name" ] || seeds=("tests/fuzz/corpus/$name")
dictionary=()
[ ! -f "tests/fuzz/$name.dict" ] || dictionary=("-dict=tests/fuzz/$name.dict")
if "build/fuzz/tests/fuzz/${name}_fuzz" -max_total_time="$SECONDS_EACH" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/$name-" "${dictionary[@]}" "$found" "${seeds[@]}" >"$log" 2>&1; then
  printf '%-16s clean: %s inputs in %s s, %s kept\n' "$name" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$SECONDS_EACH" "$(find "$found" -type f | wc -l)"
else
  printf '%-16s BROKEN: see %s\n' "$name" "$log"
  exit 1
fi
