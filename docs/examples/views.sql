-- makegood's five fact tables as views over a marketplace's own tables (PostgreSQL). A test runs this file, and events
-- over it. Run it after `makegood migrate`, as the owner of makegood's tables; adapt what stands right of `as select`.

-- An example of what a marketplace may have. Words and columns are its own.
create schema market;
create table market.users (
    id text primary key,
    display_name text not null,
    mail text,
    mail_confirmed boolean not null default false,
    language text,
    tz text,
    blocked_at timestamptz
);
create table market.wallets (
    id text primary key,
    team boolean not null default false,
    owner_id text not null references market.users,
    manager_id text references market.users,
    mails_manager boolean not null default true,
    connects bigint not null default 0 check (connects >= 0)
);
create table market.posts (
    id text primary key,
    posted_by text not null references market.users,
    headline text not null,
    status text not null check (status in ('live', 'staffed', 'taken back', 'taken down', 'timed out')),
    status_at timestamptz not null
);
create table market.bids (
    id text primary key,
    post_id text not null references market.posts,
    wallet_id text not null references market.wallets,
    sent_by text not null references market.users,
    sent_at timestamptz not null,
    from_invite boolean not null default false,
    status text not null check (status in ('new', 'read', 'starred', 'talking', 'hidden', 'offer', 'contract', 'refused',
        'closed', 'pulled back')),
    status_at timestamptz not null
);
create table market.contracts (
    id text primary key,
    bid_id text not null references market.bids,
    signed_at timestamptz not null
);

-- makegood's lookups, on the tables behind the views.
create index on market.wallets (owner_id);
create index on market.wallets (manager_id);
create index on market.posts (posted_by, status_at, id);
create index on market.bids (post_id, wallet_id);
create index on market.bids (post_id, sent_at, id);
create index on market.bids (wallet_id, sent_at, id);
create index on market.bids (sent_by, sent_at, id);
create index on market.contracts (bid_id);

drop table clients;
create view clients as select
    id as client_id,
    blocked_at is not null as suspended
from market.users;

drop table people;
-- Whoever was erased (`makegood people erase`, docs/privacy.md) keeps the id that the ledger names, and nothing else.
create view people as select
    u.id as person_id,
    case when e.person_id is null then u.display_name end as name,
    -- An address that nobody has confirmed is none.
    case when e.person_id is null and u.mail_confirmed then u.mail end as email,
    case when e.person_id is null then u.language end as locale,
    case when e.person_id is null then u.tz end as time_zone
from market.users u
left join erasures e on e.person_id = u.id;

-- One table behind it and plain columns: PostgreSQL can lock its rows and move the balance.
drop table accounts;
create view accounts as select
    id as account_id,
    case when team then 'agency' else 'freelancer' end as kind,
    owner_id,
    manager_id,
    mails_manager as tell_manager,
    connects as balance
from market.wallets;

drop table jobs;
create view jobs as select
    p.id as job_id,
    p.posted_by as client_id,
    p.headline as title,
    case p.status
        when 'live' then 'open'
        when 'staffed' then 'filled'
        when 'taken back' then 'canceled'
        when 'taken down' then 'removed'
        when 'timed out' then 'expired'
    end as state,
    p.status_at as state_since,
    (select min(c.signed_at) from market.contracts c join market.bids b on b.id = c.bid_id where b.post_id = p.id) as hired_at
from market.posts p;

drop table proposals;
create view proposals as select
    id as proposal_id,
    post_id as job_id,
    wallet_id as account_id,
    sent_by as person_id,
    case status
        when 'new' then 'submitted'
        when 'read' then 'viewed'
        when 'starred' then 'shortlisted'
        when 'talking' then 'messaged'
        when 'hidden' then 'archived'
        when 'offer' then 'offered'
        when 'contract' then 'hired'
        when 'refused' then 'declined'
        when 'closed' then 'declined'
        when 'pulled back' then 'withdrawn'
    end as state,
    status_at as state_since,
    -- Who declined: 'refused' is the client's act, 'closed' the system's.
    case status when 'refused' then 'client' when 'closed' then 'system' end as declined_by,
    sent_at as submitted_at,
    from_invite as invited
from market.bids;
