#!/usr/bin/env bash
# What it takes to archive what 20,000 events decided about 1,000,000 proposals, to drop the month it lies in, and to purge the same
# without an archive. Medians of three runs of the program, each on a copy of one database.
# Needs MAKEGOOD_TEST_POSTGRES (`make bench-retention` sets it); MAKEGOOD_BENCH_PROPOSALS=20000 tries it small, MAKEGOOD_BENCH_PROGRAM
# names a program that is built already.
set -euo pipefail

server=${MAKEGOOD_TEST_POSTGRES:?say make bench-retention}
proposals=${MAKEGOOD_BENCH_PROPOSALS:-1000000}
program=${MAKEGOOD_BENCH_PROGRAM:-}
[ -n "$program" ] || { cargo build --release --locked && program=target/release/makegood; }
name=makegood_retention_$$
folder=$(mktemp -d)
query() { psql -qAt -v ON_ERROR_STOP=1 "$server/$1" -c "$2"; }
clean() {
    for database in "${name}_copy" "$name"; do query postgres "drop database if exists $database"; done
    rm -rf "$folder"
}
trap clean EXIT

# What it logs, a statement that takes a second, is told only where it fails.
makegood() {
    "$program" --set "store.url=$server/$1" "${@:2}" >"$folder/said" 2>"$folder/log" || { cat "$folder/log" >&2; exit 1; }
}
query postgres "create database $name"
makegood "$name" migrate
sed "s/:total/$proposals/g" benches/sql/answers_postgres.sql | psql -q -v ON_ERROR_STOP=1 -o /dev/null "$server/$name"
query "$name" 'vacuum analyze'

copy() {
    query postgres "drop database if exists ${name}_copy" 2>/dev/null
    query postgres "create database ${name}_copy template $name"
    query postgres checkpoint
}
# Seconds that a command on the copy takes, into the file of its name.
timed() {
    local began=$EPOCHREALTIME
    makegood "${name}_copy" "${@:2}" --older-than 0s --reason bench --operator bench --yes
    awk "BEGIN { print $EPOCHREALTIME - $began }" >>"$folder/$1.s"
}
# MB of the tables that every event looks into, once vacuum has given back what it can.
at_hand() {
    query "${name}_copy" 'vacuum full decisions, notices, notice_history, announcements, events'
    query "${name}_copy" "select sum(pg_total_relation_size(t::regclass)) / 1000000
        from unnest(array['decisions', 'notices', 'notice_history', 'announcements', 'events']) as t"
}

for _ in 1 2 3; do
    copy
    timed purge events purge
    wrong=$(query "${name}_copy" 'select (select count(*) from decisions) + (select count(*) from notices)')
    copy
    timed archive events archive
    kept=$(query "${name}_copy" 'select count(*) from archived_decisions')
    timed drop events purge
    gone=$(query "${name}_copy" 'select count(*) from all_decisions')
    [ "$wrong $kept $gone" = "0 $proposals 0" ] || { echo "rows are wrong: $wrong left, $kept archived, $gone left" >&2; exit 1; }
done
after=$(at_hand | tail -n 1)
copy
before=$(at_hand | tail -n 1)

median() { sort -n "$folder/$1.s" | sed -n 2p; }
printf '%-60s %10.1f\n' 'archive, s' "$(median archive)" 'purge of what is archived: a month is dropped, s' "$(median drop)" \
    'purge without an archive, s' "$(median purge)" 'tables at hand before, MB' "$before" 'tables at hand after, MB' "$after"
