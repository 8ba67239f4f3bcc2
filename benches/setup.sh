#!/usr/bin/env bash
# What `make bench` compares with, beside the services: a peer in Python (a venv of pinned packages) and Postfix's smtp-source and
# smtp-sink (unpacked from Debian's package, not installed). Both go to var/bench. Prints the exports that tell the bench, and
# a private PostgreSQL to keep a quarter of the machine's memory for itself, as its manual advises (shared_buffers).
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$PWD/var/bench
mkdir -p "$dir"

say() { printf 'bench: %s\n' "$*" >&2; }

if ! cmp -s benches/peers/asyncio/requirements.txt "$dir/venv/requirements.txt"; then
    say "making $dir/venv"
    rm -rf "$dir/venv"
    python3 -m venv "$dir/venv" >&2 || { say "python3 with venv is needed: apt-get install python3-venv"; exit 3; }
    "$dir/venv/bin/pip" install -q -r benches/peers/asyncio/requirements.txt >&2
    cp benches/peers/asyncio/requirements.txt "$dir/venv/requirements.txt"
fi
if [[ ! -x $dir/postfix/usr/sbin/smtp-source ]]; then
    say "unpacking postfix to $dir/postfix"
    rm -rf "$dir/postfix" "$dir"/postfix_*.deb
    (cd "$dir" && { apt-get download -q postfix || { apt-get update -q && apt-get download -q postfix; }; }) >&2 ||
        { say "postfix cannot be downloaded: this needs Debian's apt-get"; exit 3; }
    dpkg -x "$dir"/postfix_*.deb "$dir/postfix"
    rm -f "$dir"/postfix_*.deb
fi
memory=$(awk '/^MemTotal/ { print int($2 / 4096) }' /proc/meminfo)
printf 'export MAKEGOOD_TEST_SHARED_BUFFERS=%sMB\n' "$memory"
printf 'export MAKEGOOD_BENCH_PYTHON=%q\nexport MAKEGOOD_BENCH_POSTFIX=%q\n' "$dir/venv/bin/python" "$dir/postfix"
