-- The letters that match: the relation `matching` of letters_newest, letters_ids, letters_count and letters_groups, which are
-- spliced behind it; one text for every list and every act.
-- $1 JSON array of states (empty: any), $2 class, $3 code, $4 type, $5 source, $6 event_id, $7 job_id, $8 client_id,
-- $9 pattern for LIKE, $10 fingerprint, $11 seen from and $12 seen before in microseconds, $13 number above, $14 number below;
-- of $2 to $12 each may be null: not asked for.
-- Guarantee: reads the letters in the order of their numbers, past their bodies, which stand last in a row.
-- Differs by necessity: no arrays; LIKE folds the letters of ASCII, as ILIKE does under "C".
select dead_letter_no, state, class, code, message, pointer, source, event_id, type, job_id, client_id, fingerprint, times,
    first_seen, last_seen, settled_at, erased_at, body_len, digest, version
from dead_letters
where (json_array_length($1) = 0 or state in (select value from json_each($1)))
    and ($2 is null or class = $2)
    and ($3 is null or code = $3)
    and ($4 is null or type = $4)
    and ($5 is null or source = $5)
    and ($6 is null or event_id = $6)
    and ($7 is null or job_id = $7)
    and ($8 is null or client_id = $8 or job_id in (select j.job_id from jobs j where j.client_id = $8))
    and ($9 is null or message like $9 escape '\')
    and ($10 is null or fingerprint = $10)
    and ($11 is null or last_seen >= $11)
    and ($12 is null or last_seen < $12)
    and dead_letter_no > $13
    and dead_letter_no < $14
