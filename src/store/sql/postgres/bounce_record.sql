-- Writes into a notice's history what came back about its letter.
-- $1 uuid of the notice, $2 timestamptz now, $3 text what, $4 text code, $5 text reply or null, $6 bytea digest,
-- $7 integer: the notice has failed if these resends are still its last, or null, $8 bigint bounces kept of a notice at most
-- Guarantee: the same digest once a notice, whoever else is at it. `state` is the one that bounce_fail.sql gives it next.
insert into notice_history (notice_id, at, what, state, code, reply, digest)
select n.notice_id, $2, $3, case when n.state in ('sent', 'unknown') and n.resends = $7 then 'failed' else n.state end,
    $4, $5, $6
from notices n
where n.notice_id = $1
    and (
        select count(*)
        from notice_history h
        where h.notice_id = n.notice_id and h.what in ('bounce', 'complaint')
    ) < $8
on conflict (notice_id, digest) do nothing
