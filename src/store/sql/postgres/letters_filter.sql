-- The letters that match: the relation `matching` of letters_newest, letters_ids, letters_count and letters_groups, which are
-- spliced behind it; one text for every list and every act.
-- $1 text[] states (empty: any), $2 text class, $3 text code, $4 text type, $5 text source, $6 text event_id, $7 text job_id,
-- $8 text client_id, $9 text pattern for LIKE, $10 text fingerprint, $11 timestamptz seen from, $12 timestamptz seen before,
-- $13 bigint number above, $14 bigint number below; of $2 to $12 each may be null: not asked for.
-- Guarantee: planned for the values at hand (never prepared for later), so that what is not asked for costs nothing.
-- "C": letters of other alphabets are folded by nobody, as in SQLite.
select dead_letter_no, state, class, code, message, pointer, source, event_id, type, job_id, client_id, fingerprint, times,
    first_seen, last_seen, settled_at, erased_at, body_len, digest, version
from dead_letters
where (cardinality($1::text[]) = 0 or state = any($1))
    and ($2::text is null or class = $2)
    and ($3::text is null or code = $3)
    and ($4::text is null or type = $4)
    and ($5::text is null or source = $5)
    and ($6::text is null or event_id = $6)
    and ($7::text is null or job_id = $7)
    and ($8::text is null or client_id = $8 or job_id in (select j.job_id from jobs j where j.client_id = $8))
    and ($9::text is null or message collate "C" ilike $9 escape '\')
    and ($10::text is null or fingerprint = $10)
    and ($11::timestamptz is null or last_seen >= $11)
    and ($12::timestamptz is null or last_seen < $12)
    and dead_letter_no > $13
    and dead_letter_no < $14
