-- Puts dead letters back without what was taken out of them.
-- $1 JSON array of {no, body in hex, headers as JSON}, $2 now in microseconds, $3 message
-- Guarantee: digest, length and hash stay those of what came. What its errors quoted goes as well.
-- Differs by necessity because rows come as one JSON array.
update dead_letters
set body = unhex(r.body), headers = r.headers, message = $3, pointer = null,
    fingerprint = substr(code || ' ' || coalesce(type, '-') || ' -', 1, 512), erased_at = $2
from (
    select value ->> 'no' as dead_letter_no, value ->> 'body' as body, value ->> 'headers' as headers
    from json_each($1)
) as r
where dead_letters.dead_letter_no = r.dead_letter_no
