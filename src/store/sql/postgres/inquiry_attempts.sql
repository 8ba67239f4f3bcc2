-- The history of some dead letters, with who ordered a replay and why.
-- $1 bigint[] dead_letter_no, $2 bigint limit
-- Guarantee: oldest first, at most so many.
select t.dead_letter_no, t.at, t.kind, t.outcome, t.code, t.replay_no, r.operator, r.reason
from dead_letter_attempts t
left join replays r on r.replay_no = t.replay_no
where t.dead_letter_no = any($1::bigint[])
order by t.attempt_no
limit $2
