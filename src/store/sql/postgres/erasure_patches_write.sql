-- Puts bodies of replays back without what was taken out of them.
-- $1 bigint[] replay_no, $2 text[] patch in hex
update replays as r
set patch = decode(w.patch, 'hex')
from unnest($1::bigint[], $2::text[]) as w (replay_no, patch)
where r.replay_no = w.replay_no
