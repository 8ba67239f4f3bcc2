-- Puts bodies of replays back without what was taken out of them.
-- $1 JSON array of {no, body in hex}
update replays
set patch = unhex(w.patch)
from (select value ->> 'no' as replay_no, value ->> 'body' as patch from json_each($1)) as w
where replays.replay_no = w.replay_no
