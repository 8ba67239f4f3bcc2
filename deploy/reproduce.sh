#!/usr/bin/env bash
# The release build, with what would tell where and when it was made taken out.
#
#   deploy/reproduce.sh build     into target/release/makegood
#   deploy/reproduce.sh compare   the same, and once more from what is committed, in another folder; exit code 1 when the bytes differ
#
# The same sources, Cargo.lock, toolchain and C compiler give the same bytes: paths are mapped to fixed ones, and no time is
# written into anything. MAKEGOOD_REPRODUCE_ARGS are more arguments for cargo.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo=${CARGO:-cargo}
home=${CARGO_HOME:-$HOME/.cargo}

# build FOLDER
build() {
    (
        cd "$1"
        local map="$PWD=/makegood" crates="$home=/cargo"
        export RUSTFLAGS="--remap-path-prefix=$map --remap-path-prefix=$crates"
        export CFLAGS="-ffile-prefix-map=$map -ffile-prefix-map=$crates"
        export SOURCE_DATE_EPOCH=0 CARGO_INCREMENTAL=0
        # shellcheck disable=SC2086  # several arguments
        "$cargo" build --release --locked ${MAKEGOOD_REPRODUCE_ARGS:-}
    )
}

case ${1:-} in
    build) build "$PWD" ;;
    compare)
        build "$PWD"
        place=$(mktemp -d)
        trap 'rm -rf "$place"' EXIT
        mkdir -p "$place/another/place/for/it"
        git archive HEAD | tar -x -C "$place/another/place/for/it"
        build "$place/another/place/for/it"
        sha256sum target/release/makegood "$place/another/place/for/it/target/release/makegood"
        cmp target/release/makegood "$place/another/place/for/it/target/release/makegood"
        echo 'the same bytes'
        ;;
    *)
        sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" >&2
        exit 2
        ;;
esac
