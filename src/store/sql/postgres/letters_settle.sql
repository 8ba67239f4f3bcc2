-- Moves letters from one state to another: into the archive, or out of it.
-- $1 bigint[] numbers, $2 text state they must have, $3 text state they get, $4 timestamptz settled at (null: open again)
-- Guarantee: locks them in the order of their numbers; those in another state are left alone and not returned.
with locked as (
    select dead_letter_no
    from dead_letters
    where dead_letter_no = any($1) and state = $2
    order by dead_letter_no
    for update
)
update dead_letters d
set state = $3, settled_at = $4
from locked
where d.dead_letter_no = locked.dead_letter_no
returning d.dead_letter_no
