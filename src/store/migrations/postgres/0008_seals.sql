-- Seals over the ledger: what stands behind one cannot be changed without being found.

-- Each seal holds a digest of its range and of the seal before it. Entry numbers of a range that are missing were taken by
-- transactions that rolled back.
create table ledger_seals (
    seal_no bigint primary key check (seal_no > 0),
    from_no bigint not null,
    to_no bigint not null check (to_no >= from_no),
    entries bigint not null check (entries > 0),
    amount bigint not null,
    -- SHA-256 in hexadecimal digits.
    digest text not null check (length(digest) = 64),
    sealed_at timestamptz not null
);

-- As before, and it names the table it guards.
create or replace function makegood_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end
$$;
create trigger ledger_seals_append_only before update or delete or truncate on ledger_seals
    for each statement execute function makegood_append_only();
