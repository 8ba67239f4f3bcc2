#!/usr/bin/env bash
# Builds the fuzz targets on the stable toolchain and runs each, one after the other: `make fuzz`.
#
#   fuzz/run.sh [TARGET…]            all targets without an argument
#   FUZZ_SECONDS=120                 how long each runs; 0 builds only
#   FUZZ_FLAGS="-jobs=2 …"           more flags for libFuzzer
#
# What libFuzzer finds on the way lies in var/fuzz/corpus/TARGET, an input that breaks a promise in var/fuzz/artifacts.
# `fuzz/run.sh keep [TARGET…]` takes from the former the fewest that reach lines the kept corpus does not.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=run
if [[ "${1:-}" == keep ]]; then
    mode=keep
    shift
fi
targets=("$@")
if ((${#targets[@]} == 0)); then
    for file in fuzz/fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi

# What `cargo fuzz run --sanitizer none` hands to rustc; all of it is stable. `--target` keeps it away from build scripts.
triple=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
coverage+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
coverage+=" -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
RUSTFLAGS="$coverage" "${CARGO:-cargo}" build --release --locked --bins \
    --manifest-path fuzz/Cargo.toml --target-dir target/fuzz --target "$triple"
bin="target/fuzz/$triple/release"

# The longest inputs that can be new: what a reader bounds is bounded above this. A policy file is long.
length() { case $1 in policy) echo 16384 ;; event | dead_letter | amqp) echo 8192 ;; smtp) echo 1024 ;; *) echo 4096 ;; esac; }

for target in "${targets[@]}"; do
    kept="fuzz/corpus/$target" found="var/fuzz/corpus/$target" artifacts="var/fuzz/artifacts/$target"
    mkdir -p "$kept" "$found" "$artifacts"
    if [[ $mode == keep ]]; then
        "$bin/$target" -set_cover_merge=1 -use_counters=0 -max_len="$(length "$target")" -timeout=10 "$kept" "$found"
        continue
    fi
    ((${FUZZ_SECONDS:=120} > 0)) || continue
    dictionary=()
    [[ -f "fuzz/dictionaries/$target" ]] && dictionary=(-dict="fuzz/dictionaries/$target")
    echo "fuzz: $target for $FUZZ_SECONDS s"
    # shellcheck disable=SC2086 # the flags are words
    "$bin/$target" -max_total_time="$FUZZ_SECONDS" -max_len="$(length "$target")" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$artifacts/" "${dictionary[@]}" ${FUZZ_FLAGS:-} "$found" "$kept" \
        2>&1 | tee "var/fuzz/$target.log" | grep -vE '^#[0-9]+\s+(NEW|REDUCE|pulse|RELOAD)|NEW_FUNC' 
done
