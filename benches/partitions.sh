#!/usr/bin/env bash
# What partitions by month would cost: a look at the decisions about a proposal, as every event takes it, in a table of 2,400,000
# decisions and in 25 partitions of 100,000; alone, and with the writing of a row. Medians of five runs of pgbench.
# Needs MAKEGOOD_TEST_POSTGRES (`make bench-partitions` sets it).
set -euo pipefail

server=${MAKEGOOD_TEST_POSTGRES:?say make bench-partitions}
database=makegood_partitions_$$
bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d)
psql -q "$server/postgres" -c "create database $database"
trap 'psql -q "$server/postgres" -c "drop database $database"; rm -rf "$folder"' EXIT

psql -q "$server/$database" -o /dev/null <<'SQL'
create table one (event_no bigint, proposal_id text, facts text, primary key (event_no, proposal_id));
create table months (event_no bigint, proposal_id text, facts text, primary key (event_no, proposal_id)) partition by range (event_no);
select format('create table month_%s partition of months for values from (%s) to (%s)', i, i * 100000, (i + 1) * 100000)
from generate_series(0, 24) as i \gexec
create index on one (proposal_id);
create index on months (proposal_id);
insert into one select i, 'pro-' || i, repeat('x', 250) from generate_series(0, 2399999) as i;
insert into months select * from one;
create sequence of_one start 2400000;
create sequence of_months start 2400000;
vacuum analyze;
checkpoint;
SQL

for table in one months; do
    printf '%s\n' '\set a random(0, 2399999)' \
        "select count(*) from (values ('pro-' || :a)) as k (id) cross join lateral (select 1 from $table d where d.proposal_id = k.id offset 0) as d;" \
        >"$folder/look_$table"
    { cat "$folder/look_$table"; echo "insert into $table select nextval('of_$table'), 'new-' || :a, repeat('x', 250);"; } >"$folder/write_$table"
done

for _ in 1 2 3 4 5; do
    for script in look_one look_months write_one write_months; do
        "$bin/pgbench" -n -M prepared -c 1 -T 3 -f "$folder/$script" "$server/$database" 2>/dev/null |
            awk '/^latency average/ { print $4 }' >>"$folder/$script.ms"
    done
done

median() { sort -n "$folder/$1.ms" | sed -n 3p; }
printf '%-40s %8s %8s\n' '' 'one' 'months'
printf '%-40s %8s %8s\n' 'a look at the decisions, ms' "$(median look_one)" "$(median look_months)"
printf '%-40s %8s %8s\n' 'the same, and a row written, ms' "$(median write_one)" "$(median write_months)"
