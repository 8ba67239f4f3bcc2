-- Puts dead letters back without what was taken out of them.
-- $1 bigint[] dead_letter_no, $2 text[] body in hex, $3 text[] headers as JSON, $4 timestamptz now, $5 text message
-- Guarantee: digest, length and hash stay those of what came. What its errors quoted goes as well.
update dead_letters as d
set body = decode(r.body, 'hex'), headers = r.headers::jsonb, message = $5, pointer = null,
    fingerprint = left(d.code || ' ' || coalesce(d.type, '-') || ' -', 512), erased_at = $4
from unnest($1::bigint[], $2::text[], $3::text[]) as r (dead_letter_no, body, headers)
where d.dead_letter_no = r.dead_letter_no
