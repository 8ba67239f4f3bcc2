-- Seals over the ledger: the twin of ../postgres/0008_seals.sql.

-- Each seal holds a digest of its range and of the seal before it.
create table ledger_seals (
    seal_no integer primary key check (seal_no > 0),
    from_no integer not null,
    to_no integer not null check (to_no >= from_no),
    entries integer not null check (entries > 0),
    amount integer not null,
    -- SHA-256 in hexadecimal digits.
    digest text not null check (length(digest) = 64),
    sealed_at integer not null
) strict;
create trigger ledger_seals_no_update before update on ledger_seals begin
    select raise(abort, 'ledger_seals is append-only: UPDATE refused');
end;
create trigger ledger_seals_no_delete before delete on ledger_seals begin
    select raise(abort, 'ledger_seals is append-only: DELETE refused');
end;
